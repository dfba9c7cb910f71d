/** A sentence that wants attention: something to know, to mend, or to be alarmed about. */
import { Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './class-names';

const TONES = {
  note: { Icon: Info, look: 'border-line bg-surface', icon: 'text-accent' },
  warning: { Icon: TriangleAlert, look: 'border-warn/30 bg-warn-tint', icon: 'text-warn' },
  alarm: { Icon: OctagonAlert, look: 'border-danger/40 bg-danger-tint', icon: 'text-danger' },
} as const;

type Props = {
  tone: keyof typeof TONES;
  children: ReactNode;
  action?: ReactNode;
  role?: 'status' | 'alert';
  className?: string;
};

export function Callout({ tone, children, action, role, className }: Props) {
  const { Icon, look, icon } = TONES[tone];
  return (
    <div
      role={role}
      className={cn(
        'flex flex-wrap items-start gap-x-3.5 gap-y-3 rounded-2xl border p-4',
        look,
        className,
      )}
    >
      <Icon className={cn('mt-0.5 size-5 shrink-0', icon)} aria-hidden />
      <div className="min-w-48 flex-1">{children}</div>
      {action}
    </div>
  );
}
