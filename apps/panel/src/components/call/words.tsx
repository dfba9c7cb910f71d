'use client';
/**
 * The four words of a call (SPEC 7). Two people who read each other the same four words know
 * that nobody sits between them.
 */
import { ECHO_NAME } from '@kyberline/shared/ids';
import type { CallView } from '@kyberline/shared/snapshot';
import { BadgeCheck } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';

type Props = {
  call: CallView;
  onVerify: (match: boolean) => void;
};

export function Words({ call, onVerify }: Props) {
  const [asking, setAsking] = useState(false);
  if (call.words === undefined) return null;
  const { peer } = call;
  const isEcho = peer === ECHO_NAME;
  const verified = call.trust === 'verified';
  return (
    <section
      aria-labelledby="words-title"
      className="rounded-3xl border border-line bg-surface p-6 sm:p-8"
    >
      <h2 id="words-title" className="sr-only">
        The four words of this call
      </h2>
      <ol data-testid="words" className="grid grid-cols-2 gap-x-4 gap-y-5 sm:grid-cols-4">
        {call.words.map((word, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: four places that never move
          <li key={i} className="flex min-w-0 flex-col items-center gap-1.5 text-center">
            <span aria-hidden className="text-4xl leading-tight lg:text-5xl">
              {call.emoji?.[i]}
            </span>
            <span className="max-w-full font-display text-[1.375rem] [overflow-wrap:anywhere] lg:text-[1.75rem]">
              {word}
            </span>
          </li>
        ))}
      </ol>
      <div className="mt-6 flex flex-wrap items-center justify-between gap-x-6 gap-y-4 border-t border-line pt-5">
        {verified ? (
          <p className="flex min-w-56 flex-1 items-start gap-2.5 text-soft">
            <BadgeCheck className="mt-0.5 size-5 shrink-0 text-accent" aria-hidden />
            You and {peer} compared the words. This is {peer}'s key.
          </p>
        ) : (
          <p className="min-w-56 flex-1 text-soft">
            {isEcho
              ? 'With a person, you would now read these words to each other. The same words on both sides mean that nobody listens in between.'
              : `Read these words to each other. If ${peer} sees the same four, nobody listens in between.`}
          </p>
        )}
        {!isEcho && (
          <div className="flex gap-2.5 max-sm:w-full max-sm:[&>button]:flex-auto max-sm:[&>button]:px-3">
            {!verified && (
              <Button look="accent" onClick={() => onVerify(true)}>
                They match
              </Button>
            )}
            <Button look={verified ? 'quiet' : 'plain'} onClick={() => setAsking(true)}>
              They don't match
            </Button>
          </div>
        )}
      </div>
      <Dialog
        title="The words differ?"
        description={
          <p>
            Then somebody may sit between you and {peer} and hear everything. The call ends at once
            if you say so. Ask {peer} to read the four words once more if you are not sure.
          </p>
        }
        open={asking}
        onClose={() => setAsking(false)}
      >
        <div className="mt-7 flex flex-wrap gap-3">
          <Button
            look="danger"
            onClick={() => {
              setAsking(false);
              onVerify(false);
            }}
          >
            They differ, end the call
          </Button>
          <Button onClick={() => setAsking(false)}>Compare again</Button>
        </div>
      </Dialog>
    </section>
  );
}
