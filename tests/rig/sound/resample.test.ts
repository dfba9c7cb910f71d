import { describe, expect, test } from 'vitest';
import { rmsDbfs } from './level.js';
import { drift, resample } from './resample.js';

function sine(hz: number, rateHz: number, seconds = 1) {
  const samples = Float32Array.from({ length: rateHz * seconds }, (_, n) =>
    Math.sin((2 * Math.PI * hz * n) / rateHz),
  );
  return { rateHz, samples };
}

describe('resample', () => {
  for (const [from, to] of [
    [48_000, 16_000],
    [16_000, 48_000],
    [22_050, 16_000],
    [48_000, 8000],
  ] as const) {
    test(`a sine at ${from} Hz is the same sine at ${to} Hz`, () => {
      const got = resample(sine(1000, from), to);
      const want = sine(1000, to);
      expect(got.samples.length).toBe(want.samples.length);
      const error = got.samples.map((sample, n) => sample - want.samples[n]!);
      // The ends lack their neighbours.
      expect(rmsDbfs(error, 100, error.length - 100)).toBeLessThan(-55);
    });
  }

  test('what the lower rate cannot hold is taken out and not folded down', () => {
    const { samples } = resample(sine(7000, 48_000), 8000);
    expect(rmsDbfs(samples, 100, samples.length - 100)).toBeLessThan(-50);
  });
});

test('drift moves the end of ten seconds by 3 ms at 300 ppm', () => {
  const sound = { rateHz: 16_000, samples: new Float32Array(160_000) };
  sound.samples[159_000] = 1;
  const moved = drift(sound, 300).samples;
  expect(moved.indexOf(moved.reduce((a, b) => Math.max(a, b)))).toBe(159_048);
});
