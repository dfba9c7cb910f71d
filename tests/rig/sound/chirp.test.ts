import { expect, test } from 'vitest';
import { seeded } from '../random.js';
import { chirpOnsets, chirpTrain, delays, quantile } from './chirp.js';
import { resample } from './resample.js';

test('the onsets of a train are found where they were put', () => {
  const onsets = chirpOnsets(chirpTrain(48_000, 5, 500));
  expect(onsets.length).toBe(5);
  for (const [n, onset] of onsets.entries()) expect(onset.atMs).toBeCloseTo(500 * (n + 1), 1);
});

test('a telephone-band copy in noise is found within a fifth of a millisecond', () => {
  const chance = seeded(3);
  const said = chirpTrain(48_000, 6, 400);
  const narrow = resample(resample(said, 8000), 48_000);
  const samples = narrow.samples.map((sample) => 0.3 * sample + 0.02 * (chance() - 0.5));
  const shifted = new Float32Array(samples.length);
  shifted.set(samples.subarray(0, samples.length - 2160), 2160);
  const found = delays(chirpOnsets(said), chirpOnsets({ rateHz: 48_000, samples: shifted }));
  expect(found.length).toBe(6);
  for (const ms of found) expect(Math.abs(ms - 45)).toBeLessThan(0.2);
});

test('noise alone holds no chirp', () => {
  const chance = seeded(4);
  const samples = Float32Array.from({ length: 96_000 }, () => chance() - 0.5);
  expect(chirpOnsets({ rateHz: 48_000, samples })).toEqual([]);
});

test('the rounding noise of a silent line holds no chirp', () => {
  const chance = seeded(5);
  const samples = Float32Array.from({ length: 96_000 }, () => (chance() < 0.5 ? 0 : 1 / 32768));
  expect(chirpOnsets({ rateHz: 48_000, samples })).toEqual([]);
});

test('a chirp that never arrived is left out of the delays', () => {
  const said = [1000, 2000, 3000].map((atMs) => ({ atMs, score: 1 }));
  const heard = [1040, 3050].map((atMs) => ({ atMs, score: 1 }));
  expect(delays(said, heard, 900)).toEqual([40, 50]);
});

test('quantiles lie between neighbours', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4, 5], 0.95)).toBeCloseTo(4.8);
  expect(quantile([], 0.5)).toBeNaN();
});
