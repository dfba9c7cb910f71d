'use client';
/** First run, step one: a name, and the keys that go with it. */
import type { UserName } from '@kyberline/shared/ids';
import type { RegistryView } from '@kyberline/shared/snapshot';
import { LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { readOwnName } from '../../words/names';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

type Props = {
  registry: RegistryView;
  /** Resolves once the name is taken; rejects with the sentence to show. */
  onTake: (name: UserName) => Promise<void>;
};

export function NameStep({ registry, onTake }: Props) {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string>();
  const [taking, setTaking] = useState<string>();
  const read = readOwnName(typed);
  const take = async () => {
    if (read.kind !== 'name') {
      setProblem(read.kind === 'problem' ? read.sentence : 'Type a name first.');
      return;
    }
    setTaking(read.name);
    setProblem(undefined);
    try {
      await onTake(read.name);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setTaking(undefined);
    }
  };
  return (
    <form
      className="grid grid-cols-1 gap-8"
      onSubmit={(event) => {
        event.preventDefault();
        void take();
      }}
    >
      <div>
        <h1 className="font-display text-4xl leading-tight sm:text-5xl sm:leading-tight">
          What should people call you?
        </h1>
        <p className="mt-4 max-w-xl text-lg text-soft">
          Kyberline makes a pair of keys on this machine and tells the registry that they belong to
          this name. The secret half never leaves the machine.
        </p>
      </div>
      <Field
        label="Your name"
        hint="Up to 32 letters from a to z, digits, dots, hyphens or underscores."
        problem={problem}
      >
        {(control) => (
          <Input
            {...control}
            autoFocus
            placeholder="anna"
            value={typed}
            maxLength={64}
            disabled={taking !== undefined}
            className="h-14 text-xl"
            onChange={(event) => {
              setTyped(event.target.value);
              setProblem(undefined);
            }}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-5">
        <Button type="submit" look="accent" size="large" disabled={taking !== undefined}>
          Take this name
        </Button>
        <p role="status" className="flex min-w-48 flex-1 items-center gap-2.5 text-soft">
          {taking !== undefined && (
            <>
              <LoaderCircle className="size-5 shrink-0 animate-spin text-accent" aria-hidden />
              Making your keys and asking the registry at {registry.url} for “{taking}”…
            </>
          )}
        </p>
      </div>
    </form>
  );
}
