/**
 * Does a recording hold what was said? Alignment by cross-correlation, then a windowed comparison
 * that follows a moving delay, as a call's jitter buffer and two sound-card clocks make it move.
 *
 *   reference  |--w1--|--w2--|--w3--|        each window searched ±SEARCH_MS around the last lag
 *   recording      |--w1--|--w2--| |--w3--|
 */
import { crossCorrelate } from './fft.js';
import { rmsDbfs } from './level.js';
import { resample } from './resample.js';
import type { Sound } from './wav.js';

export interface Alignment {
  /** How much later than in the reference a thing is in the recording, ms; negative = earlier. */
  lagMs: number;
  /** Normalised over the overlap, -1 to 1. */
  correlation: number;
}

const MIN_OVERLAP = 0.25;
/** Below this a window holds nothing but the rounding of the transform. */
const SILENT_ENERGY = 1e-9;

/**
 * The lag at which `recording` best holds `reference`, from one normalised cross-correlation.
 * Lags that leave less than a quarter of the shorter one overlapping are not considered.
 */
export function align(recording: Sound, reference: Sound): Alignment {
  const ref = resample(reference, recording.rateHz).samples;
  const rec = recording.samples;
  const products = crossCorrelate(rec, ref);
  const recEnergy = runningEnergy(rec);
  const refEnergy = runningEnergy(ref);
  const least = MIN_OVERLAP * Math.min(rec.length, ref.length);
  const floor = 1e-9 * (recEnergy.at(-1)! * refEnergy.at(-1)!) || 1e-12;
  let best: Alignment = { lagMs: 0, correlation: 0 };
  for (let index = 0; index < products.length; index += 1) {
    const lag = index - (ref.length - 1);
    const from = Math.max(0, lag);
    const until = Math.min(rec.length, ref.length + lag);
    if (until - from < least) continue;
    const heard = recEnergy[until]! - recEnergy[from]!;
    const said = refEnergy[until - lag]! - refEnergy[from - lag]!;
    // The share of the reference that lies outside the overlap counts as not heard.
    const energy = Math.sqrt(heard * refEnergy.at(-1)!);
    if (heard * said <= floor) continue;
    const correlation = products[index]! / energy;
    if (correlation > best.correlation) {
      best = { lagMs: (lag / recording.rateHz) * 1000, correlation };
    }
  }
  return best;
}

export interface AlignedCorrelation {
  /** Energy-weighted mean of the windows' correlations, 0 to 1. */
  correlation: number;
  /** The worst window that was compared. */
  worst: number;
  /** Lag of the first and last compared window. */
  firstLagMs: number;
  lastLagMs: number;
  windows: { atMs: number; lagMs: number; correlation: number }[];
}

export interface AlignOptions {
  /** Length of a window of the reference. Long windows tell speakers apart, short ones follow delay. */
  windowMs?: number;
  /** How far the lag may move from one window to the next. */
  searchMs?: number;
  /** Windows of the reference that are quieter than this say nothing and are left out. */
  speechDbfs?: number;
  /** Rate at which the comparison is done. */
  rateHz?: number;
}

/** How well `recording` holds `reference`, whatever the delay was and however slowly it moved. */
export function alignedCorrelation(
  recording: Sound,
  reference: Sound,
  { windowMs = 1000, searchMs = 25, speechDbfs = -45, rateHz = 8000 }: AlignOptions = {},
): AlignedCorrelation {
  const rec = resample(recording, rateHz);
  const ref = resample(reference, rateHz);
  const coarse = align(rec, ref);
  const length = Math.round((windowMs / 1000) * rateHz);
  const search = Math.round((searchMs / 1000) * rateHz);
  let lag = Math.round((coarse.lagMs / 1000) * rateHz);
  let weights = 0;
  let sum = 0;
  const windows: AlignedCorrelation['windows'] = [];
  for (let at = 0; at + length <= ref.samples.length; at += length) {
    if (rmsDbfs(ref.samples, at, at + length) < speechDbfs) continue;
    const part = ref.samples.subarray(at, at + length);
    const found = bestIn(rec.samples, part, at + lag - search, at + lag + search);
    // A window that was not heard must not drag the search away from the ones that follow.
    if (found.correlation > 0.5) lag = found.start - at;
    const weight = energyOf(part);
    weights += weight;
    sum += weight * found.correlation;
    windows.push({
      atMs: (at / rateHz) * 1000,
      lagMs: ((found.start - at) / rateHz) * 1000,
      correlation: found.correlation,
    });
  }
  return {
    correlation: weights === 0 ? 0 : sum / weights,
    worst: windows.reduce((least, one) => Math.min(least, one.correlation), 1),
    firstLagMs: windows[0]?.lagMs ?? 0,
    lastLagMs: windows.at(-1)?.lagMs ?? 0,
    windows,
  };
}

/**
 * The start from ≤ start ≤ until at which `part` correlates best; 0 where nothing is recorded. The
 * correlation is that of the parabola through the best start and its neighbours: half a sample of
 * delay is no fault of the sound.
 */
function bestIn(
  samples: Float32Array,
  part: Float32Array,
  from: number,
  until: number,
): { start: number; correlation: number } {
  // One more on either side, for the parabola.
  const first = from - 1;
  const heard = stretch(samples, first, until + 1 + part.length);
  const products = crossCorrelate(heard, part);
  const energies = runningEnergy(heard);
  const partEnergy = energyOf(part);
  const at = (start: number): number => {
    const lag = start - first;
    const energy = energies[lag + part.length]! - energies[lag]!;
    if (energy <= SILENT_ENERGY) return 0;
    return products[lag + part.length - 1]! / Math.sqrt(energy * partEnergy);
  };
  let best = { start: Math.round((from + until) / 2), correlation: 0 };
  for (let start = from; start <= until; start += 1) {
    const correlation = at(start);
    if (correlation > best.correlation) best = { start, correlation };
  }
  if (best.correlation === 0) return best;
  const [before, after] = [at(best.start - 1), at(best.start + 1)];
  const curve = before - 2 * best.correlation + after;
  if (curve >= 0) return best;
  const peak = best.correlation - (before - after) ** 2 / (8 * curve);
  return { start: best.start, correlation: Math.min(1, peak) };
}

/** samples[from..until), silence where there are none. */
function stretch(samples: Float32Array, from: number, until: number): Float32Array {
  const out = new Float32Array(until - from);
  const begin = Math.max(0, from);
  const end = Math.min(samples.length, until);
  if (begin < end) out.set(samples.subarray(begin, end), begin - from);
  return out;
}

function energyOf(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return energy;
}

/** out[n] = energy of the first n samples. */
function runningEnergy(samples: Float32Array): Float64Array {
  const out = new Float64Array(samples.length + 1);
  for (let index = 0; index < samples.length; index += 1) {
    out[index + 1] = out[index]! + samples[index]! ** 2;
  }
  return out;
}
