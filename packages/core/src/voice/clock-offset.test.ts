import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockOffset } from './clock-offset.js';

/** Numbers from 0 to 1, the same in every run. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Way {
  readonly ppm: number;
  readonly thereMs: () => number;
  readonly backMs: () => number;
}

const START_MS = 5e6;
const AHEAD_MS = 123_456.789;

/** Two clocks and the way between them; ours counts from 5,000 s. */
class Pair {
  readonly offset = new ClockOffset();
  readonly way: Way;
  nowMs = START_MS;
  /** How far the peer's clock was moved by sleeps. */
  movedMs = 0;

  constructor(way: Way) {
    this.way = way;
  }

  truthMs(atMs = this.nowMs): number {
    return AHEAD_MS + this.movedMs + ((atMs - START_MS) * this.way.ppm) / 1e6;
  }

  ping(): void {
    const sentMs = this.nowMs;
    const answeredMs = sentMs + this.way.thereMs();
    const receivedMs = answeredMs + this.way.backMs();
    this.offset.note(sentMs, answeredMs + this.truthMs(answeredMs), receivedMs);
    this.nowMs = receivedMs;
  }

  run(seconds: number, check: () => void = () => {}): void {
    for (let i = 0; i < seconds; i++) {
      this.ping();
      check();
      this.nowMs = Math.ceil(this.nowMs / 1000) * 1000;
    }
  }

  get wrongMs(): number {
    return Math.abs(this.offset.offsetMs(this.nowMs)! - this.truthMs());
  }
}

function jittery(ppm: number, quickMs: number, jitterMs: number): Way {
  const random = chance(7);
  const delayMs = () => quickMs + jitterMs * random();
  return { ppm, thereMs: delayMs, backMs: delayMs };
}

describe("the peer's clock", () => {
  it('is unknown before the first answer', () => {
    const offset = new ClockOffset();
    expect(offset.offsetMs(0)).toBeUndefined();
    expect(offset.errorMs(0)).toBeUndefined();
  });

  it('is known from one answer to half the round trip', () => {
    const offset = new ClockOffset();
    offset.note(1000, 51_030, 1050);
    expect(offset.offsetMs(1025)).toBeCloseTo(50_005, 6);
    expect(offset.errorMs(1025)).toBeCloseTo(25, 1);
  });

  it.each([100, -100])('is known to 2 ms at %d ppm and 20 ms of jitter on either way', (ppm) => {
    const pair = new Pair(jittery(ppm, 10, 20));
    pair.run(60);
    let most = 0;
    pair.run(600, () => {
      most = Math.max(most, pair.wrongMs);
    });
    expect(most).toBeLessThan(2);
    expect(Math.abs(pair.offset.ppm - ppm)).toBeLessThan(3);
  });

  it.each([100, -100])('does not age at %d ppm while nothing is answered for a minute', (ppm) => {
    const pair = new Pair(jittery(ppm, 10, 20));
    pair.run(300);
    pair.nowMs += 60_000;
    expect(pair.wrongMs).toBeLessThan(1.5);
    // Not so without knowledge of the drift: 6 ms.
    expect(Math.abs(pair.truthMs() - pair.truthMs(pair.nowMs - 60_000))).toBeCloseTo(6, 6);
  });

  it('is found through the quick answers when one way alone has jitter', () => {
    const random = chance(3);
    const pair = new Pair({ ppm: 50, thereMs: () => 15, backMs: () => 15 + 80 * random() });
    pair.run(120);
    expect(pair.wrongMs).toBeLessThan(2);
  });

  it('is followed while the drift itself changes, by 1 ppm a minute for an hour', () => {
    const pair = new Pair(jittery(0, 10, 5));
    let ppm = 0;
    let most = 0;
    pair.run(3600, () => {
      ppm += 1 / 60;
      pair.movedMs += ppm / 1000;
      most = Math.max(most, pair.wrongMs);
    });
    expect(most).toBeLessThan(4);
    expect(Math.abs(pair.offset.ppm - 60)).toBeLessThan(10);
  });

  it('is never further off than is said', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: -300, max: 300 }),
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 0, max: 60 }),
        (seed, ppm, there, back, jitterMs) => {
          const random = chance(seed);
          const pair = new Pair({
            ppm,
            thereMs: () => there + jitterMs * random() ** 3,
            backMs: () => back + jitterMs * random(),
          });
          const check = () => {
            const saidMs = pair.offset.errorMs(pair.nowMs)!;
            expect(pair.wrongMs).toBeLessThanOrEqual(saidMs);
          };
          pair.run(150, check);
          // Neither two ways that differ nor age make it useless.
          expect(pair.offset.errorMs(pair.nowMs)).toBeLessThan(there + back + jitterMs + 1);
          pair.nowMs += 300_000 * random();
          check();
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a clock that stood still', () => {
  it.each([3_600_000, -3_600_000, 400])('for %d ms is found out by two answers', (sleepMs) => {
    const pair = new Pair(jittery(100, 10, 20));
    pair.run(120);
    pair.movedMs += sleepMs;
    pair.run(1);
    expect(pair.wrongMs).toBeGreaterThan(300);
    pair.run(1);
    expect(pair.wrongMs).toBeLessThan(15);
    pair.run(120);
    expect(pair.wrongMs).toBeLessThan(1);
    expect(Math.abs(pair.offset.ppm - 100)).toBeLessThan(15);
  });

  it('between a ping and its answer does no harm', () => {
    const pair = new Pair(jittery(0, 10, 20));
    pair.run(60);
    // We slept an hour after sending; the answer was on its way, and our clock did not notice.
    pair.offset.note(pair.nowMs, pair.nowMs + 10 + pair.truthMs() + 1_800_000, pair.nowMs + 25);
    pair.movedMs += 3_600_000;
    pair.run(2);
    expect(pair.wrongMs).toBeLessThan(15);
  });

  it('is ours if it goes back, and all begins anew', () => {
    const pair = new Pair(jittery(0, 10, 20));
    pair.run(60);
    pair.offset.note(100, 1000, 120);
    expect(pair.offset.offsetMs(110)).toBeCloseTo(890, 6);
  });
});

