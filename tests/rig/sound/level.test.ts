import { expect, test } from 'vitest';
import { cut, durationMs, gaps, rmsDbfs } from './level.js';
import type { Sound } from './wav.js';

function tone(seconds: number): Sound {
  const samples = Float32Array.from({ length: seconds * 16_000 }, (_, n) =>
    Math.sin((2 * Math.PI * 440 * n) / 16_000),
  );
  return { rateHz: 16_000, samples };
}

test('a full-scale sine has -3 dBFS and silence -100', () => {
  expect(rmsDbfs(tone(1).samples)).toBeCloseTo(-3.01, 1);
  expect(rmsDbfs(new Float32Array(100))).toBe(-100);
  expect(rmsDbfs(new Float32Array(0))).toBe(-100);
});

test('a hole in a tone is one gap with its place and length', () => {
  const sound = tone(2);
  sound.samples.fill(0, 16_000, 16_000 + 1600);
  expect(gaps(sound)).toEqual([{ startMs: 1000, lengthMs: 100 }]);
});

test('a hole shorter than asked for is no gap', () => {
  const sound = tone(1);
  sound.samples.fill(0, 8000, 8000 + 320);
  expect(gaps(sound, 40)).toEqual([]);
});

test('silence up to the end is a gap too', () => {
  const sound = tone(1);
  sound.samples.fill(0, 8000);
  expect(gaps(sound)).toEqual([{ startMs: 500, lengthMs: 500 }]);
});

test('a cut has the length that was asked for', () => {
  expect(durationMs(cut(tone(2), 500, 1250))).toBe(750);
  expect(durationMs(cut(tone(2), 1500))).toBe(500);
});
