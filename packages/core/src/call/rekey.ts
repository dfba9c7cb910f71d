/**
 * In-call rekey (SPEC 8) as a pure machine: state + event + now → state + effects.
 *
 *   caller                                        callee
 *   steady ── due ──► make-request                steady
 *   requesting ── REQ (every 250 ms) ───────────► make-answer, can receive e+1
 *   finish  ◄────────────── ACK (every 250 ms) ── answered
 *   finishing: sends on e+1, FIN every 250 ms ──► first e+1 packet: sends on e+1, steady
 *   steady  ◄── first e+1 packet
 *
 * Secrets are elsewhere (call/secrets.ts): this machine sees epochs, public messages and time.
 */

import { HANDSHAKE_EPOCH, nextEpoch } from '../crypto/schedule.js';
import type { ControlMessage } from './control.js';
import type {
  Progress,
  RekeyEffect,
  RekeyEvent,
  RekeyState,
  RekeyStep,
  RekeyTimes,
  Settled,
} from './rekey-state.js';

/** At epoch 0. The handshake's own keys retire like those of an old epoch. */
export function startRekey(role: 'A' | 'B', now: number, times: RekeyTimes): RekeyState {
  return {
    role,
    times,
    epoch: 0,
    progress: { at: 'steady' },
    agreedAt: now,
    retiring: [{ epoch: HANDSHAKE_EPOCH, at: now + times.retireMs }],
  };
}

/** The next moment at which `tick` has work to do, ms on the clock that `now` comes from. */
export function rekeyDeadline(state: RekeyState): number {
  const { progress, times, agreedAt } = state;
  const due =
    'resendAt' in progress
      ? progress.resendAt
      : state.role === 'A' && progress.at === 'steady'
        ? agreedAt + times.everyMs
        : Number.POSITIVE_INFINITY;
  const retire = state.retiring[0]?.at ?? Number.POSITIVE_INFINITY;
  return Math.min(due, retire, agreedAt + times.expireMs);
}

export function stepRekey(state: RekeyState, event: RekeyEvent, now: number): RekeyStep {
  const next = after(state.epoch);
  switch (event.type) {
    case 'tick':
      return tick(state, now);
    case 'rekey-now':
      // A rekey that is under way is what is wanted, unless its epoch is in use already.
      return state.progress.at === 'finishing'
        ? { state: progressTo(state, { ...state.progress, again: true }), effects: [] }
        : begin(state, now);
    case 'request-made':
      if (state.progress.at !== 'preparing' || event.epoch !== next) return same(state);
      return {
        state: progressTo(state, {
          at: 'requesting',
          req: event.req,
          resendAt: now + state.times.resendMs,
        }),
        effects: [send(state.epoch, { kind: 'REQ', bytes: event.req })],
      };
    case 'answer-made':
      if (!isAnswering(state, event.epoch, event.req)) return same(state);
      return {
        state: progressTo(state, {
          at: 'answered',
          req: event.req,
          ack: event.ack,
          resendAt: now + state.times.resendMs,
        }),
        effects: [send(state.epoch, { kind: 'ACK', bytes: event.ack })],
      };
    case 'answer-refused':
      return state.progress.at === 'answering' && isAnswering(state, event.epoch, event.req)
        ? same(progressTo(state, state.progress.before))
        : same(state);
    case 'finish-made':
      if (state.progress.at !== 'completing' || event.epoch !== next) return same(state);
      return moveOn(
        state,
        {
          at: 'finishing',
          old: state.epoch,
          fin: event.fin,
          resendAt: now + state.times.resendMs,
          again: false,
        },
        now,
        [send(next, { kind: 'FIN', epoch: next, proof: event.fin })],
      );
    case 'finish-refused':
      if (state.progress.at !== 'completing' || event.epoch !== next) return same(state);
      return {
        state: progressTo(state, { ...state.progress, at: 'requesting' }),
        effects: [],
      };
    case 'epoch-heard':
      return epochHeard(state, event.epoch, now);
    case 'received':
      return received(state, event, now);
  }
}

function tick(state: RekeyState, now: number): RekeyStep {
  if (now >= state.agreedAt + state.times.expireMs) {
    return { state, effects: [{ type: 'expired' }] };
  }
  const retired = state.retiring.filter((old) => old.at <= now);
  const kept = retired.length
    ? { ...state, retiring: state.retiring.filter((old) => old.at > now) }
    : state;
  const effects: RekeyEffect[] = retired.map(({ epoch }) => ({ type: 'drop-receive', epoch }));
  const step = resendOrBegin(kept, now);
  return { state: step.state, effects: [...effects, ...step.effects] };
}

