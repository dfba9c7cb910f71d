'use client';
/** Calls that ring here, with all that draws attention to them, and those that were not taken. */
import type { CallView, StateSnapshot } from '@kyberline/shared/snapshot';
import { type ReactNode, useState } from 'react';
import { useCallNotification } from '../attention/use-call-notification';
import { usePageSignal } from '../attention/use-page-signal';
import { useRingtone } from '../attention/use-ringtone';
import { IncomingSheet } from '../components/call/incoming-sheet';
import { NotTaken } from '../components/call/not-taken';
import { notTakenHere, ringingHere } from '../components/call/pick-call';
import { Afloat } from '../components/ui/afloat';
import { stageSentence } from '../words/call-words';

type Props = {
  /** Undefined while it is not known. */
  state: StateSnapshot | undefined;
  onAccept: (callId: CallView['callId']) => void;
  onDecline: (callId: CallView['callId']) => void;
  /** Resolves to whether the call was placed. */
  onCallBack: (name: CallView['peer']) => Promise<boolean>;
  /** The page, above which it rings. */
  children: ReactNode;
};

export function Incoming({ state, onAccept, onDecline, onCallBack, children }: Props) {
  const [putAway, setPutAway] = useState<ReadonlySet<string>>(() => new Set());
  const calls = state?.calls ?? [];
  const ringing = ringingHere(calls);
  const notTaken = notTakenHere(calls).filter((call) => !putAway.has(call.callId));
  const inCall = calls.some((call) => call.phase !== 'ended' && call.phase !== 'ringing-here');
  const first = ringing[0];
  const sentence = first === undefined ? undefined : stageSentence(first);
  const { ringtone, ringOutput } = state?.settings ?? {};
  const silenced = useRingtone(first !== undefined && ringtone === true && ringOutput === 'panel');
  usePageSignal(sentence);
  useCallNotification(first?.callId, sentence ?? '');
  const close = (callId: string) => setPutAway((all) => new Set(all).add(callId));
  const shown = [
    ...notTaken.map((call) => (
      <NotTaken
        key={`${call.callId} not taken`}
        call={call}
        onCallBack={
          inCall || call.trust === 'changed'
            ? undefined
            : () => void onCallBack(call.peer).then((placed) => placed && close(call.callId))
        }
        onClose={() => close(call.callId)}
      />
    )),
    ...ringing.map((call) => (
      <IncomingSheet
        key={call.callId}
        call={call}
        silenced={silenced}
        onAccept={() => onAccept(call.callId)}
        onDecline={() => onDecline(call.callId)}
      />
    )),
  ];
  return <Afloat shown={shown.length === 0 ? undefined : shown}>{children}</Afloat>;
}
