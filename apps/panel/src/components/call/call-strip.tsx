/** A running call as one line on the other pages, with the way back and the way out. */
import type { CallView } from '@kyberline/shared/snapshot';
import { Mic, MicOff, PhoneOff } from 'lucide-react';
import Link from 'next/link';
import { stageSentence } from '../../words/call-words';
import { Button } from '../ui/button';
import { KeptFocus } from '../ui/kept-focus';
import { Duration } from './duration';

type Props = {
  call: CallView;
  onMute: (muted: boolean) => void;
  onHangUp: () => void;
};

export function CallStrip({ call, onMute, onHangUp }: Props) {
  const talking = call.phase === 'active' || call.phase === 'reconnecting';
  const waiting = call.phase === 'looking-up' || call.phase === 'ringing-there';
  return (
    <section
      aria-label="Running call"
      className="mb-8 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-2xl bg-accent-tint py-3 pr-3 pl-5"
    >
      <Link
        href="/"
        className="min-w-40 flex-1 rounded font-medium underline-offset-4 hover:underline"
      >
        {stageSentence(call)} <Duration call={call} className="ml-1 font-normal text-soft" />
      </Link>
      {call.phase !== 'ended' && (
        <KeptFocus className="flex gap-2">
          {talking && (
            <Button
              size="icon"
              aria-label={call.muted ? 'Unmute' : 'Mute'}
              onClick={() => onMute(!call.muted)}
            >
              {call.muted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
            </Button>
          )}
          <Button
            size="icon"
            look="danger"
            aria-label={waiting ? 'Cancel call' : 'Hang up'}
            onClick={onHangUp}
          >
            <PhoneOff aria-hidden />
          </Button>
        </KeptFocus>
      )}
    </section>
  );
}
