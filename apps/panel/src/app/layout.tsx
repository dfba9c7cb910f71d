/** The document. Rendered anew for each visit, because every script carries a fresh nonce. */
import './globals.css';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { Panel } from './panel';
import { Providers } from './providers';

export const metadata: Metadata = {
  title: { default: 'Kyberline', template: '%s · Kyberline' },
  description: "Post-quantum encrypted voice calls between people's own machines.",
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f8f6f1' },
    { media: '(prefers-color-scheme: dark)', color: '#101614' },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  // The server puts the policy on the request; the browser gets the same one.
  const policy = (await headers()).get('content-security-policy') ?? '';
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
  return (
    <html lang="en" suppressHydrationWarning>
      <body className="font-sans antialiased">
        <Providers nonce={nonce}>
          <Panel>{children}</Panel>
        </Providers>
      </body>
    </html>
  );
}
