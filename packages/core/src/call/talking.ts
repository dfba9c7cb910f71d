/** The phases with voice: rekeys, silence on the line, and the endings that only the peer or time can cause. */
import type { CallEvent, CallState, CallStep, Phase } from './call-state.js';
import { end, same, to } from './ending.js';
import { endedBy } from './reasons.js';
import { stepRekey } from './rekey.js';
import type { RekeyEvent } from './rekey-state.js';

type Talking = Extract<Phase, { at: 'active' | 'reconnecting' }>;

export function talking(state: CallState, phase: Talking, event: CallEvent, now: number): CallStep {
  switch (event.type) {
    case 'quiet':
      return phase.at === 'active'
        ? to(state, {
            at: 'reconnecting',
            until: now + state.times.lostMs,
            rekey: phase.rekey,
          })
        : same(state);
    case 'heard':
      return phase.at === 'reconnecting'
        ? to(state, { at: 'active', rekey: phase.rekey })
        : same(state);
    case 'bye':
      return end(state, endedBy(event.reason), now, { tell: true });
    case 'engine-restarted': {
      const step = rekeying(state, phase, { type: 'rekey-now' }, now);
      return { ...step, effects: [{ type: 'reopen-media' }, ...step.effects] };
    }
    case 'tick':
      if (phase.at === 'reconnecting' && now >= phase.until) {
        return end(state, 'media-lost', now, { tell: true, bye: 'hung-up' });
      }
      return rekeying(state, phase, event, now);
    case 'epoch-heard':
      // An engine that was started again in the silence has no `quiet` to take back.
      return rekeying(state, { at: 'active', rekey: phase.rekey }, event, now);
    case 'rekey-now':
    case 'request-made':
    case 'answer-made':
    case 'answer-refused':
    case 'finish-made':
    case 'finish-refused':
    case 'received':
      return rekeying(state, phase, event, now);
    default:
      return same(state);
  }
}

function rekeying(state: CallState, phase: Talking, event: RekeyEvent, now: number): CallStep {
  const step = stepRekey(phase.rekey, event, now);
  if (step.effects.some((effect) => effect.type === 'expired')) {
    return end(state, 'key-expired', now, { tell: true, bye: 'key-expired' });
  }
  return {
    state: { ...state, phase: { ...phase, rekey: step.state } },
    effects: step.effects.map((effect) => ({ type: 'rekey', effect })),
  };
}
