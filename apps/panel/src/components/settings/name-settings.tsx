'use client';
/** One's own name at the registry: change it or give it up. */
import type { UserName } from '@kyberline/shared/ids';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { useState } from 'react';
import { readOwnName } from '../../words/names';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { SaveField } from './save-field';
import { Section } from './section';

type Props = {
  me: StateSnapshot['me'];
  onRegister: (name: UserName) => Promise<void>;
  onUnregister: () => Promise<void>;
};

export function NameSettings({ me, onRegister, onUnregister }: Props) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const name = me?.name ?? '';
  const lost = me !== undefined && !me.registered;
  return (
    <Section title="You" intro="The name by which others at the same registry call you.">
      <SaveField
        key={name}
        label="Your name"
        value={name}
        action="Take this name"
        again={lost}
        hint={
          lost
            ? 'The registry does not have this name from you at the moment.'
            : 'Letters from a to z, digits, dots, hyphens and underscores.'
        }
        check={(typed) => {
          const read = readOwnName(typed);
          if (read.kind === 'name') return undefined;
          return read.kind === 'problem' ? read.sentence : 'Type a name first.';
        }}
        onSave={async (typed) => {
          const read = readOwnName(typed);
          if (read.kind === 'name') await onRegister(read.name);
        }}
      />
      {me?.registered === true && (
        <div>
          <Button size="small" look="warning" onClick={() => setAsking(true)}>
            Give up this name
          </Button>
        </div>
      )}
      <Dialog
        title={`Give up the name ${name}?`}
        description={
          <p>
            Nobody can call you any more until you take a name again, and somebody else may take
            this one.
          </p>
        }
        open={asking}
        onClose={() => setAsking(false)}
      >
        {problem !== undefined && (
          <p role="alert" className="mt-4 text-danger">
            {problem}
          </p>
        )}
        <div className="mt-7 flex flex-wrap gap-3">
          <Button
            look="danger"
            onClick={() => {
              onUnregister().then(
                () => setAsking(false),
                (error: unknown) =>
                  setProblem(error instanceof Error ? error.message : String(error)),
              );
            }}
          >
            Give it up
          </Button>
          <Button onClick={() => setAsking(false)}>Keep it</Button>
        </div>
      </Dialog>
    </Section>
  );
}
