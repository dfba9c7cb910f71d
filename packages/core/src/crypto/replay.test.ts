import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPLAY_WINDOW, type ReplayVerdict, ReplayWindow } from './replay.js';

/** The window as one would write it down: a set, and the highest counter in it. */
class NaiveWindow {
  readonly #seen = new Set<number>();
  #highest: number;
  constructor(readonly floor: number) {
    this.#highest = floor - 1;
  }
  check(counter: number): ReplayVerdict {
    if (counter < this.floor || counter <= this.#highest - REPLAY_WINDOW) return 'too-old';
    return this.#seen.has(counter) ? 'replayed' : 'fresh';
  }
  mark(counter: number): void {
    if (this.check(counter) === 'too-old') return;
    this.#seen.add(counter);
    this.#highest = Math.max(this.#highest, counter);
  }
}

describe('replay window', () => {
  it('takes each counter once, in any order inside the window', () => {
    const window = new ReplayWindow();
    for (const counter of [0, 5, 3, 1023, 1]) {
      expect(window.check(counter)).toBe('fresh');
      window.mark(counter);
      expect(window.check(counter)).toBe('replayed');
    }
    expect(window.highest).toBe(1023);
  });

  it('is exactly 1024 wide', () => {
    const window = new ReplayWindow();
    window.mark(5000);
    expect(window.check(5000 - 1023)).toBe('fresh');
    expect(window.check(5000 - 1024)).toBe('too-old');
  });

  it('changes nothing on a check, so that a forged packet takes no slot', () => {
    const window = new ReplayWindow();
    window.mark(10);
    window.check(1_000_000);
    expect(window.highest).toBe(10);
    expect(window.check(9)).toBe('fresh');
  });

  it('forgets the old bits when it jumps, also by whole rounds of the ring', () => {
    for (const jump of [31, 32, 33, 1024, 2047, 2048, 2049, 4096, 2 ** 40]) {
      const window = new ReplayWindow();
      for (let counter = 0; counter < 2048; counter++) window.mark(counter);
      window.mark(2047 + jump);
      for (let back = 1; back < Math.min(jump, REPLAY_WINDOW); back++) {
        expect(window.check(2047 + jump - back)).toBe('fresh');
      }
    }
  });

  it('counts beyond 2^32 and up to 2^53 - 1', () => {
    const window = new ReplayWindow();
    window.mark(2 ** 32 - 1);
    expect(window.check(2 ** 33 - 1)).toBe('fresh');
    window.mark(Number.MAX_SAFE_INTEGER);
    expect(window.check(Number.MAX_SAFE_INTEGER)).toBe('replayed');
    expect(window.check(Number.MAX_SAFE_INTEGER - 1)).toBe('fresh');
  });

  it('never calls fresh what is not a counter', () => {
    const window = new ReplayWindow();
    for (const value of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(window.check(value)).toBe('too-old');
      window.mark(value);
    }
    expect(window.highest).toBe(-1);
  });

  it('refuses everything below the floor that a predecessor left', () => {
    const window = new ReplayWindow(4096);
    expect(window.check(4095)).toBe('too-old');
    expect(window.check(4096)).toBe('fresh');
    expect(() => new ReplayWindow(-1)).toThrow(RangeError);
  });

  it('agrees with a naive set for any order of counters', () => {
    const step = fc.oneof(
      fc.integer({ min: -1100, max: 40 }),
      fc.integer({ min: -3000, max: 5000 }),
      fc.integer({ min: 0, max: 2 ** 34 }),
    );
    const floor = fc.oneof(
      fc.constant(0),
      fc.nat(5000),
      fc.integer({ min: 2 ** 32, max: 2 ** 33 }),
    );
    fc.assert(
      fc.property(
        floor,
        fc.array(fc.tuple(step, fc.boolean()), { maxLength: 300 }),
        (from, steps) => {
          const window = new ReplayWindow(from);
          const naive = new NaiveWindow(from);
          let base = from;
          for (const [delta, marked] of steps) {
            const counter = Math.max(0, base + delta);
            expect(window.check(counter)).toBe(naive.check(counter));
            if (!marked) continue;
            window.mark(counter);
            naive.mark(counter);
            base = Math.max(base, counter);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
