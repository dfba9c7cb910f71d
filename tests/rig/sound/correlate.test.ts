import { describe, expect, test } from 'vitest';
import { seeded } from '../random.js';
import { align, alignedCorrelation } from './correlate.js';
import { drift, resample } from './resample.js';
import type { Sound } from './wav.js';

/** Something speech-like: bursts of a wandering harmonic voice with pauses between them. */
function voice(seed: number, seconds: number, rateHz = 16_000): Sound {
  const chance = seeded(seed);
  const samples = new Float32Array(seconds * rateHz);
  let pitch = 110 + 90 * chance();
  let phase = 0;
  for (let at = 0; at < samples.length; ) {
    const length = Math.round((0.15 + 0.4 * chance()) * rateHz);
    const pause = Math.round(0.15 * chance() * rateHz);
    const tilt = 0.4 + 0.5 * chance();
    for (let n = 0; n < length && at + n < samples.length; n += 1) {
      pitch += 0.02 * (chance() - 0.5);
      phase += (2 * Math.PI * pitch) / rateHz;
      let sum = 0;
      for (let h = 1; h <= 8; h += 1) sum += tilt ** h * Math.sin(h * phase + h * h * tilt);
      samples[at + n] = 0.2 * Math.sin((Math.PI * n) / length) * sum;
    }
    at += length + pause;
    pitch = 90 + 130 * chance();
  }
  return { rateHz, samples };
}

function late(sound: Sound, ms: number, seconds: number): Sound {
  const samples = new Float32Array(seconds * sound.rateHz);
  const shift = Math.round((ms / 1000) * sound.rateHz);
  samples.set(sound.samples.subarray(0, samples.length - shift), shift);
  return { rateHz: sound.rateHz, samples };
}

const said = voice(1, 6);

describe('align', () => {
  test('finds how late a recording is, to the sample', () => {
    const { lagMs, correlation } = align(late(said, 123.5, 8), said);
    expect(lagMs).toBeCloseTo(123.5, 1);
    expect(correlation).toBeGreaterThan(0.999);
  });

  test('finds a recording that began before its reference did', () => {
    const recording = { rateHz: 16_000, samples: said.samples.slice(8000) };
    expect(align(recording, said).lagMs).toBeCloseTo(-500, 1);
  });

  test('compares across sample rates', () => {
    const heard = resample(late(said, 80, 7), 48_000);
    expect(align(heard, said).lagMs).toBeCloseTo(80, 0);
  });
});

describe('alignedCorrelation', () => {
  test('is one for the same sound at another level', () => {
    const heard = late(said, 200, 7);
    for (let n = 0; n < heard.samples.length; n += 1) heard.samples[n] = heard.samples[n]! * 0.3;
    const { correlation, worst } = alignedCorrelation(heard, said);
    expect(correlation).toBeGreaterThan(0.99);
    expect(worst).toBeGreaterThan(0.98);
  });

  test('is one for a delay that is no whole number of samples', () => {
    const { correlation } = alignedCorrelation(resample(late(said, 60.03125, 7), 48_000), said);
    expect(correlation).toBeGreaterThan(0.98);
  });

  test('stays high over a sound card that runs 300 ppm fast', () => {
    expect(alignedCorrelation(drift(late(said, 60, 7), 300), said).correlation).toBeGreaterThan(
      0.95,
    );
  });

  test('follows a delay that jumps by a frame in mid-sentence', () => {
    const heard = late(said, 60, 7);
    heard.samples.copyWithin(3 * 16_000 + 320, 3 * 16_000, 6 * 16_000);
    const result = alignedCorrelation(heard, said);
    expect(result.correlation).toBeGreaterThan(0.9);
    expect(result.lastLagMs - result.firstLagMs).toBeCloseTo(20, 0);
  });

  test('is low for another speaker', () => {
    for (let seed = 2; seed < 8; seed += 1) {
      expect(alignedCorrelation(late(voice(seed, 6), 60, 7), said).correlation).toBeLessThan(0.4);
    }
  });

  test('is low for noise, and nothing for silence', () => {
    const chance = seeded(9);
    const noise = { rateHz: 16_000, samples: said.samples.map(() => chance() - 0.5) };
    expect(alignedCorrelation(noise, said).correlation).toBeLessThan(0.15);
    const nothing = { rateHz: 16_000, samples: new Float32Array(96_000) };
    expect(alignedCorrelation(nothing, said).correlation).toBe(0);
  });

  test('falls by the share of the speech that was lost', () => {
    const heard = late(said, 60, 7);
    heard.samples.fill(0, 2 * 16_000, 4 * 16_000);
    const { correlation, worst } = alignedCorrelation(heard, said);
    expect(correlation).toBeLessThan(0.8);
    expect(correlation).toBeGreaterThan(0.4);
    expect(worst).toBeLessThan(0.3);
  });
});
