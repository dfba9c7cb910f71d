/**
 * How much of a recording can be understood: Short-Time Objective Intelligibility, after Taal,
 * Hendriks, Heusdens and Jensen, "An Algorithm for Intelligibility Prediction of Time-Frequency
 * Weighted Noisy Speech", 2011. A waveform's correlation falls with the phase that a codec does not
 * keep; this compares what the ear follows, the envelope of each band over 0.4 s.
 *
 *   10 kHz ─► drop pauses ─► frames of 25.6 ms ─► 15 bands ─► 30 frames: scale, clip, correlate
 */
import { fft } from './fft.js';
import { resample } from './resample.js';
import type { Sound } from './wav.js';

const RATE_HZ = 10_000;
const FRAME_SAMPLES = 256;
const HOP_SAMPLES = FRAME_SAMPLES / 2;
const FFT_SAMPLES = 512;
const BANDS = 15;
/** Centre of the lowest band; every third one is an octave higher. */
const LOWEST_BAND_HZ = 150;
/** Frames compared at a time: N = 30, 384 ms. */
const SEGMENT_FRAMES = 30;
/** Frames of the clean sound this far below its loudest one say nothing. */
const DYNAMIC_RANGE_DB = 40;
/** Least signal-to-distortion ratio: what is worse is not understood any less. */
const LEAST_SDR_DB = -15;
const MOST_OF_CLEAN = 1 + 10 ** (-LEAST_SDR_DB / 20);

/** Hann without the zeros at its ends, as in the authors' own program. */
const WINDOW = Float64Array.from(
  { length: FRAME_SAMPLES },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 1)) / (FRAME_SAMPLES + 1)),
);

/** First bin of each band and, last, the end of the topmost one. */
const BAND_EDGES = Array.from({ length: BANDS + 1 }, (_, band) =>
  Math.round((LOWEST_BAND_HZ * 2 ** ((2 * band - 1) / 6) * FFT_SAMPLES) / RATE_HZ),
);

/**
 * 1 where everything can be understood, about 0 for silence or other words; steady noise alone gives
 * 0.3, since its clipping follows the clean sound's pauses. The sounds must be aligned in
 * time; their rates and levels may differ. Where `processed` ends early it counts as silent, what
 * it has after the end of `clean` is left out.
 */
export function stoi(clean: Sound, processed: Sound): number {
  if (clean.samples.length === 0 || processed.samples.length === 0) {
    throw new RangeError('Intelligibility of an empty sound.');
  }
  const said = resample(clean, RATE_HZ).samples;
  const heard = new Float32Array(said.length);
  heard.set(resample(processed, RATE_HZ).samples.subarray(0, said.length));
  const starts = speechFrames(said);
  if (starts.length < SEGMENT_FRAMES) {
    throw new RangeError(
      `Intelligibility wants ${SEGMENT_FRAMES} frames of speech in the clean sound (384 ms); ` +
        `it has ${starts.length}.`,
    );
  }
  const saidBands = bandEnvelopes(joined(said, starts));
  const heardBands = bandEnvelopes(joined(heard, starts));
  let sum = 0;
  let count = 0;
  for (let band = 0; band < BANDS; band += 1) {
    for (let from = 0; from + SEGMENT_FRAMES <= starts.length; from += 1) {
      const until = from + SEGMENT_FRAMES;
      sum += likeness(
        saidBands[band]!.subarray(from, until),
        heardBands[band]!.subarray(from, until),
      );
      count += 1;
    }
  }
  return sum / count;
}

/** Where the frames begin that are less than 40 dB below the loudest. */
function speechFrames(samples: Float32Array): number[] {
  const energies: number[] = [];
  for (let start = 0; start + FRAME_SAMPLES <= samples.length; start += HOP_SAMPLES) {
    let energy = 0;
    for (let n = 0; n < FRAME_SAMPLES; n += 1) energy += (samples[start + n]! * WINDOW[n]!) ** 2;
    energies.push(energy);
  }
  const loudest = energies.reduce((most, one) => Math.max(most, one), 0);
  const least = loudest * 10 ** (-DYNAMIC_RANGE_DB / 10);
  return energies.flatMap((energy, index) => (energy > least ? [index * HOP_SAMPLES] : []));
}

/** The frames at `starts`, overlapped and added as if nothing had been between them. */
function joined(samples: Float32Array, starts: number[]): Float64Array {
  const out = new Float64Array((starts.length + 1) * HOP_SAMPLES);
  for (const [index, start] of starts.entries()) {
    for (let n = 0; n < FRAME_SAMPLES; n += 1) {
      const at = index * HOP_SAMPLES + n;
      out[at] = out[at]! + samples[start + n]! * WINDOW[n]!;
    }
  }
  return out;
}

/** out[band][frame] = amplitude of that third of an octave. */
function bandEnvelopes(samples: Float64Array): Float64Array[] {
  const frames = samples.length / HOP_SAMPLES - 1;
  const out = Array.from({ length: BANDS }, () => new Float64Array(frames));
  const re = new Float64Array(FFT_SAMPLES);
  const im = new Float64Array(FFT_SAMPLES);
  for (let frame = 0; frame < frames; frame += 1) {
    re.fill(0);
    im.fill(0);
    for (let n = 0; n < FRAME_SAMPLES; n += 1) {
      re[n] = samples[frame * HOP_SAMPLES + n]! * WINDOW[n]!;
    }
    fft(re, im);
    for (let band = 0; band < BANDS; band += 1) {
      let power = 0;
      for (let bin = BAND_EDGES[band]!; bin < BAND_EDGES[band + 1]!; bin += 1) {
        power += re[bin]! ** 2 + im[bin]! ** 2;
      }
      out[band]![frame] = Math.sqrt(power);
    }
  }
  return out;
}

/** Correlation of two envelopes, the second scaled to the first's energy and clipped. */
function likeness(said: Float64Array, heard: Float64Array): number {
  const heardNorm = norm(heard);
  if (heardNorm === 0) return 0;
  const scale = norm(said) / heardNorm;
  const a = centred(said);
  const b = centred(heard.map((value, n) => Math.min(value * scale, said[n]! * MOST_OF_CLEAN)));
  const energy = norm(a) * norm(b);
  if (energy === 0) return 0;
  return a.reduce((sum, value, n) => sum + value * b[n]!, 0) / energy;
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
