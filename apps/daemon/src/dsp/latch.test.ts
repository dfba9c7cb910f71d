import { expect, it } from 'vitest';
import { Latch } from './latch.js';

function noted(latch: Latch, ...runs: [isSo: boolean | undefined, frames: number][]): boolean {
  for (const [isSo, frames] of runs) for (let n = 0; n < frames; n++) latch.note(isSo);
  return latch.isOn;
}

it('comes on after enough of it, and counts back for every frame without', () => {
  expect(noted(new Latch(10, 0.5, 20), [true, 9])).toBe(false);
  expect(noted(new Latch(10, 0.5, 20), [true, 10])).toBe(true);
  expect(noted(new Latch(10, 0.5, 20), [true, 8], [false, 4], [true, 3])).toBe(false);
  expect(noted(new Latch(10, 0.5, 20), [true, 8], [false, 4], [true, 4])).toBe(true);
  const strict = new Latch(10, Number.POSITIVE_INFINITY, 20);
  expect(noted(strict, [true, 9], [false, 1], [true, 9])).toBe(false);
});

it('stays on until it was long enough away, and then has forgotten everything', () => {
  const latch = new Latch(10, 0.5, 20);
  expect(noted(latch, [true, 10], [false, 19], [true, 1], [false, 19])).toBe(true);
  expect(noted(latch, [false, 1])).toBe(false);
  expect(noted(latch, [true, 9])).toBe(false);
});

it('is moved by no frame that says nothing', () => {
  const latch = new Latch(10, 0.5, 20);
  expect(noted(latch, [true, 9], [undefined, 100], [true, 1])).toBe(true);
  expect(noted(latch, [false, 19], [undefined, 100])).toBe(true);
});

it('is off at once after a reset', () => {
  const latch = new Latch(3, 1, 20);
  noted(latch, [true, 3]);
  latch.reset();
  expect(noted(latch, [true, 2])).toBe(false);
});