function resendOrBegin(state: RekeyState, now: number): RekeyStep {
  const { progress, epoch } = state;
  if (progress.at === 'steady') {
    const due = state.role === 'A' && now >= state.agreedAt + state.times.everyMs;
    return due ? begin(state, now) : same(state);
  }
  if (!('resendAt' in progress) || now < progress.resendAt) return same(state);
  const again = progressTo(state, { ...progress, resendAt: now + state.times.resendMs });
  switch (progress.at) {
    case 'asking':
      return { state: again, effects: [send(epoch, { kind: 'ASK' })] };
    case 'requesting':
      return { state: again, effects: [send(epoch, { kind: 'REQ', bytes: progress.req })] };
    case 'completing':
      return { state: again, effects: [] };
    case 'finishing':
      return {
        state: again,
        effects: [send(epoch, { kind: 'FIN', epoch, proof: progress.fin })],
      };
    case 'answered':
      return { state: again, effects: [send(epoch, { kind: 'ACK', bytes: progress.ack })] };
  }
}

function begin(state: RekeyState, now: number): RekeyStep {
  if (state.progress.at !== 'steady') return same(state);
  if (state.role === 'A') {
    return {
      state: progressTo(state, { at: 'preparing' }),
      effects: [{ type: 'make-request', epoch: after(state.epoch) }],
    };
  }
  return {
    state: progressTo(state, { at: 'asking', resendAt: now + state.times.resendMs }),
    effects: [send(state.epoch, { kind: 'ASK' })],
  };
}

function received(
  state: RekeyState,
  event: Extract<RekeyEvent, { type: 'received' }>,
  now: number,
): RekeyStep {
  const { progress } = state;
  const next = after(state.epoch);
  switch (event.message.kind) {
    case 'ASK':
      // An ASK of an epoch that is over was answered by leaving it.
      return state.role === 'A' && event.on === state.epoch ? begin(state, now) : same(state);
    case 'REQ': {
      if (state.role !== 'B' || event.on !== state.epoch) return same(state);
      if (event.requestEpoch !== next) return same(state);
      const req = event.message.bytes;
      if ('req' in progress && sameBytes(progress.req, req)) {
        if (progress.at !== 'answered') return same(state);
        return { state, effects: [send(state.epoch, { kind: 'ACK', bytes: progress.ack })] };
      }
      return {
        state: progressTo(state, { at: 'answering', req: req.slice(), before: settled(progress) }),
        effects: [{ type: 'make-answer', epoch: next, req: req.slice() }],
      };
    }
    case 'ACK':
      if (progress.at !== 'requesting' || event.on !== state.epoch) return same(state);
      return {
        state: progressTo(state, { ...progress, at: 'completing' }),
        effects: [
          {
            type: 'make-finish',
            epoch: next,
            req: progress.req,
            ack: event.message.bytes.slice(),
          },
        ],
      };
    case 'FIN':
      return event.finVerified ? epochHeard(state, event.message.epoch, now) : same(state);
    default:
      return same(state);
  }
}

/** A packet of `epoch` opened here, so the peer has that epoch's keys. */
function epochHeard(state: RekeyState, epoch: number, now: number): RekeyStep {
  if (state.progress.at === 'finishing' && epoch === state.epoch) {
    const { old, again } = state.progress;
    const steady: RekeyState = {
      ...progressTo(state, { at: 'steady' }),
      retiring: [...state.retiring, { epoch: old, at: now + state.times.retireMs }],
    };
    return again ? begin(steady, now) : same(steady);
  }
  if (state.progress.at === 'answered' && epoch === after(state.epoch)) {
    const old = state.epoch;
    const step = moveOn(state, { at: 'steady' }, now, []);
    return {
      ...step,
      state: {
        ...step.state,
        retiring: [...state.retiring, { epoch: old, at: now + state.times.retireMs }],
      },
    };
  }
  return same(state);
}

/** This side sends on the next epoch from now on. */
function moveOn(
  state: RekeyState,
  progress: Progress,
  now: number,
  effects: RekeyEffect[],
): RekeyStep {
  const epoch = after(state.epoch);
  return {
    state: { ...state, epoch, progress, agreedAt: now },
    effects: [{ type: 'send-on', epoch }, { type: 'drop-send', epoch: state.epoch }, ...effects],
  };
}

/** A call has 65,000 epochs: with none left, the call expires. */
function after(epoch: number): number {
  return nextEpoch(epoch) ?? Number.NaN;
}

function isAnswering(state: RekeyState, epoch: number, req: Uint8Array): boolean {
  const { progress } = state;
  return (
    progress.at === 'answering' && epoch === after(state.epoch) && sameBytes(progress.req, req)
  );
}

/** What a callee's progress was before it began to compute an answer. */
function settled(progress: Progress): Settled {
  switch (progress.at) {
    case 'asking':
    case 'answered':
      return progress;
    case 'answering':
      return progress.before;
    default:
      return { at: 'steady' };
  }
}

function progressTo(state: RekeyState, progress: Progress): RekeyState {
  return { ...state, progress };
}

function send(epoch: number, message: ControlMessage): RekeyEffect {
  return { type: 'send', epoch, message };
}

function same(state: RekeyState): RekeyStep {
  return { state, effects: [] };
}

/** Public messages only, so no constant time is needed. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
