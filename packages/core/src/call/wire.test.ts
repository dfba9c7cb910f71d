import type { SuiteId } from '@kyberline/shared/ids';
import { describe, expect, it } from 'vitest';
import { CALL_TIMES } from './call-state.js';
import { WireCall } from './testing/wire-call.js';

const times = { ...CALL_TIMES, rekey: { ...CALL_TIMES.rekey, everyMs: 1_000 } };
const CALM = { loss: 0, duplication: 0, reordering: 0 };
const STORM = { loss: 0.3, duplication: 0.1, reordering: 0.2 };

const expectHonest = ({ a, b, ledger }: WireCall) => {
  expect(ledger.nonces.size, 'a nonce was used twice under a key').toBe(ledger.sealed);
  for (const end of [a, b]) {
    expect(end.opened.wrong).toBe(0);
    expect(end.opened.twice).toBe(0);
  }
};

describe('two ends over packets', () => {
  it('hear every frame of each other on a calm line, through rekeys', async () => {
    const call = await WireCall.answered({ a: 1, b: 1 }, times, CALM, 'calm');
    await call.runFor(10_000);
    expectHonest(call);
    expect(call.a.words).toHaveLength(4);
    expect(call.a.words).toEqual(call.b.words);
    expect(call.a.rekeys).toBeGreaterThanOrEqual(8);
    // All but the frames that are still on their way, and those before the caller had the keys.
    expect(call.b.opened.frames).toBeGreaterThanOrEqual(call.a.sentFrames - 2);
    expect(call.a.opened.frames).toBeGreaterThanOrEqual(call.b.sentFrames - 4);
  });

  it('go through 50 rekeys with 30 % loss, 20 % reordering and 10 % duplication', async () => {
    const call = await WireCall.answered({ a: 1, b: 1 }, times, STORM, 'storm');
    while (call.b.rekeys < 50 && call.now < 200_000) await call.runFor(1_000);
    expect(call.a.rekeys).toBeGreaterThanOrEqual(50);
    expect(call.b.rekeys).toBeGreaterThanOrEqual(50);
    expectHonest(call);
    // A frame gets through unless it is lost, or both its copies are.
    const share = call.b.opened.frames / call.a.sentFrames;
    expect(share).toBeGreaterThan(0.66);
    expect(share).toBeLessThan(0.78);
    expect(call.a.opened.replayed + call.b.opened.replayed).toBeGreaterThan(0);
  }, 60_000);

  it.each([
    [2, 1, 2],
    [1, 3, 3],
    [3, 2, 3],
  ] as [SuiteId, SuiteId, number][])(
    'agree when one prefers suite %i and the other suite %i, with fragments lost on the way',
    async (a, b, suite) => {
      const call = await WireCall.answered({ a, b }, times, STORM, `suites ${a} ${b}`);
      await call.runFor(12_000);
      expect(call.a.words).toEqual(call.b.words);
      expect(Math.min(call.a.rekeys, call.b.rekeys), `suite ${suite}`).toBeGreaterThanOrEqual(3);
      expectHonest(call);
    },
    30_000,
  );

  it('never connect when every confirm is lost, and say so', async () => {
    const call = await WireCall.answered({ a: 1, b: 1 }, times, { ...CALM, loss: 1 }, 'dead');
    await call.runFor(11_000);
    expect(call.a.state.phase).toMatchObject({ at: 'ended', reason: 'not-confirmed' });
    expect(call.b.state.phase).toMatchObject({ at: 'ended', reason: 'not-confirmed' });
    expect(call.a.sentFrames + call.b.sentFrames).toBe(0);
  });

  it('open nothing of another call, and nothing of their own sent back', async () => {
    const one = await WireCall.answered({ a: 1, b: 1 }, times, CALM, 'one');
    const two = await WireCall.answered({ a: 1, b: 1 }, times, CALM, 'two');
    await one.runFor(1_000);
    await two.runFor(1_000);
    const caught: Uint8Array[] = [];
    const hear = one.b.receive.bind(one.b);
    one.b.receive = (packet, now) => {
      caught.push(packet.slice());
      hear(packet, now);
    };
    await one.runFor(500);
    expect(caught.length).toBeGreaterThan(20);
    const before = { two: two.b.opened.refused, one: one.a.opened.refused };
    for (const packet of caught) {
      two.b.receive(packet, two.now);
      one.a.receive(packet, one.now);
    }
    expect(two.b.opened.refused - before.two).toBe(caught.length);
    expect(one.a.opened.refused - before.one).toBe(caught.length);
  });
});
