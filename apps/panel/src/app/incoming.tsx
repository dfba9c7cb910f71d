'use client';
/** Calls that ring here: the sheets, and everything that draws attention to them. */
import type { CallView, StateSnapshot } from '@kyberline/shared/snapshot';
import type { ReactNode } from 'react';
import { useCallNotification } from '../attention/use-call-notification';
import { usePageSignal } from '../attention/use-page-signal';
import { useRingtone } from '../attention/use-ringtone';
import { IncomingSheet } from '../components/call/incoming-sheet';
import { ringingHere } from '../components/call/pick-call';
import { Afloat } from '../components/ui/afloat';
import { stageSentence } from '../words/call-words';

type Props = {
  /** Undefined while it is not known. */
  state: StateSnapshot | undefined;
  onAccept: (callId: CallView['callId']) => void;
  onDecline: (callId: CallView['callId']) => void;
  /** The page, above which it rings. */
  children: ReactNode;
};

export function Incoming({ state, onAccept, onDecline, children }: Props) {
  const ringing = ringingHere(state?.calls ?? []);
  const first = ringing[0];
  const sentence = first === undefined ? undefined : stageSentence(first);
  const silenced = useRingtone(first !== undefined && state?.settings.ringtone === true);
  usePageSignal(sentence);
  useCallNotification(first?.callId, sentence ?? '');
  const sheets = ringing.map((call) => (
    <IncomingSheet
      key={call.callId}
      call={call}
      silenced={silenced}
      onAccept={() => onAccept(call.callId)}
      onDecline={() => onDecline(call.callId)}
    />
  ));
  return <Afloat shown={sheets.length === 0 ? undefined : sheets}>{children}</Afloat>;
}
