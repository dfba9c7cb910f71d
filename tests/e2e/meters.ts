/** The level meters of a page, watched for a while from inside of it. */
import type { Page } from 'playwright-core';
import { readMeters } from './in-page.js';

const EVERY_MS = 50;

/** Values of one meter, 0 (silence) to 100, one every 50 ms. */
export type Trace = number[];

/** Watches every meter of the page by its label. */
export function watchMeters(page: Page, forMs: number): Promise<Record<string, Trace>> {
  return page.evaluate(readMeters, [EVERY_MS, Math.round(forMs / EVERY_MS)] as const);
}

/** True if the meter moved as a voice moves it: loud at times, and at many heights. */
export function moves(trace: Trace | undefined): boolean {
  return trace !== undefined && Math.max(...trace) > 30 && new Set(trace).size > 5;
}

/**
 * By how many milliseconds `later` follows `earlier`: the shift, up to `withinMs`, at which the two
 * correlate best, with the coefficient there.
 */
export function lag(
  earlier: Trace,
  later: Trace,
  withinMs: number,
): { ms: number; correlation: number } {
  let best = { ms: 0, correlation: -1 };
  for (let shift = 0; shift * EVERY_MS <= withinMs; shift++) {
    const length = Math.min(earlier.length, later.length - shift);
    const correlation = pearson(earlier.slice(0, length), later.slice(shift, shift + length));
    if (correlation > best.correlation) best = { ms: shift * EVERY_MS, correlation };
  }
  return best;
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squareA, squareB] = [0, 0, 0];
  a.forEach((value, i) => {
    const [x, y] = [value - meanA, b[i]! - meanB];
    both += x * y;
    squareA += x * x;
    squareB += y * y;
  });
  return squareA * squareB === 0 ? 0 : both / Math.sqrt(squareA * squareB);
}
