/**
 * Chirps: short rising sweeps that a matched filter finds to a fraction of a millisecond, also
 * through a codec, noise and a moving delay. Mouth-to-ear time is onset heard minus onset said.
 */
import { crossCorrelate } from './fft.js';
import { resample } from './resample.js';
import type { Sound } from './wav.js';

const LOW_HZ = 400;
const HIGH_HZ = 3600;
const CHIRP_MS = 60;
const AMPLITUDE = 0.5;

/** One chirp of 60 ms from 400 to 3600 Hz, faded at both ends. */
export function chirp(rateHz: number): Sound {
  const samples = new Float32Array(Math.round((CHIRP_MS / 1000) * rateHz));
  const seconds = CHIRP_MS / 1000;
  for (let index = 0; index < samples.length; index += 1) {
    const t = index / rateHz;
    const phase = 2 * Math.PI * (LOW_HZ * t + ((HIGH_HZ - LOW_HZ) * t * t) / (2 * seconds));
    const window = Math.sin((Math.PI * index) / samples.length) ** 2;
    samples[index] = AMPLITUDE * window * Math.sin(phase);
  }
  return { rateHz, samples };
}

/** `count` chirps, one every `everyMs`, the first after `everyMs` of silence. */
export function chirpTrain(rateHz: number, count: number, everyMs: number): Sound {
  const one = chirp(rateHz).samples;
  const step = Math.round((everyMs / 1000) * rateHz);
  const samples = new Float32Array(step * (count + 1));
  for (let index = 1; index <= count; index += 1) samples.set(one, index * step);
  return { rateHz, samples };
}

export interface Onset {
  /** Where the chirp begins in the recording, ms, to a fraction of a sample. */
  atMs: number;
  /** Normalised matched-filter output there, 0 to 1. */
  score: number;
}

/**
 * Where chirps begin in a recording. `minScore` keeps speech and noise out; `apartMs` is the least
 * distance between two chirps.
 */
export function chirpOnsets(recording: Sound, minScore = 0.6, apartMs = 200): Onset[] {
  const rateHz = Math.min(recording.rateHz, 48_000);
  const { samples } = resample(recording, rateHz);
  const one = chirp(rateHz).samples;
  const products = crossCorrelate(samples, one);
  const scores = normalised(products, samples, one);
  const apart = Math.round((apartMs / 1000) * rateHz);
  const found: { index: number; score: number }[] = [];
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index]!;
    if (score < minScore) continue;
    const last = found.at(-1);
    if (last === undefined || index - last.index >= apart) found.push({ index, score });
    else if (score > last.score) found[found.length - 1] = { index, score };
  }
  return found.map(({ index, score }) => ({
    atMs: ((index + peakOffset(scores, index)) / rateHz) * 1000,
    score,
  }));
}

/** out[n] = correlation of the chirp with the samples from n on. */
function normalised(
  products: Float64Array,
  samples: Float32Array,
  one: Float32Array,
): Float64Array {
  let chirpEnergy = 0;
  for (const sample of one) chirpEnergy += sample * sample;
  const starts = Math.max(0, samples.length - one.length + 1);
  const out = new Float64Array(starts);
  let energy = 0;
  for (let index = 0; index < one.length; index += 1) energy += (samples[index] ?? 0) ** 2;
  // Dither and rounding are not a chirp: below -70 dBFS a perfect match counts for little.
  const floor = 1e-7 * one.length;
  for (let start = 0; start < starts; start += 1) {
    const heard = Math.max(energy, floor);
    out[start] = products[start + one.length - 1]! / Math.sqrt(heard * chirpEnergy);
    energy += (samples[start + one.length] ?? 0) ** 2 - samples[start]! ** 2;
  }
  return out;
}

/** Parabola through the peak and its two neighbours: -0.5 to 0.5 of a sample. */
function peakOffset(scores: Float64Array, index: number): number {
  const before = scores[index - 1];
  const after = scores[index + 1];
  if (before === undefined || after === undefined) return 0;
  const curve = before - 2 * scores[index]! + after;
  return curve === 0 ? 0 : Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / curve));
}

/**
 * Delay of each chirp heard against the latest one said before it, ms. A chirp that was never
 * heard, or was said less than `maxMs` before the end, gives nothing.
 */
export function delays(said: Onset[], heard: Onset[], maxMs = 2000): number[] {
  const out: number[] = [];
  for (const one of said) {
    const match = heard.find((h) => h.atMs >= one.atMs - 2 && h.atMs < one.atMs + maxMs);
    if (match !== undefined) out.push(match.atMs - one.atMs);
  }
  return out;
}

/** The q-quantile (0 to 1) of some numbers, linear between neighbours; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}
