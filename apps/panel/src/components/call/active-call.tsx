'use client';
/** A call with voice: who, how long, the words, both voices and what ails them, and the way out. */
import { ECHO_NAME } from '@kyberline/shared/ids';
import type { CallCounters, CallView, Levels, StateSnapshot } from '@kyberline/shared/snapshot';
import { Mic, MicOff, PhoneOff } from 'lucide-react';
import { useEffect, useEffectEvent } from 'react';
import { stageSentence } from '../../words/call-words';
import { Avatar } from '../brand/avatar';
import { VoiceLine } from '../sound/voice-line';
import { VoiceNotices } from '../sound/voice-notices';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { CallNumbers } from './call-numbers';
import { Duration } from './duration';
import { VoiceDelay } from './voice-delay';
import { Words } from './words';

type Props = {
  call: CallView;
  levels: Levels | undefined;
  counters: CallCounters | undefined;
  warnings: StateSnapshot['warnings'];
  processing: StateSnapshot['settings']['processing'];
  onMute: (muted: boolean) => void;
  onHangUp: () => void;
  onVerify: (match: boolean) => void;
  onCancelEcho: () => void;
};

export function ActiveCall({ call, levels, counters, onMute, onHangUp, onVerify, ...more }: Props) {
  const { peer, muted } = call;
  const isEcho = peer === ECHO_NAME;
  useMuteKey(() => onMute(!muted));
  const heard = levels?.calls.find((one) => one.callId === call.callId)?.heard;
  return (
    <article aria-label={`Call with ${peer}`} className="grid grid-cols-1 gap-8">
      <header className="flex flex-wrap items-center gap-5">
        <Avatar name={peer} fingerprint={call.peerFingerprint} isEcho={isEcho} />
        <div className="min-w-0 flex-1">
          <h1 className="truncate font-display text-3xl">{peer}</h1>
          <p className="text-soft">
            {call.phase === 'reconnecting' ? 'Reconnecting…' : 'In call'} · <Duration call={call} />
            {call.peerMuted && ` · ${peer} is muted`}
          </p>
        </div>
      </header>
      {call.phase === 'reconnecting' && (
        <Callout tone="warning" role="status">
          {stageSentence(call)}
        </Callout>
      )}
      {isEcho && call.phase === 'active' && (
        <p className="text-lg text-soft">
          Say something after the greeting. You hear it again two seconds later.
        </p>
      )}
      <Words call={call} onVerify={onVerify} />
      <div>
        <div className="grid grid-cols-2 gap-6 sm:gap-10">
          <VoiceLine label={`${peer}'s voice`} decibel={heard} tick={levels} faint={call.peerMuted}>
            <p className="mb-1 truncate text-sm text-soft">{peer}'s voice</p>
          </VoiceLine>
          <VoiceLine label="Your microphone" decibel={levels?.input} tick={levels} faint={muted}>
            <p className="mb-1 text-sm text-soft">
              {muted ? 'Muted: nobody hears you' : 'Your microphone'}
            </p>
          </VoiceLine>
        </div>
        <VoiceNotices
          warnings={more.warnings}
          processing={more.processing}
          remedies={{ onUnmute: () => onMute(false), onCancelEcho: more.onCancelEcho }}
          className="not-empty:mt-6"
        />
      </div>
      <div className="sticky bottom-[max(4.4rem,var(--afloat,0px))] z-10 -mx-5 flex justify-center gap-3 bg-paper/92 px-5 py-3 backdrop-blur max-lg:[&>button]:flex-1 max-lg:[&>button]:px-4 lg:static lg:mx-0 lg:justify-start lg:bg-transparent lg:p-0 lg:backdrop-blur-none">
        <Button
          size="large"
          look={muted ? 'accent' : 'plain'}
          aria-label={muted ? 'Unmute' : 'Mute'}
          aria-keyshortcuts="Alt+M"
          title={`${muted ? 'Unmute' : 'Mute'} (Alt+M)`}
          onClick={() => onMute(!muted)}
        >
          {muted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
          {muted ? 'Unmute' : 'Mute'}
        </Button>
        <Button size="large" look="danger" onClick={onHangUp}>
          <PhoneOff aria-hidden />
          Hang up
        </Button>
      </div>
      <VoiceDelay peer={peer} counters={counters} />
      <CallNumbers call={call} counters={counters} />
    </article>
  );
}

/**
 * Alt and M mute and unmute, except while a dialog is open. Not M alone: who dictates, or hits keys
 * without meaning to, would open the microphone unawares (WCAG 2.2, 2.1.4).
 */
function useMuteKey(toggle: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    // On a Mac, Alt makes another letter of it.
    const isM = event.key.toLowerCase() === 'm' || event.code === 'KeyM';
    if (!isM || !event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    if (event.target instanceof Element && event.target.closest('[role="dialog"]')) return;
    event.preventDefault();
    toggle();
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
