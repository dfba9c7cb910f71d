/** The ways out of every phase, and the small words with which the phases are written. */
import type { EndReason } from '@kyberline/shared/endings';
import type { HangupReason, RejectReason } from '@kyberline/shared/registry';
import type { CallEffect, CallState, CallStep, Phase } from './call-state.js';
import type { ByeReason } from './control.js';

export function end(
  state: CallState,
  reason: EndReason,
  now: number,
  how: { bye?: ByeReason; tell?: true | HangupReason } = {},
): CallStep {
  const effects: CallEffect[] = [];
  if (state.phase.at === 'ringing-here') effects.push({ type: 'ring', on: false });
  effects.push({ type: 'close-media', ...(how.bye && { bye: how.bye }) });
  if (how.tell) {
    const reason = how.tell === true ? {} : { reason: how.tell };
    effects.push({ type: 'tell-registry', what: 'hangup', ...reason });
  }
  effects.push({ type: 'erase' }, { type: 'record', what: 'ended' });
  return to(state, { at: 'ended', reason, endedAt: now }, ...effects);
}

/** What a person should find in the history; a forged offer leaves no row there. */
const TOLD: ReadonlySet<EndReason> = new Set([
  'rejected-by-me',
  'busy-here',
  'key-changed',
  'clock-wrong',
  'suite-lowered',
]);

/** Turns an offer down and says why to the registry. */
export function refuse(
  state: CallState,
  reason: EndReason,
  tell: RejectReason,
  now: number,
): CallStep {
  const step = TOLD.has(reason) ? end(state, reason, now) : forget(state, now);
  const reject: CallEffect = { type: 'tell-registry', what: 'reject', reason: tell };
  return { ...step, effects: [reject, ...step.effects] };
}

/** Ends without a trace: glare's loser, an offer that was withdrawn before it was checked. */
export function forget(state: CallState, now: number): CallStep {
  const tell: CallEffect[] =
    state.direction === 'outgoing' ? [{ type: 'tell-registry', what: 'hangup' }] : [];
  return to(
    state,
    { at: 'ended', reason: 'cancelled-by-me', endedAt: now },
    ...tell,
    { type: 'erase' },
    { type: 'record', what: 'forget' },
  );
}

export function to(state: CallState, phase: Phase, ...effects: CallEffect[]): CallStep {
  return { state: { ...state, phase }, effects };
}

export function same(state: CallState): CallStep {
  return { state, effects: [] };
}
