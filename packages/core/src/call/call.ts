/**
 * The life of a call, as one pure function: stepCall(state, event, now) → state + effects.
 *
 *   caller   looking-up → offering → ringing-there → opening → connecting ─┐
 *   callee   checking → ringing-here → answering ───────────── connecting ─┴→ active ⇄ reconnecting → ended
 *
 * No I/O, no clock, no secrets: effects name what the shell is to do, events report what came of
 * it. Every way to end is an EndReason; every state has at most one deadline of its own
 * (`callDeadline`), beside the rekey's.
 */
import type { CallRecord } from '@kyberline/shared/registry';
import type { CallEvent, CallState, CallStep, CallTimes, Phase } from './call-state.js';
import { end, forget, refuse, same, to } from './ending.js';
import { endedByRegistry } from './reasons.js';
import { checking, connect, connecting, failing, noAnswer, ringingHere } from './set-up.js';
import { talking } from './talking.js';

/** A person calls a name. */
export function placeCall(now: number, times: CallTimes): CallStep {
  return {
    state: {
      direction: 'outgoing',
      times,
      phase: { at: 'looking-up', until: now + times.lookUpMs },
      startedAt: now,
      attempt: 1,
      muted: false,
      peerMuted: false,
    },
    effects: [{ type: 'record', what: 'started' }, { type: 'look-up' }],
  };
}

/** An offer came. Nothing rings and nothing is recorded before it has passed its checks. */
export function receiveCall(now: number, times: CallTimes, autoAnswer: boolean): CallStep {
  return {
    state: {
      direction: 'incoming',
      times,
      phase: { at: 'checking', until: now + times.lookUpMs, autoAnswer },
      startedAt: now,
      attempt: 1,
      muted: false,
      peerMuted: false,
    },
    effects: [{ type: 'check-offer' }],
  };
}

export function stepCall(state: CallState, event: CallEvent, now: number): CallStep {
  if (state.phase.at === 'ended') return same(state);
  switch (event.type) {
    case 'hang-up':
      return hangUp(state, now);
    case 'program-stopping':
    case 'engine-failed':
      return cannotGoOn(state, event.type, now);
    case 'words-differ':
      return end(state, 'words-differ', now, { bye: 'words-differ', tell: true });
    case 'glare-lost':
      return forget(state, now);
    case 'mute':
      return {
        state: { ...state, muted: event.muted },
        effects: [{ type: 'set-mute', muted: event.muted }],
      };
    case 'peer-mode':
      return { state: { ...state, peerMuted: event.muted }, effects: [] };
    case 'registry':
      return registryStatus(state, event.call, now);
    default:
      return stepPhase(state, event, now);
  }
}

function stepPhase(state: CallState, event: CallEvent, now: number): CallStep {
  const { phase, times } = state;
  switch (phase.at) {
    case 'looking-up':
      if (event.type === 'looked-up') {
        return to(state, { at: 'offering', until: phase.until }, { type: 'place-offer' });
      }
      return failing(state, event, now);
    case 'offering':
      if (event.type === 'offer-placed') {
        return to(state, { at: 'ringing-there', until: now + times.ringMs });
      }
      return failing(state, event, now);
    case 'ringing-there':
      return noAnswer(state, event, now);
    case 'opening':
      if (event.type === 'answer-opened') return connect(state, now, times.confirmAMs);
      if (event.type === 'answer-invalid') return to(state, { ...phase, at: 'ringing-there' });
      return noAnswer(state, event, now);
    case 'checking':
      return checking(state, phase, event, now);
    case 'ringing-here':
      return ringingHere(state, phase, event, now);
    case 'answering':
      if (event.type === 'answer-placed') return connect(state, now, times.confirmBMs);
      return failing(state, event, now);
    case 'connecting':
      return connecting(state, phase, event, now);
    case 'active':
    case 'reconnecting':
      return talking(state, phase, event, now);
    case 'ended':
      return same(state);
  }
}

/** The caller's phases in which nothing but the offer is lost by beginning again. */
const UNANSWERED: ReadonlySet<Phase['at']> = new Set(['offering', 'ringing-there', 'opening']);

/** Until both confirms have verified, the registry's word counts; afterwards it has no say. */
function registryStatus(
  state: CallState,
  call: Pick<CallRecord, 'status' | 'reason' | 'answer'>,
  now: number,
): CallStep {
  const { phase } = state;
  if (phase.at === 'active' || phase.at === 'reconnecting') return same(state);
  if (call.status === 'active') {
    // The answer may overtake the registry's reply to the offer.
    const rings = phase.at === 'ringing-there' || phase.at === 'offering';
    if (!rings || call.answer === undefined) return same(state);
    const until = phase.at === 'offering' ? now + state.times.ringMs : phase.until;
    return to(state, { at: 'opening', until }, { type: 'open-answer', answer: call.answer });
  }
  const stale = call.status === 'rejected' && call.reason === 'stale-bundle';
  if (stale && state.attempt === 1 && UNANSWERED.has(phase.at)) {
    return to(
      { ...state, attempt: 2 },
      { at: 'looking-up', until: now + state.times.lookUpMs },
      { type: 'look-up' },
    );
  }
  if (phase.at === 'checking') return call.status === 'ringing' ? same(state) : forget(state, now);
  const reason = endedByRegistry(state.direction, call);
  return reason ? end(state, reason, now) : same(state);
}

/** An offer that was still being checked is turned down: nobody knows yet whose it is. */
function cannotGoOn(
  state: CallState,
  why: 'program-stopping' | 'engine-failed',
  now: number,
): CallStep {
  if (state.phase.at === 'checking') return refuse(state, 'refused', 'refused', now);
  return why === 'engine-failed'
    ? end(state, 'engine-failed', now, { bye: 'media-failed', tell: true })
    : end(state, 'program-stopped-here', now, { bye: 'program-stopped', tell: true });
}

function hangUp(state: CallState, now: number): CallStep {
  const { phase } = state;
  if (phase.at === 'checking' || phase.at === 'ringing-here')
    return refuse(state, 'rejected-by-me', 'declined', now);
  const answered =
    state.direction === 'incoming' || phase.at === 'connecting' || state.connectedAt !== undefined;
  return end(state, answered ? 'hung-up-by-me' : 'cancelled-by-me', now, {
    tell: true,
    bye: 'hung-up',
  });
}
