import type { CallId, UserName } from '@kyberline/shared/ids';
import type { CallRecord, InitiateRequest } from '@kyberline/shared/registry';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { KEPT_ACTIVE_MS } from './call-status.js';
import { CallTable } from './calls.js';
import { isRefusal, type Refusal } from './refusal.js';

const name = (text: string) => text as UserName;
const id = (n: number) => n.toString(16).padStart(32, '0') as CallId;
const [ALICE, BOB, CAROL] = [name('alice'), name('bob'), name('carol')];
const LIMITS = { calls: 100, pendingPerCaller: 3, pendingPerCallee: 5 };
const START = 1_700_000_000_000;

let calls: CallTable;
let seen: CallRecord[];
let now: number;
beforeEach(() => {
  seen = [];
  now = START;
  calls = new CallTable(LIMITS, (call) => seen.push(call));
});

const asked = (n: number, from = ALICE, to = BOB): InitiateRequest => ({
  call_id: id(n),
  caller_username: from,
  callee_username: to,
  offer: 'b2ZmZXI=',
});
const ring = (n: number, from = ALICE, to = BOB) =>
  calls.initiate(asked(n, from, to), `identity of ${from}`, now);
const accept = (n: number, by = BOB, answer = 'YW5zd2Vy') =>
  calls.apply(id(n), { type: 'accept', by, answer }, now);
const reject = (n: number, by = BOB, reason: 'declined' | 'busy' | 'stale-bundle' = 'declined') =>
  calls.apply(id(n), { type: 'reject', by, reason }, now);
const hangup = (n: number, by = ALICE) => calls.apply(id(n), { type: 'hangup', by }, now);
const code = (outcome: CallRecord | Refusal | undefined) =>
  isRefusal(outcome) ? outcome.code : outcome?.status;
const statuses = () => seen.map((call) => call.status);

describe('a call at the registry', () => {
  it('rings, is accepted with an answer, and ends when either hangs up', () => {
    expect(ring(1)).toMatchObject({ status: 'ringing', created_at: START, offer: 'b2ZmZXI=' });
    expect(accept(1)).toMatchObject({ status: 'active', answer: 'YW5zd2Vy' });
    expect(code(hangup(1, BOB))).toBe('ended');
    expect(statuses()).toEqual(['ringing', 'active', 'ended']);
  });

  it('is cancelled when the caller hangs up before it was answered', () => {
    ring(1);
    expect(code(hangup(1, ALICE))).toBe('cancelled');
  });

  it('is missed when its caller gives up because nobody answered, and only then', () => {
    ring(1);
    ring(2);
    const nobody = (n: number, by: UserName) =>
      calls.apply(id(n), { type: 'hangup', by, reason: 'no-answer' }, now);
    expect(code(nobody(1, ALICE))).toBe('missed');
    expect(code(nobody(2, BOB))).toBe('rejected');
    expect(code(accept(1))).toBe('call-not-ringing');
  });

  it('is rejected by the callee, with the reason, or busy', () => {
    ring(1);
    ring(2);
    ring(3);
    expect(reject(1)).toMatchObject({ status: 'rejected', reason: 'declined' });
    expect(reject(2, BOB, 'busy')).toMatchObject({ status: 'busy', reason: 'busy' });
    expect(reject(3, BOB, 'stale-bundle')).toMatchObject({ reason: 'stale-bundle' });
  });

  it('counts as declined when the callee hangs up while it rings', () => {
    ring(1);
    expect(hangup(1, BOB)).toMatchObject({ status: 'rejected', reason: 'declined' });
  });

  it('is missed after 90 s of ringing, and forgotten 60 s later', () => {
    ring(1);
    now = START + 89_999;
    expect(code(calls.status(id(1), ALICE, now))).toBe('ringing');
    now = START + 90_000;
    expect(code(calls.status(id(1), ALICE, now))).toBe('missed');
    expect(statuses()).toEqual(['ringing', 'missed']);
    now = START + 149_999;
    expect(code(calls.status(id(1), ALICE, now))).toBe('missed');
    now = START + 150_000;
    expect(code(calls.status(id(1), ALICE, now))).toBe('unknown-call');
    expect(calls.size).toBe(0);
  });

  it('is still told as missed where nobody looked for a long time', () => {
    ring(1);
    calls.sweep(START + 3_600_000);
    expect(statuses()).toEqual(['ringing', 'missed']);
    expect(calls.size).toBe(0);
  });

  it('is kept 60 s after its end, however it ended', () => {
    for (const n of [1, 2, 3]) ring(n);
    reject(1);
    hangup(2);
    accept(3);
    hangup(3);
    now += 59_999;
    for (const n of [1, 2, 3]) expect(isRefusal(calls.status(id(n), BOB, now))).toBe(false);
    now += 1;
    for (const n of [1, 2, 3]) expect(code(calls.status(id(n), BOB, now))).toBe('unknown-call');
  });

  it('stays while it is active, though not for ever', () => {
    ring(1);
    accept(1);
    expect(code(calls.status(id(1), BOB, START + KEPT_ACTIVE_MS - 1))).toBe('active');
    expect(code(calls.status(id(1), BOB, START + KEPT_ACTIVE_MS))).toBe('unknown-call');
  });
});

