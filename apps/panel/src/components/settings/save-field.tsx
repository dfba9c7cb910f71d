'use client';
/** A text setting that is changed on purpose: typed, saved, and said when it did not work. */
import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

type Props = {
  label: string;
  value: string;
  hint?: ReactNode;
  action: string;
  /** The value may be saved again as it stands. */
  again?: boolean;
  /** A sentence if what was typed cannot be saved. */
  check: (typed: string) => string | undefined;
  /** Rejects with the sentence to show. */
  onSave: (typed: string) => Promise<void>;
};

/** Give it a `key` of the saved value, so that it starts anew when that changes elsewhere. */
export function SaveField({ label, value, hint, action, again = false, check, onSave }: Props) {
  const [typed, setTyped] = useState(value);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    const wrong = check(typed);
    setProblem(wrong);
    if (wrong !== undefined) return;
    setBusy(true);
    try {
      await onSave(typed);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field label={label} hint={hint} problem={problem}>
        {(control) => (
          <div className="flex flex-wrap gap-2.5">
            <Input
              {...control}
              value={typed}
              className="flex-1 basis-56"
              onChange={(event) => {
                setTyped(event.target.value);
                setProblem(undefined);
              }}
            />
            <Button
              type="submit"
              className="h-12"
              disabled={busy || (typed.trim() === value && !again)}
            >
              {action}
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}
