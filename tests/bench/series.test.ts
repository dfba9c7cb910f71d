import { describe, expect, it } from 'vitest';
import {
  backWithin,
  between,
  grown,
  peaks,
  perSecond,
  sampled,
  slope,
  sumPerSecond,
} from './series.js';

/** A moment every 250 ms, with these values. */
const moments = (...values: number[]) => values.map((value, n) => ({ atMs: 250 * n, value }));
const value = (moment: { value: number }) => moment.value;

describe('what was counted', () => {
  it('is sampled at the end of each stretch, and its peaks are kept', () => {
    const all = moments(1, 9, 2, 3, 4, 5);
    expect(sampled(all, 500, value)).toEqual([
      [0.5, 9],
      [1, 3],
      [1.5, 5],
    ]);
    expect(peaks(all, 1000, value)).toEqual([
      [0.5, 9],
      [1.5, 5],
    ]);
  });

  it('has no value where there was no moment', () => {
    const all = [...moments(1, 2), { atMs: 2100, value: 7 }];
    expect(sampled(all, 1000, value)).toEqual([
      [1, 2],
      [3, 7],
    ]);
  });

  it('grows by so much in each second', () => {
    const all = moments(1, 2, 3, 4, 4, 4, 4, 10);
    expect(perSecond(all, value)).toEqual([
      [0.5, 4],
      [1.5, 6],
    ]);
    expect(grown(all, value, 0, 1000)).toBe(3);
    expect(grown(all, value, -1)).toBe(10);
  });

  it('is summed by the second', () => {
    expect(sumPerSecond(moments(1, 1, 1, 1, 5), value)).toEqual([
      [0.5, 4],
      [1.5, 5],
    ]);
  });

  it('is cut to a stretch, of which the end is no part', () => {
    expect(between(moments(1, 2, 3), 250, 500)).toEqual([{ atMs: 250, value: 2 }]);
  });
});

describe('a delay that grew', () => {
  it('is back when it stays so', () => {
    const all = moments(10, 10, 90, 12, 60, 14, 11, 10);
    expect(backWithin(all, value, 250, 15)).toBe(1000);
    expect(backWithin(all, value, 500, 100)).toBe(0);
  });

  it('is not back if it ends high', () => {
    expect(backWithin(moments(10, 90, 12, 60), value, 250, 15)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the slope', () => {
  it('is what is added to a line, whatever wavers about it', () => {
    const wavering = Array.from(
      { length: 1000 },
      (_, n) => [n / 100, 40 + (3 * n) / 100 + (-1) ** n] as const,
    );
    expect(slope(wavering)).toBeCloseTo(3, 2);
    expect(
      slope([
        [0, 5],
        [10, 5],
      ]),
    ).toBe(0);
  });

  it('is none of one place', () => {
    expect(slope([[1, 5]])).toBeNaN();
    expect(slope([])).toBeNaN();
  });
});
