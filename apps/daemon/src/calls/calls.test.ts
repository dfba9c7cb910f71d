import { CALL_TIMES } from '@kyberline/core/call/call-state';
import { ECHO_NAME, type UserName } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../net/exchange.js';
import { Problem } from '../problem.js';
import { clockSentence } from './checks.js';
import {
  callIdOf,
  endingOf,
  gate,
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
  world = new TwoParties({ ...CALL_TIMES, rekey: { ...CALL_TIMES.rekey, everyMs: 300 } });
  alice = world.add('alice');
  bob = world.add('bob');
});
afterEach(() => world.close());

const call = (from: Person, to: Person) => from.calls.place(to.name, from.exchange);
const ringing = () => until(() => phaseOf(bob) === 'ringing-here');
const bothActive = () => until(() => phaseOf(alice) === 'active' && phaseOf(bob) === 'active');

/** What comes to this person is not checked before it is let; the exchange is what they dial by. */
function slowLookUp(person: Person): { open: () => void; exchange: Exchange } {
  const { exchange } = person;
  const { open, passed } = gate();
  const lookUp = async (name: UserName) => {
    await passed;
    return exchange.lookUp(name);
  };
  person.exchange = { ...exchange, lookUp };
  return { open, exchange };
}

describe('two people', () => {
  it('talk: the same words, the same row in both histories, rekeys in between', async () => {
    call(alice, bob);
    await ringing();
    bob.calls.answer(undefined);
    await bothActive();
    expect(alice.calls.shown[0]?.facts.words).toEqual(bob.calls.shown[0]?.facts.words);
    await until(() => bob.told.some((each) => each.type === 'send-on' && each.epoch === 2));
    alice.calls.hangUp(undefined);
    await until(() => endingOf(bob) !== undefined);
    expect(endingOf(alice)).toBe('hung-up-by-me');
    expect(endingOf(bob)).toBe('hung-up-by-them');
    expect(alice.history.list(9)).toMatchObject([
      { peer: 'bob', direction: 'outgoing', endReason: 'hung-up-by-me', suite: 1 },
    ]);
    expect(bob.history.list(9)).toMatchObject([
      { peer: 'alice', direction: 'incoming', endReason: 'hung-up-by-them', suite: 1 },
    ]);
  });

  it('use the higher of their suites', async () => {
    bob.suite = 3;
    bob.autoAnswer = true;
    call(alice, bob);
    await bothActive();
    expect(alice.calls.shown[0]?.meeting.secrets.suite).toBe(3);
    expect(bob.calls.shown[0]?.meeting.secrets.suite).toBe(3);
  });

  it('reject, and each side is told its own half', async () => {
    call(alice, bob);
    await ringing();
    bob.calls.reject(undefined);
    await until(() => endingOf(alice) !== undefined);
    expect(endingOf(alice)).toBe('rejected-by-them');
    expect(endingOf(bob)).toBe('rejected-by-me');
  });

  it('cancel before it is answered', async () => {
    call(alice, bob);
    await ringing();
    alice.calls.hangUp(undefined);
    await until(() => endingOf(bob) !== undefined);
    expect(endingOf(alice)).toBe('cancelled-by-me');
    expect(endingOf(bob)).toBe('cancelled-by-them');
  });

  it('cancel while the offer is on its way, and it rings nowhere afterwards', async () => {
    const onItsWay = gate();
    const followed = new Set<string>();
    const slow: Exchange = {
      ...alice.exchange,
      initiate: async (offer) => {
        await onItsWay.passed;
        await alice.exchange.initiate(offer);
      },
      follow: (id) => followed.add(id),
      unfollow: (id) => followed.delete(id),
    };
    alice.calls.place(bob.name, slow);
    await until(() => phaseOf(alice) === 'offering');
    alice.calls.hangUp(undefined);
    onItsWay.open();
    await until(() => bob.heard.some(({ status }) => status === 'cancelled'));
    expect(phaseOf(bob)).not.toBe('ringing-here');
    expect(followed.size).toBe(0);
  });

  it('ask for the status of a call from when the exchange has it until it is over', async () => {
    const asked: string[] = [];
    for (const person of [alice, bob]) {
      const { exchange, name } = person;
      person.exchange = {
        ...exchange,
        initiate: async (offer) => {
          await exchange.initiate(offer);
          asked.push(`${name} has initiated`);
        },
        accept: async (id, answer) => {
          await exchange.accept(id, answer);
          asked.push(`${name} has accepted`);
        },
        follow: () => asked.push(`${name} follows`),
        unfollow: () => asked.push(`${name} is done`),
      };
    }
    call(alice, bob);
    await ringing();
    expect(asked).toEqual(['alice has initiated', 'alice follows', 'bob follows']);
    alice.calls.hangUp(undefined);
    await until(() => endingOf(bob) === 'cancelled-by-them');
    expect(asked.slice(3).sort()).toEqual(['alice is done', 'bob is done']);
  });

  it('meet in glare: the lower call id stands, is not rung for, and the other leaves no trace', async () => {
    const a = call(alice, bob);
    const b = call(bob, alice);
    const [stands] = [a.meeting.wireId, b.meeting.wireId].sort();
    await bothActive();
    for (const person of [alice, bob]) {
      expect(person.calls.shown.map((each) => each.meeting.wireId)).toEqual([stands]);
      expect(person.history.list(9)).toHaveLength(1);
    }
  });

  it.each([
    ['lower', 1],
    ['higher', 3],
  ])(
    'meet in glare when an offer is checked while its caller is dialled with a %s id',
    async (_, rank) => {
      alice.callIds = [callIdOf(2)];
      bob.callIds = [callIdOf(rank)];
      const look = slowLookUp(bob);
      const first = call(alice, bob);
      await until(() => bob.heard.length > 0);
      const second = bob.calls.place(alice.name, look.exchange);
      await until(() => alice.heard.some(({ call_id }) => call_id === second.id));
      look.open();
      await bothActive();
      const stands = rank < 2 ? second.id : first.id;
      for (const person of [alice, bob]) {
        expect(person.calls.shown.map((each) => each.id)).toEqual([stands]);
      }
    },
  );

  it('meet in glare whose standing call comes to nothing, and the other one rings', async () => {
    alice.callIds = [callIdOf(1)];
    bob.callIds = [callIdOf(2)];
    const look = slowLookUp(bob);
    call(alice, bob);
    const higher = bob.calls.place(alice.name, look.exchange);
    await until(() => alice.heard.some(({ call_id }) => call_id === higher.id));
    expect(alice.calls.shown).toHaveLength(1);
    alice.calls.hangUp(undefined);
    await until(() => phaseOf(alice) === 'ringing-here');
    await until(() => bob.heard.some(({ status }) => status === 'cancelled'));
    look.open();
    alice.calls.answer(undefined);
    await bothActive();
    expect(bob.calls.shown.at(-1)?.id).toBe(higher.id);
  });

  it('tell a third caller that they are busy, and the third that it was', async () => {
    const carol = world.add('carol');
    bob.autoAnswer = true;
    call(alice, bob);
    await bothActive();
    call(carol, bob);
    await until(() => endingOf(carol) !== undefined);
    expect(endingOf(carol)).toBe('busy-there');
    expect(phaseOf(alice)).toBe('active');
    expect(bob.history.list(9).map((row) => [row.peer, row.endReason])).toContainEqual([
      'carol',
      'busy-here',
    ]);
  });

  it('answer one of two who call at the same moment, and are busy for the other', async () => {
    const carol = world.add('carol');
    bob.autoAnswer = true;
    call(alice, bob);
    call(carol, bob);
    await until(() => [alice, carol].some((each) => endingOf(each) === 'busy-there'));
    await until(() => [alice, carol].some((each) => phaseOf(each) === 'active'));
    expect(bob.calls.shown.filter((each) => !each.isOver)).toHaveLength(1);
  });

  it('are not busy because of the echo contact, which is hung up when they answer', async () => {
    const echo = world.add(ECHO_NAME);
    echo.autoAnswer = true;
    call(bob, echo);
    await until(() => phaseOf(bob) === 'active');
    call(alice, bob);
    await ringing();
    bob.calls.answer(undefined);
    await until(() => phaseOf(alice) === 'active');
    await until(() => endingOf(echo) !== undefined);
    expect(endingOf(echo)).toBe('hung-up-by-them');
  });

  it('leave the echo contact for a call that is answered by itself', async () => {
    const echo = world.add(ECHO_NAME);
    echo.autoAnswer = true;
    bob.autoAnswer = true;
    call(bob, echo);
    await until(() => phaseOf(bob) === 'active');
    call(alice, bob);
    await until(() => phaseOf(alice) === 'active');
    expect(bob.calls.shown.filter((each) => !each.isOver).map((each) => each.meeting.peer)).toEqual(
      [alice.name],
    );
  });

  it('cannot place a second call, and are told what to do', async () => {
    const carol = world.add('carol');
    bob.autoAnswer = true;
    call(alice, bob);
    await bothActive();
    expect(() => call(alice, carol)).toThrow(Problem);
    expect(() => call(alice, carol)).toThrow(/Hang up first/);
  });

  it('hang up by not matching words, and the other side is told that they differed', async () => {
    bob.autoAnswer = true;
    const { id } = call(alice, bob);
    await bothActive();
    alice.calls.verifyWords(id, false);
    await until(() => endingOf(bob) !== undefined);
    expect(endingOf(alice)).toBe('words-differ');
    expect(endingOf(bob)).toBe('words-differ');
  });

  it('verify each other by matching words', async () => {
    bob.autoAnswer = true;
    const { id, meeting } = call(alice, bob);
    await bothActive();
    expect(alice.contacts.find(meeting.registry, bob.name)?.trust).toBe('seen');
    alice.calls.verifyWords(id, true);
    expect(alice.contacts.find(meeting.registry, bob.name)?.trust).toBe('verified');
  });
});

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
    alice.calls.stop();
    await until(() => endingOf(bob) !== undefined);
    expect(endingOf(bob)).toBe('program-stopped-there');
    expect(alice.history.list(1)).toMatchObject([{ endReason: 'program-stopped-here' }]);
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
