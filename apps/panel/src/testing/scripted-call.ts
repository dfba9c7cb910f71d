/** A call as the fake daemon shows it, in any phase. */
import type { CallId, UserName } from '@kyberline/shared/ids';
import type { CallView } from '@kyberline/shared/snapshot';
import { fingerprintOf } from './scripted-state';

let last = 0;

export function scriptedCall(peer: string, more: Partial<CallView> = {}): CallView {
  last += 1;
  return {
    callId: last.toString(16).padStart(32, '0') as CallId,
    direction: 'outgoing',
    peer: peer as UserName,
    peerFingerprint: fingerprintOf(peer),
    trust: 'seen',
    phase: 'looking-up',
    startedAt: Date.now(),
    muted: false,
    peerMuted: false,
    ...more,
  };
}

/** What a call gains once voice is allowed. */
export function talking(): Partial<CallView> {
  return {
    phase: 'active',
    connectedAt: Date.now(),
    suite: 1,
    epoch: 0,
    codec: 'opus',
    words: ['falcon', 'harbour', 'violin', 'maple'],
    emoji: ['🦅', '⚓', '🎻', '🍁'],
  };
}
