import { expect, it } from 'vitest';
import { steadyRows } from './steady.js';
import type { Point } from './svg.js';

/** A chirp each 0.7 s of ten minutes. */
const said = (delay: (at: number) => number): Point[] =>
  Array.from({ length: 850 }, (_, n) => [0.7 * n, delay(0.7 * n)] as const);
const valuesOf = (toBob: Point[], toAlice: Point[], stalledAt: number) =>
  steadyRows({ toBob, toAlice, saidOfBob: [], saidOfAlice: [] }, stalledAt).map(
    ({ value }) => value,
  );

it('says what a delay grows by, each way, and does not take a stall for growth', () => {
  const growing = said((at) => 40 + (2 * at) / 60);
  const stalled = said((at) => (at > 300 && at < 305 ? 400 : 40));
  const [toBob, , toAlice] = valuesOf(growing, stalled, 300);
  expect(toBob).toBeCloseTo(2, 5);
  expect(toAlice).toBeCloseTo(0, 5);
});

it('says after how long the delay is as it was before a stall', () => {
  const [, toBob, , toAlice] = valuesOf(
    said((at) => (at >= 300 && at < 303.5 ? 200 : 40)),
    said((at) => (at >= 300 ? 90 : 40)),
    300,
  );
  expect(toBob).toBeCloseTo(3500, -3);
  expect(toAlice).toBe(Number.POSITIVE_INFINITY);
  expect(
    valuesOf(
      said(() => 40),
      said(() => 41),
      300,
    )[1],
  ).toBe(0);
});
