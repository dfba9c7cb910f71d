import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PaceStep, PlayoutDelay } from './playout-delay.js';

const TURN_MS = 5;
const turnsOf = (ms: number) => ms / TURN_MS;
const WINDOW_TURNS = turnsOf(300);
/** As far from the target the delay may stay. */
const OVER_MS = 8;
const UNDER_MS = 10;
const PATIENCE_TURNS = turnsOf(1500);

function playout(delayMs?: number) {
  const delay = new PlayoutDelay();
  const turns = (n: number, ms: number) => {
    for (let i = 0; i < n; i++) delay.note(ms);
  };
  if (delayMs !== undefined) turns(WINDOW_TURNS, delayMs);
  /** What each of `n` turns at `ms` is told; nothing is done about it. */
  const steps = (n: number, ms: number, targetMs: number) =>
    Array.from({ length: n }, () => {
      delay.note(ms);
      return delay.step(targetMs);
    });
  return { delay, turns, steps };
}

describe('the delay of the playout', () => {
  it('is the least of the last 300 ms, and 0 before the first turn', () => {
    const { delay, turns } = playout();
    expect(delay.leastMs).toBe(0);
    turns(1, 60);
    expect(delay.leastMs).toBe(60);
    turns(1, 20);
    turns(WINDOW_TURNS - 1, 50);
    expect(delay.leastMs).toBe(20);
    turns(1, 50);
    expect(delay.leastMs).toBe(50);
  });

  it('is that whatever the turns were', () => {
    const delays = fc.array(fc.integer({ min: -200, max: 2000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(delays, (all) => {
        const { delay } = playout();
        for (const ms of all) delay.note(ms);
        expect(delay.leastMs).toBe(Math.min(...all.slice(-WINDOW_TURNS)));
      }),
    );
  });

  it('calls for nothing until it has been measured for 300 ms', () => {
    const { steps } = playout();
    expect(new Set(steps(WINDOW_TURNS - 1, 500, 20))).toEqual(new Set(['keep']));
    expect(steps(1, 500, 20)).toEqual(['shorten']);
  });

  it.each<[number, PaceStep]>([
    [-200, 'lengthen'],
    [-UNDER_MS, 'lengthen'],
    [-UNDER_MS + 0.1, 'keep'],
    [0, 'keep'],
    [OVER_MS - 0.1, 'keep'],
    [OVER_MS, 'shorten'],
    [300, 'shorten'],
  ])('%d ms above what is wanted: %s', (overMs, step) => {
    expect(playout(40 + overMs).delay.step(40)).toBe(step);
  });

  it('changes no more often than every 200 ms, but every 40 where a backlog waits', () => {
    const told = (ms: number, targetMs: number) => {
      const { delay, steps } = playout(ms);
      delay.moved(0);
      return steps(WINDOW_TURNS, ms, targetMs);
    };
    expect(told(60, 30).indexOf('shorten')).toBe(turnsOf(200) - 1);
    expect(told(100, 30).indexOf('shorten')).toBe(turnsOf(40) - 1);
    expect(told(10, 60).indexOf('lengthen')).toBe(turnsOf(200) - 1);
  });

  it('counts at once what was moved, for all turns it remembers', () => {
    const { delay, turns } = playout(60);
    delay.moved(-8);
    expect(delay.leastMs).toBe(52);
    turns(1, 52);
    delay.moved(10);
    expect(delay.leastMs).toBe(62);
  });

  it('is cut after 1.5 s in which no period was found, and not while some are', () => {
    const { delay, steps } = playout(60);
    const calm = turnsOf(200);
    const told = steps(PATIENCE_TURNS + 1, 60, 30);
    expect(new Set(told.slice(0, PATIENCE_TURNS))).toEqual(new Set(['shorten']));
    expect(told[PATIENCE_TURNS]).toBe('cut');
    // A pitch period is given back every now and then.
    for (let n = 0; n < 20; n++) {
      delay.moved(0);
      expect(steps(PATIENCE_TURNS + calm - 1, 60, 30)).not.toContain('cut');
    }
  });

  it.each([30, 10])('starts its patience anew once it was %d ms where 30 are wanted', (ms) => {
    const { steps } = playout(60);
    expect(steps(PATIENCE_TURNS - 1, 60, 30)).not.toContain('cut');
    steps(1, ms, 30);
    // The short turn has to leave the window first.
    expect(steps(WINDOW_TURNS - 1 + PATIENCE_TURNS, 60, 30)).not.toContain('cut');
    expect(steps(1, 60, 30)).toEqual(['cut']);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 10_000, -10_000])(
    'of %d ms is none: it begins to measure anew',
    (ms) => {
      const { delay, steps } = playout(500);
      delay.note(ms);
      expect(delay.leastMs).toBe(0);
      expect(new Set(steps(WINDOW_TURNS - 1, 70, 20))).toEqual(new Set(['keep']));
      expect(delay.leastMs).toBe(70);
    },
  );

  it('comes to its target and stays there, wherever it begins', () => {
    const start = fc.integer({ min: 0, max: 400 });
    const target = fc.integer({ min: 10, max: 200 });
    // Pitch periods from 3 to 12 ms.
    const period = fc.integer({ min: 3, max: 12 });
    fc.assert(
      fc.property(start, target, period, (startMs, targetMs, periodMs) => {
        const { delay } = playout();
        let ms = startMs;
        const steps: PaceStep[] = [];
        for (let turn = 0; turn < turnsOf(20_000); turn++) {
          delay.note(ms);
          const step = delay.step(targetMs);
          if (step === 'keep') continue;
          const by = step === 'lengthen' ? periodMs : -periodMs;
          ms += by;
          delay.moved(by);
          steps.push(step);
        }
        expect(ms - targetMs).toBeGreaterThan(-UNDER_MS);
        expect(ms - targetMs).toBeLessThan(OVER_MS);
        // The shortest way: it never overshoots and comes back.
        expect(steps).not.toContain('cut');
        expect(steps.length).toBeLessThanOrEqual(
          Math.ceil(Math.abs(startMs - targetMs) / periodMs),
        );
      }),
      { numRuns: 40 },
    );
  });
});
