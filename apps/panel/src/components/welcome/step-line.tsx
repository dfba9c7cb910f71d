/** Where one is in the first run: three points on a line. */
import { cn } from '../ui/class-names';

export const STEPS = ['Your name', 'Your sound', 'Hear yourself'] as const;

export function StepLine({ step }: { step: 0 | 1 | 2 }) {
  return (
    <ol aria-label="Set-up" className="flex items-center gap-3 text-sm">
      {STEPS.map((name, i) => (
        <li
          key={name}
          aria-current={i === step ? 'step' : undefined}
          className={cn('flex items-center gap-3', i === step ? 'text-ink' : 'text-soft')}
        >
          {i > 0 && (
            <span
              aria-hidden
              className={cn('h-0.5 w-6 rounded sm:w-10', i <= step ? 'bg-accent' : 'bg-line')}
            />
          )}
          <span
            aria-hidden
            className={cn(
              'size-3 rounded-full border-2',
              i < step && 'border-accent bg-accent',
              i === step && 'border-accent bg-paper',
              i > step && 'border-line',
            )}
          />
          <span className={cn(i !== step && 'max-sm:sr-only')}>{name}</span>
        </li>
      ))}
    </ol>
  );
}
