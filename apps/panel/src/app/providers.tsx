'use client';
/** What every page stands on: theme, the connection to the daemon, toasts, tooltips. */
import { ThemeProvider } from 'next-themes';
import type { ReactNode } from 'react';
import { NonceContext } from '../components/ui/nonce';
import { Toasts } from '../components/ui/toasts';
import { TooltipProvider } from '../components/ui/tooltip';
import { DaemonProvider } from '../daemon/provider';

declare global {
  /** Read by the scroll lock under dialogs, for the style element that it adds. */
  var __webpack_nonce__: string | undefined;
}

export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  if (typeof window !== 'undefined') globalThis.__webpack_nonce__ = nonce;
  return (
    <ThemeProvider
      attribute="class"
      disableTransitionOnChange
      {...(nonce === undefined ? {} : { nonce })}
    >
      <DaemonProvider>
        <NonceContext value={nonce}>
          <Toasts>
            <TooltipProvider delayDuration={150}>{children}</TooltipProvider>
          </Toasts>
        </NonceContext>
      </DaemonProvider>
    </ThemeProvider>
  );
}
