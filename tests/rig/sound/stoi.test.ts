import { describe, expect, test } from 'vitest';
import { seeded } from '../random.js';
import { resample } from './resample.js';
import { stoi } from './stoi.js';
import type { Sound } from './wav.js';

/** Something speech-like: syllables of a harmonic voice, each with its own colour, and pauses. */
function voice(seed: number, seconds = 5, rateHz = 10_000): Sound {
  const chance = seeded(seed);
  const samples = new Float32Array(seconds * rateHz);
  for (let at = 0; at < samples.length; ) {
    const length = Math.round((0.08 + 0.2 * chance()) * rateHz);
    const pause = Math.round(0.1 * chance() * rateHz);
    const pitch = 90 + 130 * chance();
    const colour = Array.from({ length: 40 }, () => 0.01 + chance() ** 3);
    for (let n = 0; n < length && at + n < samples.length; n += 1) {
      const phase = (2 * Math.PI * pitch * n) / rateHz;
      let sum = 0;
      for (let h = 1; h <= 40 && h * pitch < 4500; h += 1) {
        sum += (colour[h - 1]! / Math.sqrt(h)) * Math.sin(h * phase + h * h);
      }
      samples[at + n] = 0.1 * Math.sin((Math.PI * n) / length) * sum;
    }
    at += length + pause;
  }
  return { rateHz, samples };
}

function noise(like: Sound, seed: number): Sound {
  const chance = seeded(seed);
  return { rateHz: like.rateHz, samples: like.samples.map(() => chance() - 0.5) };
}

function noisy(sound: Sound, snrDb: number, seed = 7): Sound {
  const added = noise(sound, seed).samples;
  const gain = Math.sqrt(energyOf(sound.samples) / energyOf(added)) * 10 ** (-snrDb / 20);
  return { rateHz: sound.rateHz, samples: sound.samples.map((s, n) => s + gain * added[n]!) };
}

function energyOf(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample ** 2, 0);
}

const said = voice(1);

describe('stoi', () => {
  test('is one for the same sound', () => {
    expect(stoi(said, said)).toBeCloseTo(1, 9);
  });

  test('does not mind the level', () => {
    const heard = noisy(said, 5);
    const quiet = { rateHz: heard.rateHz, samples: heard.samples.map((s) => s / 32) };
    expect(stoi(said, quiet)).toBeCloseTo(stoi(said, heard), 6);
  });

  test('compares across sample rates', () => {
    const wide = voice(1, 5, 48_000);
    expect(stoi(wide, resample(wide, 16_000))).toBeGreaterThan(0.99);
  });

  test('falls with noise', () => {
    const [little, even, much] = [10, 0, -10].map((snrDb) => stoi(said, noisy(said, snrDb)));
    expect(little!).toBeLessThan(1);
    expect(even!).toBeLessThan(little! - 0.05);
    expect(much!).toBeLessThan(even! - 0.05);
  });

  test('is low for another speaker', () => {
    for (let seed = 2; seed < 8; seed += 1) {
      expect(Math.abs(stoi(said, voice(seed)))).toBeLessThan(0.25);
    }
  });

  test('is low for noise without any speech', () => {
    // Not nothing: what is clipped at -15 dB follows the clean sound's pauses.
    expect(stoi(said, noise(said, 9))).toBeLessThan(0.4);
  });

  test('is nothing for silence', () => {
    expect(stoi(said, { rateHz: 10_000, samples: new Float32Array(50_000) })).toBe(0);
  });

  test('counts a lost end as not understood', () => {
    const half = { rateHz: 10_000, samples: said.samples.slice(0, 25_000) };
    expect(stoi(said, half)).toBeGreaterThan(0.4);
    expect(stoi(said, half)).toBeLessThan(0.6);
  });

  test('refuses a sound that is empty, too short or silent', () => {
    const empty = { rateHz: 10_000, samples: new Float32Array(0) };
    const short = { rateHz: 10_000, samples: said.samples.slice(0, 2000) };
    const silent = { rateHz: 10_000, samples: new Float32Array(50_000) };
    expect(() => stoi(empty, said)).toThrow(RangeError);
    expect(() => stoi(said, empty)).toThrow(RangeError);
    expect(() => stoi(short, short)).toThrow(/30 frames of speech .* it has \d+\.$/);
    expect(() => stoi(silent, said)).toThrow(RangeError);
  });
});