describe('who may do what', () => {
  it('only the callee accepts or rejects', () => {
    ring(1);
    expect(code(accept(1, ALICE))).toBe('not-yours');
    expect(code(reject(1, ALICE))).toBe('not-yours');
    expect(code(calls.status(id(1), ALICE, now))).toBe('ringing');
  });

  it('a call of others looks exactly like a call that is not there', () => {
    ring(1);
    for (const by of [CAROL]) {
      expect(calls.status(id(1), by, now)).toEqual(calls.status(id(9), by, now));
      expect(hangup(1, by)).toEqual(hangup(9, by));
      expect(accept(1, by)).toEqual(accept(9, by));
      expect(reject(1, by)).toEqual(reject(9, by));
    }
    expect(statuses()).toEqual(['ringing']);
  });

  it('pending shows the callee what rings there, oldest first, and nobody else', () => {
    ring(2, ALICE);
    ring(1, CAROL);
    expect(calls.pending(BOB, now).map((call) => call.call_id)).toEqual([id(2), id(1)]);
    expect(calls.pending(ALICE, now)).toEqual([]);
    accept(2);
    hangup(1, CAROL);
    expect(calls.pending(BOB, now)).toEqual([]);
  });
});

describe('asking again', () => {
  it('the same initiation is the same call, in whatever state it is by now', () => {
    expect(calls.repeated(asked(1), now)).toBeUndefined();
    ring(1);
    expect(code(calls.repeated(asked(1), now))).toBe('ringing');
    accept(1);
    expect(code(calls.repeated(asked(1), now))).toBe('active');
    expect(statuses()).toEqual(['ringing', 'active']);
  });

  it('the same call_id with other content is refused', () => {
    ring(1);
    expect(code(calls.repeated({ ...asked(1), offer: 'AAAA' }, now))).toBe('call-exists');
    expect(code(calls.repeated(asked(1, CAROL), now))).toBe('call-exists');
    expect(code(calls.repeated(asked(1, ALICE, CAROL), now))).toBe('call-exists');
  });

  it('accept, reject and hangup repeat without a second effect', () => {
    for (const n of [1, 2]) ring(n);
    expect(accept(1)).toEqual(accept(1));
    expect(reject(2)).toEqual(reject(2));
    expect(hangup(1)).toEqual(hangup(1, BOB));
    expect(code(hangup(2))).toBe('rejected');
    expect(statuses()).toEqual(['ringing', 'ringing', 'active', 'rejected', 'ended']);
  });

  it('accept with another answer is refused: the first one stands', () => {
    ring(1);
    accept(1);
    expect(code(accept(1, BOB, 'AAAA'))).toBe('call-not-ringing');
    expect(calls.status(id(1), ALICE, now)).toMatchObject({ answer: 'YW5zd2Vy' });
  });
});

