/** Two people who call each other, at once, or while a third does. */
import { ECHO_NAME } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../net/exchange.js';
import { Problem } from '../problem.js';
import { callView } from '../views.js';
import {
  call,
  callIdOf,
  endingOf,
  gate,
  type Person,
  phaseOf,
  QUICK,
  slowLookUp,
  TwoParties,
  until,
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

  it('begin each in the codec of their own choice, and go over to another in the call', async () => {
    alice.codec = 'pcm48';
    bob.codec = 'pcm16';
    bob.autoAnswer = true;
    call(alice, bob);
    await bothActive();
    const opened = ({ told }: Person) =>
      told.flatMap((each) => (each.type === 'open-call' ? [each.codecs] : []));
    expect(opened(alice)).toEqual([['pcm48', 'pcm16', 'opus']]);
    expect(opened(bob)).toEqual([['pcm16', 'pcm48', 'opus']]);
    bob.calls.useCodec('opus');
    expect(bob.told.filter(({ type }) => type === 'codec')).toMatchObject([{ codec: 'opus' }]);
    expect(callView(bob.calls.shown[0]!, bob.contacts).codec).toBe('opus');
    expect(callView(alice.calls.shown[0]!, alice.contacts).codec).toBe('pcm48');
    bob.calls.engineRestarted();
    expect(opened(bob).at(-1)).toEqual(['opus', 'pcm16', 'pcm48']);
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

  it('do not answer, which one of them missed', async () => {
    const impatient = new TwoParties({ ...QUICK, ringMs: 100 });
    const [carol, dave] = [impatient.add('carol'), impatient.add('dave')];
    call(carol, dave);
    await until(() => endingOf(carol) === 'no-answer' && endingOf(dave) === 'missed');
    await impatient.close();
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
