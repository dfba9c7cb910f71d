import { describe, expect, test } from 'vitest';
import { seeded } from '../random.js';
import { logSpectralDistance } from './spectral.js';
import type { Sound } from './wav.js';

function random(seed: number, seconds = 2): Sound {
  const chance = seeded(seed);
  const samples = Float32Array.from({ length: seconds * 8000 }, () => 0.2 * (chance() - 0.5));
  return { rateHz: 8000, samples };
}

/** Harmonics that come and go four times a second. */
function voice(): Sound {
  const samples = Float32Array.from({ length: 16_000 }, (_, n) => {
    let sum = 0;
    for (let h = 1; h <= 25; h += 1)
      sum += Math.sin((2 * Math.PI * 140 * h * n) / 8000 + h * h) / h;
    return 0.1 * Math.sin((Math.PI * 4 * n) / 8000) * sum;
  });
  return { rateHz: 8000, samples };
}

function changed(sound: Sound, change: (sample: number, index: number) => number): Sound {
  return { rateHz: sound.rateHz, samples: sound.samples.map(change) };
}

const said = voice();

describe('logSpectralDistance', () => {
  test('is nothing for the same sound at any level', () => {
    expect(logSpectralDistance(said, said)).toBe(0);
    expect(
      logSpectralDistance(
        said,
        changed(said, (sample) => sample / 8),
      ),
    ).toBeCloseTo(0, 6);
  });

  test('rises with noise', () => {
    const added = random(3).samples;
    const [little, more, much] = [0.03, 0.3, 3].map((gain) =>
      logSpectralDistance(
        said,
        changed(said, (sample, n) => sample + gain * added[n]!),
      ),
    );
    expect(little!).toBeGreaterThan(0);
    expect(more!).toBeGreaterThan(little! + 1);
    expect(much!).toBeGreaterThan(more! + 1);
  });

  test('is the RMS slope in dB of a filter', () => {
    // y[n] = x[n] + x[n-1] / 2 on noise: its response in dB less its mean power, from 100 to 3600 Hz.
    const sound = random(5, 8);
    const filtered = changed(sound, (sample, n) => sample + 0.5 * (sound.samples[n - 1] ?? 0));
    const powers = Array.from(
      { length: 1000 },
      (_, n) => 1.25 + Math.cos((2 * Math.PI * (100 + 3.5 * n)) / 8000),
    );
    const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
    const squares = powers.map((power) => (10 * Math.log10(power / mean)) ** 2);
    const want = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    expect(logSpectralDistance(sound, filtered)).toBeCloseTo(want, 0);
  });

  test('refuses a sound that is empty, shorter than a frame or silent', () => {
    const of = (length: number) => ({ rateHz: 8000, samples: new Float32Array(length) });
    expect(() => logSpectralDistance(of(0), said)).toThrow(RangeError);
    expect(() => logSpectralDistance(said, of(0))).toThrow(RangeError);
    expect(() => logSpectralDistance(of(100), said)).toThrow(RangeError);
    expect(() => logSpectralDistance(of(8000), said)).toThrow(RangeError);
  });
});
