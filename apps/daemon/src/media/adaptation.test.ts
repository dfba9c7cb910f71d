/**
 * What leaves, in whole calls in virtual time: as much as a bottleneck carries, and in sizes and at
 * times that follow from the network alone, never from what is said (SPEC 11).
 */
import { describe, expect, it } from 'vitest';
import { CALL_ID } from './testing/engines.js';
import { heardOf, music, voice } from './testing/sounds.js';
import { type Talked, type TalkPlan, talk } from './testing/talk.js';

describe('a bottleneck of 100 kbps with a buffer of 5 s', () => {
  const narrow = { kbps: 100, queueMs: 5000 };
  const said = voice(60);
  const waits = ({ sent }: Talked, fromMs: number) =>
    sent.filter(({ atMs }) => atMs >= fromMs).map(({ waitMs }) => waitMs);

  it('is filled a little while it is found out, now and then, and what waited is soon gone', () => {
    const talked = talk({ said, seconds: 60, weather: narrow });
    const all = waits(talked, 0);
    expect(Math.max(...all)).toBeLessThan(250);
    // It was found out, or nothing would have been to learn from.
    expect(Math.max(...all)).toBeGreaterThan(100);
    const settled = waits(talked, 10_000).toSorted((a, b) => a - b);
    expect(settled[Math.floor(0.9 * settled.length)]).toBeLessThan(30);
    const share = (quantile: number, values: number[]) =>
      values.toSorted((a, b) => a - b)[Math.floor(quantile * values.length)]!;
    const delays = talked.turns
      .filter(({ atMs }) => atMs >= 10_000)
      .map((turn) => turn.jitterDelayMs);
    expect(share(0.9, delays)).toBeLessThan(100);
    for (const fromMs of [12_000, 25_000]) {
      const { correlation, lagMs } = heardOf(said, talked, fromMs);
      expect(correlation).toBeGreaterThan(0.9);
      expect(lagMs).toBeLessThan(150);
    }
  });

  it('holds seconds of what does not adapt', () => {
    const talked = talk({ said, seconds: 15, weather: narrow, codec: 'pcm16' });
    expect(Math.max(...waits(talked, 10_000))).toBeGreaterThan(4000);
  });
});

describe('the shape of what is sent', () => {
  const SECONDS = 18;
  /** Loss that comes and goes, then a bottleneck that does. */
  const troubled = (plan: Partial<TalkPlan>) =>
    talk({
      said: new Int16Array(0),
      seconds: SECONDS,
      ...plan,
      during(now, both) {
        plan.during?.(now, both);
        const { weather } = both.network;
        // By the clock and not by chance, which would fall otherwise once a control packet is more.
        weather.loss = now > 2000 && now < 8000 && now % 70 < 12 ? 1 : 0;
        weather.kbps = now > 10_000 && now < 16_000 ? 90 : Number.POSITIVE_INFINITY;
      },
    });
  const shapeOf = ({ sent }: Talked) => sent.map(({ atMs, bytes }) => `${atMs} ${bytes}`);
  const silence = shapeOf(troubled({}));
  const expectAlike = (one: string[], other: string[]) => {
    expect(one.find((packet, n) => packet !== other[n])).toBeUndefined();
    expect(one.length).toBe(other.length);
  };

  it('follows the network', () => {
    const sizes = new Set(silence.map((each) => each.split(' ')[1]));
    expect(sizes.size).toBeGreaterThan(2);
    expect(silence.length).toBeLessThan(SECONDS * 100 - 100);
  });

  it.each([
    ['speech', voice(SECONDS)],
    ['music', music(SECONDS)],
    ['speech and silence in turns', voice(SECONDS).map((v, n) => (n % 96_000 < 48_000 ? v : 0))],
    [
      'noise as loud as can be',
      Int16Array.from({ length: SECONDS * 48_000 }, (_, n) => ((n * 40_503) % 65_536) - 32_768),
    ],
  ])('is the same for %s as for silence', (_, said) => {
    expectAlike(shapeOf(troubled({ said })), silence);
  });

  it('is the same while muted', () => {
    let isMuted = false;
    const muted = troubled({
      said: voice(SECONDS),
      during(now, { alice }) {
        if (isMuted || now > 5) return;
        isMuted = true;
        alice.tell({ type: 'mute', callId: CALL_ID, muted: true });
      },
    });
    expect(isMuted).toBe(true);
    expect(muted.both.bob.heard('peer-mode').at(-1)?.muted).toBe(true);
    expectAlike(shapeOf(muted), silence);
    expect(muted.heard.reduce((most, each) => Math.max(most, Math.abs(each)), 0)).toBeLessThan(30);
  });
});