describe('bounds', () => {
  it('3 ringing calls per caller, whatever names it uses; an ended one makes room', () => {
    ring(1, ALICE, name('b1'));
    ring(2, ALICE, name('b2'));
    expect(
      calls.initiate(asked(3, name('alice2'), name('b3')), 'identity of alice', now),
    ).toBeDefined();
    expect(code(ring(4, ALICE, name('b4')))).toBe('too-many-pending');
    accept(1, name('b1'));
    expect(code(ring(4, ALICE, name('b4')))).toBe('ringing');
  });

  it('5 ringing calls per callee', () => {
    for (const n of [1, 2, 3, 4, 5]) ring(n, name(`caller${n}`));
    expect(code(ring(6, name('caller6')))).toBe('callee-overloaded');
    now += 90_000;
    expect(code(ring(6, name('caller6')))).toBe('ringing');
  });

  it('a full table drops what is over, then the longest active, and never what rings', () => {
    calls = new CallTable({ ...LIMITS, calls: 3, pendingPerCallee: 100 }, (call) =>
      seen.push(call),
    );
    for (const n of [1, 2, 3]) ring(n, name(`caller${n}`));
    expect(code(ring(4, name('caller4')))).toBe('registry-full');
    accept(1);
    hangup(2, name('caller2'));
    expect(code(ring(4, name('caller4')))).toBe('ringing');
    expect(code(calls.status(id(2), BOB, now))).toBe('unknown-call');
    expect(code(ring(5, name('caller5')))).toBe('ringing');
    expect(code(calls.status(id(1), BOB, now))).toBe('unknown-call');
    expect(code(ring(6, name('caller6')))).toBe('registry-full');
    expect(calls.size).toBe(3);
  });

  it('a name that is given up leaves no call behind, and the other side is told', () => {
    ring(1, ALICE, BOB);
    ring(2, CAROL, ALICE);
    ring(3, CAROL, BOB);
    calls.forget(ALICE, now);
    expect(statuses().slice(3)).toEqual(['cancelled', 'missed']);
    expect(code(calls.status(id(1), BOB, now))).toBe('unknown-call');
    expect(code(calls.status(id(3), BOB, now))).toBe('ringing');
  });
});

it('whatever is done to calls in whatever order, a call that is over never comes back', () => {
  const step = fc.record({
    kind: fc.constantFrom('ring', 'accept', 'reject', 'hangup', 'wait'),
    call: fc.integer({ min: 1, max: 3 }),
    by: fc.constantFrom(ALICE, BOB, CAROL),
    ms: fc.integer({ min: 0, max: 100_000 }),
  });
  const over = ['rejected', 'ended', 'missed', 'cancelled', 'busy'];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      seen = [];
      now = START;
      calls = new CallTable(LIMITS, (call) => seen.push(call));
      for (const { kind, call, by, ms } of steps) {
        if (kind === 'wait') now += ms;
        else if (kind === 'accept') accept(call, by);
        else if (kind === 'reject') reject(call, by);
        else if (kind === 'hangup') hangup(call, by);
        else if (!calls.repeated(asked(call, by, BOB), now)) ring(call, by, BOB);
      }
      for (const call of [1, 2, 3]) {
        const life = seen.filter((one) => one.call_id === id(call)).map((one) => one.status);
        for (const [at, status] of life.entries()) {
          if (status === 'ringing' && at > 0) expect(over).toContain(life[at - 1]);
          if (status === 'active') expect(life[at - 1]).toBe('ringing');
          if (over.includes(status)) expect(['ringing', 'active']).toContain(life[at - 1]);
        }
      }
    }),
    { numRuns: 300 },
  );
});
