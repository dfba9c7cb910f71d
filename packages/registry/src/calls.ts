/**
 * The calls of the moment, in memory only: a restart forgets them, and the calls themselves go on
 * (SPEC 6). Bounded by `Limits.calls`; a caller and a callee each have few that ring (SPEC 12).
 */
import type { CallId, UserName } from '@kyberline/shared/ids';
import type { CallRecord, InitiateRequest } from '@kyberline/shared/registry';
import {
  type CallEvent,
  type HeldCall,
  isOver,
  RINGING_MS,
  stepCall,
  stepTime,
} from './call-status.js';
import type { Limits } from './limits.js';
import { isRefusal, Refusal } from './refusal.js';

type CallLimits = Pick<Limits, 'calls' | 'pendingPerCaller' | 'pendingPerCallee'>;

interface TableEntry {
  call: HeldCall;
  /** The caller's fingerprint as hex: an identity with several names still has one allowance. */
  callerIdentity: string;
}

export class CallTable {
  readonly #calls = new Map<CallId, TableEntry>();
  /** No call changes by time before this, Unix ms. */
  #nextDeadline = Number.POSITIVE_INFINITY;

  /** @param changed is told every new state of every call, the first included. */
  constructor(
    readonly limits: CallLimits,
    readonly changed: (call: CallRecord) => void,
  ) {}

  get size(): number {
    return this.#calls.size;
  }

  /** The call that this request made before, if it is the same request again (SPEC 12). */
  repeated(request: InitiateRequest, now: number): CallRecord | Refusal | undefined {
    this.sweep(now);
    const record = this.#calls.get(request.call_id)?.call.record;
    if (!record) return undefined;
    const same =
      record.caller_username === request.caller_username &&
      record.callee_username === request.callee_username &&
      record.offer === request.offer;
    if (same) return record;
    return new Refusal('call-exists', 'This call_id is taken. Choose a new random one.');
  }

  /** Let a call ring. Ask `repeated` first. */
  initiate(request: InitiateRequest, callerIdentity: string, now: number): CallRecord | Refusal {
    this.sweep(now);
    const refusal = this.#tooManyRinging(request, callerIdentity, now) ?? this.#makeRoom();
    if (refusal) return refusal;
    const record: CallRecord = {
      call_id: request.call_id,
      caller_username: request.caller_username,
      callee_username: request.callee_username,
      status: 'ringing',
      offer: request.offer,
      created_at: now,
    };
    this.#put({ call: { record, until: now + RINGING_MS }, callerIdentity });
    this.changed(record);
    return record;
  }

  /** Apply what one of its parties does to a call. A call is unknown to everyone else. */
  apply(id: CallId, event: CallEvent, now: number): CallRecord | Refusal {
    const entry = this.#entry(id, event.by, now);
    if (!entry) return unknownCall();
    const next = stepCall(entry.call, event, now);
    if (isRefusal(next)) return next;
    if (next !== entry.call) {
      this.#put({ ...entry, call: next });
      this.changed(next.record);
    }
    return next.record;
  }

  status(id: CallId, by: UserName, now: number): CallRecord | Refusal {
    return this.#entry(id, by, now)?.call.record ?? unknownCall();
  }

  /** The calls that ring at `callee`, oldest first. */
  pending(callee: UserName, now: number): CallRecord[] {
    this.sweep(now);
    return [...this.#calls.values()]
      .map(({ call }) => call.record)
      .filter((record) => record.status === 'ringing' && record.callee_username === callee);
  }

  /** Forget every call of a name that was given up; what rings ends first, for the other side. */
  forget(name: UserName, now: number): void {
    for (const [id, { call }] of this.#calls) {
      const { record } = call;
      if (record.caller_username !== name && record.callee_username !== name) continue;
      if (record.status === 'ringing') {
        const status = record.caller_username === name ? 'cancelled' : 'missed';
        this.changed({ ...record, status });
      }
      this.#calls.delete(id);
    }
    this.sweep(now);
  }

  /** Let deadlines up to `now` take effect. */
  sweep(now: number): void {
    if (now < this.#nextDeadline) return;
    this.#nextDeadline = Number.POSITIVE_INFINITY;
    for (const [id, entry] of this.#calls) {
      const next = stepTime(entry.call, now);
      if (!next) {
        if (entry.call.record.status === 'ringing') {
          this.changed({ ...entry.call.record, status: 'missed' });
        }
        this.#calls.delete(id);
        continue;
      }
      this.#put({ ...entry, call: next });
      if (next !== entry.call) this.changed(next.record);
    }
  }

  #entry(id: CallId, by: string, now: number): TableEntry | undefined {
    this.sweep(now);
    const entry = this.#calls.get(id);
    const record = entry?.call.record;
    const isParty = record?.caller_username === by || record?.callee_username === by;
    return isParty ? entry : undefined;
  }

  #put(entry: TableEntry): void {
    this.#calls.set(entry.call.record.call_id, entry);
    this.#nextDeadline = Math.min(this.#nextDeadline, entry.call.until);
  }

  #tooManyRinging(request: InitiateRequest, identity: string, now: number): Refusal | undefined {
    let byCaller = 0;
    for (const { call, callerIdentity } of this.#calls.values()) {
      if (call.record.status === 'ringing' && callerIdentity === identity) byCaller++;
    }
    const { pendingPerCaller, pendingPerCallee } = this.limits;
    if (byCaller >= pendingPerCaller) {
      const sentence = `You have ${pendingPerCaller} calls ringing already. Cancel one, or wait until one ends.`;
      return new Refusal('too-many-pending', sentence);
    }
    const callee = request.callee_username;
    if (this.pending(callee, now).length < pendingPerCallee) return undefined;
    const sentence = `${callee} has ${pendingPerCallee} calls ringing already. Try again in a minute.`;
    return new Refusal('callee-overloaded', sentence, { retryAfterSeconds: 60 });
  }

  /** What is over goes first, then the longest active: the registry has no say in those any more. */
  #makeRoom(): Refusal | undefined {
    if (this.#calls.size < this.limits.calls) return undefined;
    const entries = [...this.#calls];
    const goes =
      entries.find(([, { call }]) => isOver(call.record.status)) ??
      entries.find(([, { call }]) => call.record.status === 'active');
    if (!goes) {
      return new Refusal('registry-full', 'Too many calls are ringing. Try again in a minute.', {
        retryAfterSeconds: 60,
      });
    }
    this.#calls.delete(goes[0]);
    return undefined;
  }
}

/** Word for word the same for a call of others as for none, so that ids cannot be probed. */
const unknownCall = (): Refusal =>
  new Refusal('unknown-call', 'No such call of yours is known here. It may be over for a minute.');
