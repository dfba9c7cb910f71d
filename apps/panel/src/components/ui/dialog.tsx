/** A question or some details above the page; a sheet from below on a narrow screen. */
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { AfloatInDialog } from './afloat';

type Props = {
  title: string;
  description?: ReactNode;
  open: boolean;
  onClose: () => void;
  children?: ReactNode;
};

export function Dialog({ title, description, open, onClose, children }: Props) {
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-sunken/75 backdrop-blur-sm" />
        {/* Held at one edge, so that nothing moves under the pointer when something floats up. */}
        <Radix.Content
          // Radix gives the focus back to a trigger of its own, which these dialogs do not have.
          onOpenAutoFocus={() => {
            opener.current = document.activeElement;
          }}
          onCloseAutoFocus={() => {
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          className="fixed inset-x-0 bottom-0 z-50 flex max-h-[96dvh] flex-col-reverse gap-3 sm:top-[14dvh] sm:bottom-auto sm:mx-auto sm:max-h-[84dvh] sm:w-[30rem] sm:flex-col"
        >
          <div className="relative min-h-0 animate-rise overflow-y-auto rounded-t-3xl border border-line bg-surface p-7 pb-9 shadow-lift sm:animate-none sm:rounded-3xl sm:pb-7">
            <Radix.Title className="pr-10 font-display text-2xl">{title}</Radix.Title>
            {description !== undefined ? (
              <Radix.Description asChild>
                <div className="mt-3 text-soft">{description}</div>
              </Radix.Description>
            ) : (
              <Radix.Description className="sr-only">{title}</Radix.Description>
            )}
            {children}
            <Radix.Close
              aria-label="Close"
              className="absolute top-5 right-5 grid size-10 place-items-center rounded-full text-soft hover:bg-sunken hover:text-ink"
            >
              <X className="size-5" aria-hidden />
            </Radix.Close>
          </div>
          <AfloatInDialog />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
