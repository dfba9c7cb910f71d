/** What a call counted turn by turn, as points to draw and as figures. */
import { quantile } from '../rig/sound.js';
import type { Point } from './svg.js';

/** A moment of a call; `Turn` of the daemon's calls in virtual time is one. */
export interface Moment {
  atMs: number;
}

/** How `of` stood at the end of every `everyMs`; nothing where there was no moment. */
export function sampled<T extends Moment>(
  moments: readonly T[],
  everyMs: number,
  of: (moment: T) => number,
): Point[] {
  const last = new Map<number, T>();
  for (const each of moments) last.set(Math.floor(each.atMs / everyMs), each);
  return [...last].map(([slot, each]) => [((slot + 1) * everyMs) / 1000, of(each)]);
}

/** The most of `of` in every `everyMs`, so that no peak is hidden. */
export function peaks<T extends Moment>(
  moments: readonly T[],
  everyMs: number,
  of: (moment: T) => number,
): Point[] {
  const most = new Map<number, number>();
  for (const each of moments) {
    const slot = Math.floor(each.atMs / everyMs);
    most.set(slot, Math.max(most.get(slot) ?? Number.NEGATIVE_INFINITY, of(each)));
  }
  return [...most].map(([slot, value]) => [((slot + 0.5) * everyMs) / 1000, value]);
}

/** By how much a counter grew in each second, drawn in its middle. */
export function perSecond<T extends Moment>(
  moments: readonly T[],
  counter: (moment: T) => number,
): Point[] {
  const ends = sampled(moments, 1000, counter);
  return ends.map(([at, count], n) => [at - 0.5, count - (ends[n - 1]?.[1] ?? 0)]);
}

/** The sum of `of` over each second, drawn in its middle. */
export function sumPerSecond<T extends Moment>(
  moments: readonly T[],
  of: (moment: T) => number,
): Point[] {
  const sums = new Map<number, number>();
  for (const each of moments) {
    const second = Math.floor(each.atMs / 1000);
    sums.set(second, (sums.get(second) ?? 0) + of(each));
  }
  return [...sums].map(([second, sum]) => [second + 0.5, sum]);
}

export function between<T extends Moment>(
  moments: readonly T[],
  fromMs: number,
  untilMs = Number.POSITIVE_INFINITY,
): T[] {
  return moments.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
}

/** By how much a counter grew from one moment to another; it was 0 before the first. */
export function grown<T extends Moment>(
  moments: readonly T[],
  counter: (moment: T) => number,
  fromMs: number,
  untilMs = Number.POSITIVE_INFINITY,
): number {
  const at = (ms: number) => moments.findLast(({ atMs }) => atMs <= ms);
  const [first, last] = [at(fromMs), at(untilMs)];
  return (last ? counter(last) : 0) - (first ? counter(first) : 0);
}

/**
 * How long after `fromMs` values are for good at most `limit`, ms; infinite if they still are not at
 * the end.
 */
export function backWithin<T extends Moment>(
  moments: readonly T[],
  of: (moment: T) => number,
  fromMs: number,
  limit: number,
): number {
  const after = between(moments, fromMs);
  const worst = after.findLastIndex((each) => of(each) > limit);
  const back = after[worst + 1];
  return back === undefined ? Number.POSITIVE_INFINITY : back.atMs - fromMs;
}

/** By how much `values` grow per unit of `at`, by least squares; NaN of fewer than two places. */
export function slope(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number) =>
    points.reduce((sum, each) => sum + of(each), 0) / points.length;
  const [middle, level] = [mean(([at]) => at), mean(([, value]) => value)];
  const product = mean(([at, value]) => (at - middle) * (value - level));
  return product / mean(([at]) => (at - middle) ** 2);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
