/**
 * Whose voice is this? A simple score of our own, to see whether a disguise does anything: a voice is
 * a row of long-term measures, and of the enrolled speakers the nearest one is named (closed set).
 *
 *   pitch      mean and spread of the logarithm of F0
 *   formants   means of the logarithms of the first four peaks of the LPC envelope, voiced frames
 *   timbre     means and spreads of 16 mel-frequency cepstra, which hold the long-term spectrum too
 *
 * Each measure is weighed by how little it varies between recordings of one speaker (Fisher's
 * discriminant with a diagonal covariance). That is the textbook beginning of speaker recognition
 * (Reynolds 1995 has mixtures, Dehak 2011 factors, Snyder 2018 networks); it is **no forensic system**.
 * What it still knows, such a system knows as well; what it does not know, one may know.
 */
import { fft } from './fft.js';
import { resample } from './resample.js';
import { firstFormants, pitchHz } from './speaker-frames.js';
import type { Sound } from './wav.js';

const RATE_HZ = 16_000;
export const FRAME_SAMPLES = 480;
const HOP_SAMPLES = 240;
const FFT_SAMPLES = 512;
const MEL_BANDS = 26;
const CEPSTRA = 16;
/** Frames so far below the loudest are pauses. */
const DYNAMIC_RANGE_DB = 35;
/** Below this no measure is believed to be steadier, in its own unit. */
const LEAST_SPREAD = 0.02;

/** The long-term measures of one recording. */
export interface Voice {
  /** Natural logarithm of Hz. */
  readonly logPitch: number;
  readonly pitchSpread: number;
  /** F1 to F4, natural logarithms of Hz. */
  readonly logFormants: readonly number[];
  /** Means, then spreads. */
  readonly cepstra: readonly number[];
}

/** Measures a recording of some seconds of speech. */
export function voiceOf(sound: Sound): Voice {
  const { samples } = resample(sound, RATE_HZ);
  const frames: Float32Array[] = [];
  for (let at = 0; at + FRAME_SAMPLES <= samples.length; at += HOP_SAMPLES) {
    frames.push(samples.subarray(at, at + FRAME_SAMPLES));
  }
  const energies = frames.map((frame) => frame.reduce((sum, sample) => sum + sample ** 2, 0));
  const least = energies.reduce((a, b) => Math.max(a, b), 0) * 10 ** (-DYNAMIC_RANGE_DB / 10);
  const spoken = frames.filter((_, n) => energies[n]! > least);
  const cepstra = spoken.map(melCepstra);
  const pitches: number[] = [];
  const formants: number[][] = [];
  for (const [n, frame] of spoken.entries()) {
    // They change slowly and cost most.
    if (n % 2 !== 0) continue;
    const hz = pitchHz(frame);
    if (hz === undefined) continue;
    pitches.push(Math.log(hz));
    const found = firstFormants(frame);
    if (found !== undefined) formants.push(found.map(Math.log));
  }
  if (formants.length < 10) throw new RangeError('Too little of a voice to say whose it is.');
  const column = (rows: number[][], n: number) => rows.map((row) => row[n]!);
  const range = Array.from({ length: CEPSTRA }, (_, n) => n);
  return {
    logPitch: median(pitches),
    pitchSpread: spread(pitches),
    logFormants: [0, 1, 2, 3].map((n) => mean(column(formants, n))),
    cepstra: [
      ...range.map((n) => mean(column(cepstra, n))),
      ...range.map((n) => spread(column(cepstra, n))),
    ],
  };
}

/** A speaker's name and a recording of theirs. */
export interface Sample {
  who: string;
  voice: Voice;
}

/** The share of `unknown` whose speaker is named rightly, of those that are in `enrolled`. */
export function identified(enrolled: readonly Sample[], unknown: readonly Sample[]): number {
  const people = [...new Set(enrolled.map(({ who }) => who))];
  const models = people.map((who) =>
    columns(enrolled.filter((one) => one.who === who).map(({ voice }) => row(voice))).map(mean),
  );
  const weights = weightsWithin(enrolled, people, models);
  const right = unknown.filter(({ who, voice }) => {
    const measures = row(voice);
    const distances = models.map((model) =>
      model.reduce((sum, value, n) => sum + weights[n]! * (value - measures[n]!) ** 2, 0),
    );
    return people[distances.indexOf(Math.min(...distances))] === who;
  });
  return right.length / unknown.length;
}

/** One over the variance of each measure between recordings of one speaker. */
function weightsWithin(
  enrolled: readonly Sample[],
  people: readonly string[],
  models: readonly number[][],
): number[] {
  const away = enrolled.map(({ who, voice }) => {
    const model = models[people.indexOf(who)]!;
    return row(voice).map((value, n) => (value - model[n]!) ** 2);
  });
  const freedom = Math.max(1, enrolled.length - people.length);
  return columns(away).map(
    (squares) => 1 / Math.max(LEAST_SPREAD ** 2, squares.reduce((a, b) => a + b, 0) / freedom),
  );
}

/** How far speakers are from each other in one measure: the spread of their means. */
export function spreadOf(samples: readonly Sample[], measure: (voice: Voice) => number): number {
  const people = [...new Set(samples.map(({ who }) => who))];
  return spread(
    people.map((who) =>
      mean(samples.filter((one) => one.who === who).map(({ voice }) => measure(voice))),
    ),
  );
}

function row(voice: Voice): number[] {
  return [voice.logPitch, voice.pitchSpread, ...voice.logFormants, ...voice.cepstra];
}

const WINDOW = Float64Array.from(
  { length: FRAME_SAMPLES },
  (_, n) => 0.54 - 0.46 * Math.cos((2 * Math.PI * n) / (FRAME_SAMPLES - 1)),
);
const MEL_BINS = melBins();

/** Band edges: MEL_BANDS triangles between 60 Hz and 7.6 kHz, in bins. */
function melBins(): number[] {
  const mel = (hz: number) => 1127 * Math.log(1 + hz / 700);
  const [low, high] = [mel(60), mel(7600)];
  return Array.from({ length: MEL_BANDS + 2 }, (_, n) => {
    const hz = 700 * (Math.exp((low + ((high - low) * n) / (MEL_BANDS + 1)) / 1127) - 1);
    return (hz * FFT_SAMPLES) / RATE_HZ;
  });
}

/** Cepstra 1 to 16: the level is in none of them. */
function melCepstra(frame: Float32Array): number[] {
  const re = new Float64Array(FFT_SAMPLES);
  const im = new Float64Array(FFT_SAMPLES);
  for (let n = 0; n < FRAME_SAMPLES; n += 1) re[n] = WINDOW[n]! * frame[n]!;
  fft(re, im);
  const bands = Array.from({ length: MEL_BANDS }, (_, band) => {
    const [from, top, until] = [MEL_BINS[band]!, MEL_BINS[band + 1]!, MEL_BINS[band + 2]!];
    let power = 1e-10;
    for (let bin = Math.ceil(from); bin < until; bin += 1) {
      const weight = bin < top ? (bin - from) / (top - from) : (until - bin) / (until - top);
      power += weight * (re[bin]! ** 2 + im[bin]! ** 2);
    }
    return Math.log(power);
  });
  return Array.from({ length: CEPSTRA }, (_, k) =>
    bands.reduce(
      (sum, log, band) => sum + log * Math.cos((Math.PI * (k + 1) * (band + 0.5)) / MEL_BANDS),
      0,
    ),
  ).map((sum) => (2 * sum) / MEL_BANDS);
}

function columns(rows: readonly number[][]): number[][] {
  return rows[0]!.map((_, n) => rows.map((one) => one[n]!));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