describe('an answer that cannot be true', () => {
  it.each([
    ['no number', [Number.NaN, 1, 2]],
    ['no number of the peer', [5e6 + 60_000, Number.NaN, 5e6 + 60_001]],
    ['without end', [5e6 + 60_000, Number.POSITIVE_INFINITY, 5e6 + 60_001]],
    ['beyond all time', [5e6 + 60_000, 2 ** 60, 5e6 + 60_001]],
    ['before its ping', [5e6 + 70_000, 5e6 + 190_000, 5e6 + 69_000]],
    ['a minute late', [5e6, 5e6 + AHEAD_MS, 5e6 + 60_000]],
  ] as const)('is ignored: %s', (_, [sentMs, peerMs, receivedMs]) => {
    const pair = new Pair(jittery(0, 10, 20));
    pair.run(60);
    const before = pair.offset.offsetMs(pair.nowMs);
    for (let i = 0; i < 5; i++) pair.offset.note(sentMs, peerMs, receivedMs);
    expect(pair.offset.offsetMs(pair.nowMs)).toBe(before);
  });

  it('changes nothing if it is one of many, whatever it says', () => {
    const pair = new Pair(jittery(100, 10, 20));
    const random = chance(11);
    pair.run(60);
    for (let i = 0; i < 60; i++) {
      pair.offset.note(pair.nowMs, 1e9 * random(), pair.nowMs + 1);
      pair.run(2);
      expect(pair.wrongMs).toBeLessThan(2);
    }
  });

  it('changes nothing if two in a row contradict each other too', () => {
    const pair = new Pair(jittery(0, 10, 20));
    pair.run(60);
    pair.offset.note(pair.nowMs, 1e9, pair.nowMs + 1);
    pair.offset.note(pair.nowMs + 2, 2e9, pair.nowMs + 3);
    expect(pair.wrongMs).toBeLessThan(1);
  });
});
