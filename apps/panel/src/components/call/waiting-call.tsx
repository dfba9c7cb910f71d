/** A call that is being set up: its stage in words, and a way to stop it. */
import { ECHO_NAME } from '@kyberline/shared/ids';
import type { CallView } from '@kyberline/shared/snapshot';
import { PhoneOff } from 'lucide-react';
import { stageSentence } from '../../words/call-words';
import { Avatar } from '../brand/avatar';
import { Button } from '../ui/button';

export function WaitingCall({ call, onHangUp }: { call: CallView; onHangUp: () => void }) {
  const { peer, phase } = call;
  const answered = phase === 'connecting';
  return (
    <article
      aria-label={`Call with ${peer}`}
      className="grid min-h-[70dvh] place-content-center justify-items-center gap-12 text-center"
    >
      <div className="relative grid place-items-center">
        {['0s', '0.8s', '1.6s'].map((delay) => (
          <span
            key={delay}
            aria-hidden
            style={{ animationDelay: delay }}
            className="absolute size-36 animate-ripple rounded-full border-2 border-accent opacity-0 [--ripple-reach:1.65]"
          />
        ))}
        <Avatar
          name={peer}
          size="huge"
          fingerprint={call.peerFingerprint}
          isEcho={peer === ECHO_NAME}
        />
      </div>
      <div>
        <h1 className="font-display text-4xl [overflow-wrap:anywhere]">{peer}</h1>
        <p className="mt-3 text-lg text-soft">{stageSentence(call)}</p>
      </div>
      <Button size="large" look="danger" onClick={onHangUp}>
        <PhoneOff aria-hidden />
        {answered ? 'Hang up' : 'Cancel call'}
      </Button>
    </article>
  );
}
