/** What a bad registry, a stale bundle, a changed key or a wrong clock does to a call. */
import type { UserName } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clockSentence } from './checks.js';
import {
  call,
  endingOf,
  type Person,
  phaseOf,
  REGISTRY_ID,
  TwoParties,
  until,
  wireIds,
} from './testing/two-parties.js';

let world: TwoParties;
let alice: Person;
let bob: Person;

beforeEach(() => {
  world = new TwoParties();
  alice = world.add('alice');
  bob = world.add('bob');
});
afterEach(() => world.close());

const ringing = () => until(() => phaseOf(bob) === 'ringing-here');
const bothActive = () => until(() => phaseOf(alice) === 'active' && phaseOf(bob) === 'active');

describe('what does not fit is refused', () => {
  it('a stale bundle is fetched again, once, under a new call id', async () => {
    const old = await bob.bundles.current(REGISTRY_ID, bob.name, 1);
    bob.suite = 2; // the bundle that the exchange still shows has another preference
    bob.bundleShown = old.bytes;
    bob.autoAnswer = true;
    const callee = bob; // what the end of this test brings must not change the next one's
    bob.tamper = (record) => {
      callee.bundleShown = undefined;
      return record;
    };
    const placed = call(alice, bob);
    await bothActive();
    expect(wireIds(bob)).toHaveLength(2);
    expect(alice.calls.shown[0]?.id).toBe(placed.id);
    expect(alice.history.list(9)).toHaveLength(1);
  });

  it('the same refusal by push and by poll is one refusal', async () => {
    const old = await bob.bundles.current(REGISTRY_ID, bob.name, 1);
    bob.suite = 2;
    bob.bundleShown = old.bytes;
    bob.autoAnswer = true;
    alice.tamper = (record) => {
      if (record.status === 'rejected') {
        bob.bundleShown = undefined;
        setImmediate(() => alice.calls.heard(record, alice.exchange, false));
      }
      return record;
    };
    const lookUp = async (name: UserName) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return alice.exchange.lookUp(name);
    };
    alice.calls.place(bob.name, { ...alice.exchange, lookUp });
    await bothActive();
    expect(wireIds(bob)).toHaveLength(2);
  });

  it('a bundle that stays stale ends the call instead of trying for ever', async () => {
    bob.bundleShown = (await bob.bundles.current(REGISTRY_ID, bob.name, 1)).bytes;
    bob.suite = 2;
    call(alice, bob);
    await until(() => endingOf(alice) !== undefined);
    expect(endingOf(alice)).toBe('refused');
    expect(wireIds(bob)).toHaveLength(2);
  });

  it('the same offer by push and by poll is one offer', async () => {
    call(alice, bob);
    await ringing();
    const record = bob.heard[0]!;
    bob.calls.heard(record, bob.exchange, false);
    bob.calls.heard({ ...record }, bob.exchange, false);
    expect(bob.calls.shown).toHaveLength(1);
    bob.calls.reject(undefined);
    await until(() => endingOf(bob) !== undefined);
    bob.calls.heard(record, bob.exchange, false);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(bob.calls.shown).toHaveLength(1);
  });

  it('a changed key blocks calls in both directions', async () => {
    bob.autoAnswer = true;
    call(alice, bob);
    await bothActive();
    alice.calls.hangUp(undefined);
    await until(() => endingOf(bob) !== undefined);
    const stranger = world.add('bob-too');
    const name = bob.name;
    const shown = await stranger.bundles.current(REGISTRY_ID, name, 1);
    bob.bundleShown = shown.bytes;
    call(alice, bob);
    await until(() => endingOf(alice) === 'key-changed');
    bob.bundleShown = undefined;
    call(bob, alice);
    await until(() => endingOf(bob) === 'key-changed');
    expect(alice.history.list(1)).toMatchObject([
      { direction: 'incoming', endReason: 'key-changed' },
    ]);
  });

  it('a suite below the highest agreed is refused, loudly', async () => {
    bob.autoAnswer = true;
    alice.suite = 3;
    call(alice, bob);
    await bothActive();
    alice.calls.hangUp(undefined);
    await until(() => endingOf(bob) !== undefined);
    alice.suite = 1;
    call(alice, bob);
    await until(() => endingOf(alice) === 'suite-lowered');
  });

  it('a suite below the highest agreed is refused by the callee too, who reads about it', async () => {
    bob.autoAnswer = true;
    alice.suite = 3;
    call(alice, bob);
    await bothActive();
    alice.calls.hangUp(undefined);
    await until(() => endingOf(bob) !== undefined);
    alice.suite = 1;
    alice.db.exec('UPDATE contacts SET highest_suite = 1');
    call(alice, bob);
    await until(() => endingOf(alice) === 'refused');
    expect(bob.history.list(1)).toMatchObject([
      { direction: 'incoming', endReason: 'suite-lowered' },
    ]);
  });

  it('a clock that is off by more than 90 s is named as the reason on both sides', async () => {
    alice.clockAheadMs = 100_000;
    call(alice, bob);
    await until(() => endingOf(alice) !== undefined && endingOf(bob) !== undefined);
    expect(endingOf(alice)).toBe('clock-wrong');
    expect(endingOf(bob)).toBe('clock-wrong');
  });

  it('an answer that does not verify is dropped, and it rings on', async () => {
    alice.tamper = (record) =>
      record.answer ? { ...record, answer: record.answer.replace(/^..../, 'AAAA') } : record;
    call(alice, bob);
    await ringing();
    bob.calls.answer(undefined);
    await until(() => alice.heard.some((record) => record.answer !== undefined));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(phaseOf(alice)).toBe('ringing-there');
    alice.tamper = (record) => record;
    const answered = alice.heard.find((record) => record.answer !== undefined)!;
    alice.calls.heard(answered, alice.exchange, false);
    await until(() => phaseOf(alice) === 'active');
  });

  it('a tampered offer rings nowhere and leaves no row', async () => {
    bob.tamper = (record) => ({ ...record, offer: record.offer.replace(/.{8}$/, 'AAAAAAAA') });
    call(alice, bob);
    await until(() => endingOf(alice) !== undefined);
    expect(endingOf(alice)).toBe('refused');
    expect(bob.history.list(9)).toHaveLength(0);
    expect(bob.calls.shown).toHaveLength(0);
  });
});

describe('a wrong clock', () => {
  it('is told apart by the registry clock', () => {
    expect(clockSentence(bob.name, 100_000)).toMatch(/This machine's clock is 100 seconds slow/);
    expect(clockSentence(bob.name, -100_000)).toMatch(/100 seconds fast/);
    expect(clockSentence(bob.name, 500)).toMatch(/bob's clock/);
    expect(clockSentence(bob.name, undefined)).toBeUndefined();
  });
});
