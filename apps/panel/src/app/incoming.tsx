'use client';
/** Calls that ring here: the sheets, and everything that draws attention to them. */
import type { CallView, StateSnapshot } from '@kyberline/shared/snapshot';
import { useCallNotification } from '../attention/use-call-notification';
import { usePageSignal } from '../attention/use-page-signal';
import { useRingtone } from '../attention/use-ringtone';
import { IncomingSheet } from '../components/call/incoming-sheet';
import { ringingHere } from '../components/call/pick-call';
import { Afloat } from '../components/ui/afloat';
import { stageSentence } from '../words/call-words';

type Props = {
  state: StateSnapshot;
  onAccept: (callId: CallView['callId']) => void;
  onDecline: (callId: CallView['callId']) => void;
};

export function Incoming({ state, onAccept, onDecline }: Props) {
  const ringing = ringingHere(state.calls);
  const first = ringing[0];
  const sentence = first === undefined ? undefined : stageSentence(first);
  const silenced = useRingtone(first !== undefined && state.settings.ringtone);
  usePageSignal(sentence);
  useCallNotification(first?.callId, sentence ?? '');
  if (ringing.length === 0) return null;
  return (
    <Afloat>
      {ringing.map((call) => (
        <IncomingSheet
          key={call.callId}
          call={call}
          silenced={silenced}
          onAccept={() => onAccept(call.callId)}
          onDecline={() => onDecline(call.callId)}
        />
      ))}
    </Afloat>
  );
}
