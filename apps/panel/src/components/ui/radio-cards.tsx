/** A choice between a few things that each need a sentence of explanation. */
import { RadioGroup } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cn } from './class-names';

export type RadioCard = { value: string; label: string; hint?: ReactNode; icon?: ReactNode };

type Props = {
  label: string;
  value: string;
  cards: readonly RadioCard[];
  className?: string;
  onChange: (value: string) => void;
};

export function RadioCards({ label, value, cards, className, onChange }: Props) {
  const id = useId();
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={onChange}
      className={cn('grid gap-2.5', className)}
    >
      {cards.map((card) => (
        <RadioGroup.Item
          key={card.value}
          value={card.value}
          aria-label={card.label}
          aria-describedby={card.hint !== undefined ? `${id}-${card.value}` : undefined}
          className="group flex items-start gap-3.5 rounded-2xl border border-line bg-surface p-4 text-left transition-colors hover:border-strong-line data-[state=checked]:border-accent data-[state=checked]:bg-accent-tint"
        >
          <span
            aria-hidden
            className="mt-1 grid size-4 shrink-0 place-items-center rounded-full border-2 border-strong-line group-data-[state=checked]:border-accent"
          >
            <span className="size-1.5 scale-0 rounded-full bg-accent transition-transform group-data-[state=checked]:scale-100" />
          </span>
          <span className="min-w-0 flex-1">
            <span className="flex items-center gap-2 font-medium [&_svg]:size-4">
              {card.icon}
              {card.label}
            </span>
            {card.hint !== undefined && (
              <span id={`${id}-${card.value}`} className="mt-0.5 block text-sm text-soft">
                {card.hint}
              </span>
            )}
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
