/** A choice from a list. */
import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import { useEffect, useState } from 'react';
import { useIsAfloat } from './afloat';
import { cn } from './class-names';
import { useNonce } from './nonce';

export type Option = { value: string; label: string; hint?: string };

type Props = {
  id?: string;
  label?: string;
  value: string;
  options: readonly Option[];
  disabled?: boolean;
  className?: string;
  'aria-describedby'?: string;
  onChange: (value: string) => void;
};

export function Select({
  id,
  label,
  value,
  options,
  disabled = false,
  className,
  onChange,
  ...rest
}: Props) {
  const nonce = useNonce();
  const [open, setOpen] = useState(false);
  const isAfloat = useIsAfloat();
  // An open list keeps the rest of the page out of reach, and a call may ring there now.
  useEffect(() => {
    if (isAfloat) setOpen(false);
  }, [isAfloat]);
  return (
    <Radix.Root
      value={value}
      open={open}
      disabled={disabled}
      onOpenChange={setOpen}
      onValueChange={onChange}
    >
      <Radix.Trigger
        id={id}
        aria-label={label}
        aria-describedby={rest['aria-describedby']}
        className={cn(
          'flex h-12 w-full min-w-0 items-center justify-between gap-3 rounded-xl border border-strong-line/60 bg-surface px-4 text-left',
          'focus-visible:border-accent focus-visible:outline-none focus-visible:ring-3 focus-visible:ring-accent/25 disabled:opacity-45',
          className,
        )}
      >
        <span className="truncate">
          <Radix.Value />
        </span>
        <Radix.Icon>
          <ChevronDown className="size-4 text-soft" aria-hidden />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={6}
          className="z-50 max-h-80 w-(--radix-select-trigger-width) overflow-hidden rounded-2xl border border-line bg-surface p-1.5 shadow-lift"
        >
          <Radix.Viewport {...(nonce === undefined ? {} : { nonce })}>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="grid cursor-pointer grid-cols-[1fr_auto] items-center gap-3 rounded-xl px-3 py-2.5 outline-none data-[highlighted]:bg-sunken"
              >
                <span className="min-w-0">
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.hint !== undefined && (
                    <span className="block text-sm text-soft">{option.hint}</span>
                  )}
                </span>
                <Radix.ItemIndicator>
                  <Check className="size-4 text-accent" aria-hidden />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
