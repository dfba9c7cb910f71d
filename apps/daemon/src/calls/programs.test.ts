/** What becomes of a call when its engine, its disk or its whole program goes away. */
import type { CallId } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, endingOf, type Person, phaseOf, TwoParties, until } from './testing/two-parties.js';

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

describe('the engine and the program', () => {
  it('a call that was muted while it rang is muted before its voice may leave', async () => {
    call(alice, bob);
    await ringing();
    alice.calls.mute(undefined, true);
    bob.calls.answer(undefined);
    await bothActive();
    const said = alice.told.map((each) =>
      each.type === 'mute' && each.muted ? 'muted' : each.type,
    );
    expect(said).toContain('muted');
    expect(said.indexOf('muted')).toBeLessThan(said.indexOf('allow-voice'));
  });

  it('a restarted engine gets the call again, with counters after the old blocks', async () => {
    bob.autoAnswer = true;
    call(alice, bob);
    await bothActive();
    alice.told.length = 0;
    alice.calls.engineRestarted();
    const installed = alice.told.find(
      (each) => each.type === 'install-epoch' && each.send.audio !== undefined,
    );
    if (installed?.type !== 'install-epoch') throw new Error('nothing was installed');
    expect(installed.send.audio?.from).toBeGreaterThan(0);
    expect(installed.receive.audio?.from).toBeGreaterThan(0);
    expect(alice.told.map((each) => each.type)).toEqual(
      expect.arrayContaining(['open-call', 'send-on', 'allow-voice']),
    );
    const { epoch } = installed;
    await until(() => alice.told.some((each) => each.type === 'send-on' && each.epoch > epoch));
  });

  it('an engine that has no socket lets no call be placed or answered', async () => {
    bob.autoAnswer = true;
    bob.candidates = [];
    call(alice, bob);
    await until(() => endingOf(alice) !== undefined);
    expect(endingOf(bob)).toBe('engine-failed');
    alice.candidates = [];
    const before = bob.heard.length;
    call(alice, bob);
    await until(() => endingOf(alice) === 'engine-failed');
    expect(bob.heard).toHaveLength(before);
  });

  it('a disk that takes no more writes costs the history and not the call', async () => {
    call(alice, bob);
    await ringing();
    alice.db.pragma('query_only = ON');
    bob.calls.answer(undefined);
    await bothActive();
    alice.calls.alive();
    alice.calls.hangUp(undefined);
    await until(() => endingOf(bob) === 'hung-up-by-them');
    expect(alice.calls.shown[0]?.meeting.secrets.isErased).toBe(true);
    expect(alice.warned.length).toBeGreaterThan(0);
    alice.warned.length = 0;
  });

  it('a daemon that stops says goodbye and closes its rows', async () => {
    bob.autoAnswer = true;
    call(alice, bob);
    await bothActive();
    await alice.calls.stop();
    await until(() => endingOf(bob) !== undefined);
    expect(endingOf(bob)).toBe('program-stopped-there');
    expect(alice.history.list(1)).toMatchObject([{ endReason: 'program-stopped-here' }]);
  });

  it('a daemon that stops while it rings there has told the exchange before it is gone', async () => {
    let told = false;
    const hangUp = async (id: CallId) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await alice.exchange.hangUp(id);
      told = true;
    };
    alice.calls.place(bob.name, { ...alice.exchange, hangUp });
    await ringing();
    await alice.calls.stop();
    expect(told).toBe(true);
    await until(() => endingOf(bob) === 'cancelled-by-them');
  });

  it('a daemon that stopped takes no call', async () => {
    await bob.calls.stop();
    call(alice, bob);
    await until(() => bob.heard.length > 0);
    expect(bob.calls.shown).toHaveLength(0);
  });

  it('no key, no root and no answer is left in the engine messages of an ended call', async () => {
    bob.autoAnswer = true;
    const { meeting } = call(alice, bob);
    await bothActive();
    alice.calls.hangUp(undefined);
    expect(meeting.secrets.traffic(0, 'send', 'audio')).toBeUndefined();
    expect(meeting.secrets.handshakeKeys()).toBeUndefined();
  });
});
