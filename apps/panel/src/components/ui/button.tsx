/** The one button, in the few ways that the panel needs it. */
import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './class-names';

const button = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-2 rounded-full font-medium transition-colors disabled:opacity-45 [&_svg]:size-[1.15em] [&_svg]:shrink-0',
  {
    variants: {
      look: {
        accent: 'bg-accent text-on-accent enabled:hover:bg-accent-hover',
        danger: 'bg-danger text-on-danger enabled:hover:bg-danger-hover',
        plain: 'border border-line bg-surface text-ink enabled:hover:bg-sunken',
        quiet: 'text-soft enabled:hover:bg-sunken enabled:hover:text-ink',
        warning: 'border border-danger/40 text-danger enabled:hover:bg-danger-tint',
      },
      size: {
        small: 'h-9 px-3.5 text-sm',
        normal: 'h-11 px-5 text-[0.9375rem]',
        large: 'h-14 px-8 text-lg',
        icon: 'size-11',
      },
    },
    defaultVariants: { look: 'plain', size: 'normal' },
  },
);

export type ButtonProps = ComponentProps<'button'> & VariantProps<typeof button>;

export function Button({ look, size, className, type = 'button', ...props }: ButtonProps) {
  return <button type={type} className={cn(button({ look, size }), className)} {...props} />;
}
