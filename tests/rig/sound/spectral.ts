/**
 * How far a recording's colour is from what was said: log-spectral distance, the RMS difference of
 * two power spectra in dB, averaged over the frames of speech. It hears the muffling and the noise
 * that an intelligibility measure forgives.
 */
import { fft } from './fft.js';
import { resample } from './resample.js';
import type { Sound } from './wav.js';

/** The band of a telephone call is in it, and a wider recording does not count against it. */
const RATE_HZ = 8000;
const FRAME_SAMPLES = 256;
const HOP_SAMPLES = FRAME_SAMPLES / 2;
/** 100 Hz to 3.6 kHz: above what a sound card takes out, below the slope at half the rate. */
const LOWEST_BIN = Math.ceil((100 * FRAME_SAMPLES) / RATE_HZ);
const END_BIN = Math.floor((3600 * FRAME_SAMPLES) / RATE_HZ);
/** Frames of the clean sound this far below its loudest one are pauses. */
const DYNAMIC_RANGE_DB = 40;
/** A bin this far below the mean frame counts as that loud: digital silence has no level in dB. */
const FLOOR_DB = 60;

const WINDOW = Float64Array.from(
  { length: FRAME_SAMPLES },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / FRAME_SAMPLES),
);

/**
 * In dB, 0 for the same sound, 100 Hz to 3.6 kHz. The sounds must be aligned in time; their rates
 * may differ, and so may their levels, which are made equal over the frames of speech. Where
 * `processed` ends early it counts as silent.
 */
export function logSpectralDistance(clean: Sound, processed: Sound): number {
  if (clean.samples.length === 0 || processed.samples.length === 0) {
    throw new RangeError('Spectral distance of an empty sound.');
  }
  const said = resample(clean, RATE_HZ).samples;
  const heard = new Float32Array(said.length);
  heard.set(resample(processed, RATE_HZ).samples.subarray(0, said.length));
  const saidPowers = powerSpectra(said);
  const energies = saidPowers.map(total);
  const least = most(energies) * 10 ** (-DYNAMIC_RANGE_DB / 10);
  const speech = energies.flatMap((energy, frame) => (energy > least ? [frame] : []));
  if (speech.length === 0) {
    throw new RangeError('Spectral distance wants a frame of speech (32 ms) in the clean sound.');
  }
  const heardPowers = powerSpectra(heard);
  const saidDb = levels(speech.map((frame) => saidPowers[frame]!));
  const heardDb = levels(speech.map((frame) => heardPowers[frame]!));
  let sum = 0;
  for (const [index, one] of saidDb.entries()) {
    const other = heardDb[index]!;
    const square = one.reduce((squares, db, bin) => squares + (db - other[bin]!) ** 2, 0);
    sum += Math.sqrt(square / one.length);
  }
  return sum / speech.length;
}

function powerSpectra(samples: Float32Array): Float64Array[] {
  const out: Float64Array[] = [];
  for (let start = 0; start + FRAME_SAMPLES <= samples.length; start += HOP_SAMPLES) {
    const re = WINDOW.map((weight, n) => weight * samples[start + n]!);
    const im = new Float64Array(FRAME_SAMPLES);
    fft(re, im);
    out.push(re.map((real, bin) => real ** 2 + im[bin]! ** 2).subarray(LOWEST_BIN, END_BIN));
  }
  return out;
}

/** In dB against the mean power, so that a gain is no distance; never below the floor. */
function levels(powers: Float64Array[]): Float64Array[] {
  const mean = powers.reduce((sum, power) => sum + total(power), 0) / powers.length;
  if (mean === 0) return powers.map((power) => power.map(() => -FLOOR_DB));
  const floor = 10 ** (-FLOOR_DB / 10);
  return powers.map((power) => power.map((p) => 10 * Math.log10(Math.max(floor, p / mean))));
}

function total(powers: Float64Array): number {
  return powers.reduce((sum, power) => sum + power, 0);
}

function most(values: number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
