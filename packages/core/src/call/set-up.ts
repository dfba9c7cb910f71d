/** From dialling or the first offer to the moment when both confirms have verified (SPEC 4 to 6). */
import type { CallEffect, CallEvent, CallState, CallStep, Phase } from './call-state.js';
import { callDeadline } from './deadline.js';
import { end, forget, refuse, same, to } from './ending.js';
import { endedBy } from './reasons.js';
import { startRekey } from './rekey.js';

type At<Name extends Phase['at']> = Extract<Phase, { at: Name }>;

/** Looking up, placing an offer or an answer: the registry answers in time, or the call ends. */
export function failing(state: CallState, event: CallEvent, now: number): CallStep {
  if (event.type === 'attempt-failed') return end(state, event.reason, now, { tell: true });
  return event.type === 'tick' && now >= callDeadline(state)
    ? end(state, 'registry-unreachable', now, { tell: true })
    : same(state);
}

export function checking(
  state: CallState,
  phase: At<'checking'>,
  event: CallEvent,
  now: number,
): CallStep {
  switch (event.type) {
    case 'offer-checked': {
      const record: CallEffect = { type: 'record', what: 'started' };
      if (phase.autoAnswer || event.answer) {
        return to(state, answering(state, now), record, { type: 'place-answer' });
      }
      const until = now + state.times.ringMs + state.times.lookUpMs;
      return to(state, { at: 'ringing-here', until }, record, { type: 'ring', on: true });
    }
    case 'offer-refused':
      return refuse(state, event.reason, event.tell, now);
    case 'attempt-failed':
      return refuse(state, 'refused', 'refused', now);
    default:
      return event.type === 'tick' && now >= phase.until ? forget(state, now) : same(state);
  }
}

export function ringingHere(
  state: CallState,
  phase: At<'ringing-here'>,
  event: CallEvent,
  now: number,
): CallStep {
  switch (event.type) {
    case 'accept':
      return to(
        state,
        answering(state, now),
        { type: 'ring', on: false },
        { type: 'place-answer' },
      );
    case 'reject':
      return refuse(state, 'rejected-by-me', 'declined', now);
    default:
      return event.type === 'tick' && now >= phase.until ? end(state, 'missed', now) : same(state);
  }
}

export function connecting(
  state: CallState,
  phase: At<'connecting'>,
  event: CallEvent,
  now: number,
): CallStep {
  switch (event.type) {
    case 'confirm-verified':
      if (phase.confirmed) return same(state);
      // The caller is done: its first epoch-0 packet tells the callee that its proof arrived. The
      // callee's own voice waits for that, since the caller has no key for it before.
      return state.direction === 'outgoing'
        ? activate(state, now, { type: 'prepare-voice' }, { type: 'start-voice' })
        : to(
            state,
            { ...phase, confirmed: true, resendAt: now + state.times.confirmEveryMs },
            { type: 'prepare-voice' },
            { type: 'send-confirm' },
          );
    case 'epoch-heard':
      return phase.confirmed && event.epoch === 0
        ? activate(state, now, { type: 'start-voice' })
        : same(state);
    case 'bye':
      return end(state, endedBy(event.reason), now, { tell: true });
    case 'engine-restarted':
      return to(state, phase, { type: 'reopen-media' });
    case 'tick': {
      if (now >= phase.until) {
        return end(state, 'not-confirmed', now, { tell: true, bye: 'hung-up' });
      }
      if (now < phase.resendAt) return same(state);
      const proves = state.direction === 'outgoing' || phase.confirmed;
      return to(
        state,
        { ...phase, resendAt: now + state.times.confirmEveryMs },
        { type: proves ? 'send-confirm' : 'send-probe' },
      );
    }
    default:
      return same(state);
  }
}

export function connect(state: CallState, now: number, withinMs: number): CallStep {
  return to(
    state,
    { at: 'connecting', until: now + withinMs, resendAt: now, confirmed: false },
    { type: 'open-media' },
  );
}

/** It rings there until an answer verifies, or nobody answers in time. */
export function noAnswer(state: CallState, event: CallEvent, now: number): CallStep {
  const over = event.type === 'tick' && now >= callDeadline(state);
  return over ? end(state, 'no-answer', now, { tell: 'no-answer' }) : same(state);
}

function activate(state: CallState, now: number, ...effects: CallEffect[]): CallStep {
  const rekey = startRekey(state.direction === 'outgoing' ? 'A' : 'B', now, state.times.rekey);
  return to({ ...state, connectedAt: now }, { at: 'active', rekey }, ...effects, {
    type: 'record',
    what: 'connected',
  });
}

function answering(state: CallState, now: number): Phase {
  return { at: 'answering', until: now + state.times.lookUpMs };
}
