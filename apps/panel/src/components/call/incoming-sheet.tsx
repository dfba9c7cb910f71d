/**
 * A call that rings here. It floats above every page and never takes the focus: whoever is
 * typing goes on typing. It comes first in the page, so that one press of Tab can reach it.
 */
import type { CallView } from '@kyberline/shared/snapshot';
import { Phone, PhoneOff } from 'lucide-react';
import { trustSentence } from '../../words/call-words';
import { Avatar } from '../brand/avatar';
import { Button } from '../ui/button';
import { KeptFocus } from '../ui/kept-focus';

type Props = {
  call: CallView;
  /** The browser keeps the ringtone back until the person has touched the page once. */
  silenced: boolean;
  onAccept: () => void;
  onDecline: () => void;
};

export function IncomingSheet({ call, silenced, onAccept, onDecline }: Props) {
  const { peer } = call;
  return (
    <KeptFocus
      role="dialog"
      aria-modal="false"
      aria-labelledby={`incoming-${call.callId}`}
      aria-describedby={`incoming-trust-${call.callId}`}
      className="pointer-events-auto w-full max-w-md animate-rise rounded-3xl border border-line bg-surface p-6 shadow-lift"
    >
      <div className="flex items-center gap-4">
        <span className="relative grid place-items-center">
          <span
            aria-hidden
            className="absolute size-13 animate-ripple rounded-full border-2 border-accent [--ripple-reach:1.45]"
          />
          <Avatar name={peer} fingerprint={call.peerFingerprint} />
        </span>
        <div className="min-w-0">
          <p id={`incoming-${call.callId}`} className="truncate font-display text-2xl">
            {peer} is calling
          </p>
          <p id={`incoming-trust-${call.callId}`} className="text-sm text-soft">
            {trustSentence(call.trust, peer)}
          </p>
        </div>
      </div>
      {silenced && (
        <p className="mt-4 rounded-xl bg-warn-tint px-4 py-2.5 text-sm">
          The browser keeps the ringtone quiet until you click somewhere on this page.
        </p>
      )}
      <div className="mt-6 grid grid-cols-2 gap-3">
        <Button look="warning" size="large" className="px-4" onClick={onDecline}>
          <PhoneOff aria-hidden />
          Decline
        </Button>
        <Button look="accent" size="large" className="px-4" onClick={onAccept}>
          <Phone aria-hidden />
          Accept
        </Button>
      </div>
    </KeptFocus>
  );
}
