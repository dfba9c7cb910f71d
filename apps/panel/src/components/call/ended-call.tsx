/** How a call ended, in words, with a way to call again. */
import { ECHO_NAME } from '@kyberline/shared/ids';
import type { CallView } from '@kyberline/shared/snapshot';
import { Phone } from 'lucide-react';
import { stageSentence } from '../../words/call-words';
import { spokenLength } from '../../words/time';
import { Avatar } from '../brand/avatar';
import { Button } from '../ui/button';

type Props = { call: CallView; onRedial: () => void; onClose: () => void };

export function EndedCall({ call, onRedial, onClose }: Props) {
  const { peer, connectedAt, endedAt } = call;
  return (
    <article
      aria-label={`Call with ${peer}`}
      className="grid min-h-[70dvh] animate-rise place-content-center justify-items-center gap-8 text-center"
    >
      <Avatar
        name={peer}
        size="huge"
        fingerprint={call.peerFingerprint}
        isEcho={peer === ECHO_NAME}
      />
      <div className="max-w-lg">
        <h1 className="font-display text-3xl">{stageSentence(call)}</h1>
        {connectedAt !== undefined && endedAt !== undefined && (
          <p className="mt-3 text-lg text-soft">
            You talked for {spokenLength((endedAt - connectedAt) / 1000)}.
          </p>
        )}
      </div>
      <div className="flex flex-wrap justify-center gap-3">
        <Button look="accent" size="large" aria-label={`Redial ${peer}`} onClick={onRedial}>
          <Phone aria-hidden />
          Redial
        </Button>
        <Button size="large" onClick={onClose}>
          Back to people
        </Button>
      </div>
    </article>
  );
}
