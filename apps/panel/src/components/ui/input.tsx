/** A text field. */
import type { ComponentProps } from 'react';
import { cn } from './class-names';

export function Input({ className, type = 'text', ...props }: ComponentProps<'input'>) {
  return (
    <input
      type={type}
      autoCapitalize="none"
      autoComplete="off"
      autoCorrect="off"
      spellCheck={false}
      className={cn(
        'h-12 w-full min-w-0 rounded-xl border border-strong-line/60 bg-surface px-4 text-ink placeholder:text-soft/80',
        'transition-[border-color,box-shadow] focus-visible:border-accent focus-visible:outline-none focus-visible:ring-3 focus-visible:ring-accent/25',
        'aria-invalid:border-danger aria-invalid:ring-danger/20',
        className,
      )}
      {...props}
    />
  );
}
