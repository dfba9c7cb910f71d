/**
 * The life of a call as the registry sees it: one pure step per event. The registry only carries
 * offer and answer and remembers how it went; the call itself is between the two daemons (SPEC 6).
 *
 *             accept (callee)                    hangup (either)
 *   ringing ─────────────────────────► active ─────────────────────► ended
 *      ├─ reject (callee) ───────────► rejected, or busy
 *      ├─ hangup (caller) ───────────► cancelled; missed if the reason is that nobody answers
 *      └─ 90 s ──────────────────────► missed
 */
import type {
  CallRecord,
  CallStatus,
  HangupReason,
  RejectReason,
} from '@kyberline/shared/registry';
import { Refusal } from './refusal.js';

/** Limits of SPEC 12, ms. */
export const RINGING_MS = 90_000;
export const KEPT_AFTER_END_MS = 60_000;
/** Nobody may ever say that an active call is over; so long its record is kept at most. */
export const KEPT_ACTIVE_MS = 24 * 3_600_000;

export interface HeldCall {
  readonly record: CallRecord;
  /** Unix ms at which `time` changes or removes it: the one deadline of whatever state it is in. */
  readonly until: number;
}

export type CallEvent =
  | { type: 'accept'; by: string; answer: string }
  | { type: 'reject'; by: string; reason: RejectReason }
  | { type: 'hangup'; by: string; reason?: HangupReason | undefined };

export const isOver = (status: CallStatus): boolean => status !== 'ringing' && status !== 'active';

/**
 * What a party's event makes of a call. Repeating an event that already had its effect gives the
 * same call back, so a client may send again whatever got no reply.
 * @param now Unix ms
 */
export function stepCall(call: HeldCall, event: CallEvent, now: number): HeldCall | Refusal {
  const { record } = call;
  const isCallee = record.callee_username === event.by;
  switch (event.type) {
    case 'accept':
      if (!isCallee) return notTheCallee('accept', record);
      if (record.status === 'active' && record.answer === event.answer) return call;
      if (record.status !== 'ringing') return notRinging('accepted', record);
      return {
        record: { ...record, status: 'active', answer: event.answer },
        until: now + KEPT_ACTIVE_MS,
      };
    case 'reject': {
      if (!isCallee) return notTheCallee('reject', record);
      if (record.status === 'rejected' || record.status === 'busy') return call;
      if (record.status !== 'ringing') return notRinging('rejected', record);
      const status = event.reason === 'busy' ? 'busy' : 'rejected';
      return over({ ...record, status, reason: event.reason }, now);
    }
    case 'hangup':
      if (isOver(record.status)) return call;
      if (record.status === 'active') return over({ ...record, status: 'ended' }, now);
      if (isCallee) return over({ ...record, status: 'rejected', reason: 'declined' }, now);
      return over(
        { ...record, status: event.reason === 'no-answer' ? 'missed' : 'cancelled' },
        now,
      );
  }
}

/** What the passing of its deadline makes of a call: missed after ringing, else forgotten. */
export function stepTime(call: HeldCall, now: number): HeldCall | undefined {
  if (now < call.until) return call;
  if (call.record.status !== 'ringing') return undefined;
  // Counted from when it became so, not from when somebody looked.
  const missed = over({ ...call.record, status: 'missed' }, call.until);
  return now < missed.until ? missed : undefined;
}

const over = (record: CallRecord, at: number): HeldCall => ({
  record,
  until: at + KEPT_AFTER_END_MS,
});

function notTheCallee(verb: string, { callee_username }: CallRecord): Refusal {
  return new Refusal(
    'not-yours',
    `Only ${callee_username}, who is being called, can ${verb} this call. The caller can hang up.`,
  );
}

function notRinging(done: string, { status }: CallRecord): Refusal {
  return new Refusal(
    'call-not-ringing',
    `This call is ${status} and can no longer be ${done}. Place a new call.`,
  );
}
