/**
 * The spectral envelope of a frame, moved along the frequency axis and coloured: from a predictor's
 * power spectrum by way of a warped one back to a predictor.
 *
 *   a1 .. aP ──► 1/|A(f)|² ──► at the warped frequencies, times a colour ──► autocorrelation ──► k1 .. kP
 *
 * McAdams' coefficient (Patino et al., "Speaker anonymisation using the McAdams coefficient",
 * Interspeech 2021) raises the angle of each pole to a power; this does to the whole envelope what
 * that does to its poles, for any rising curve, without looking for roots, and what comes of it is
 * stable by construction. The power of the frame stays what it was.
 */
import { levinson } from './lpc.js';

export const ORDER = 18;
/** Points of an envelope, from 0 to half the rate, both with it. */
export const POINTS = 257;
export const POINT_HZ = 8000 / (POINTS - 1);
/** Waves that a colour is made of. */
export const COLOURS = 16;

/** COSINES[k][i] = cos(k · π · i / (POINTS - 1)). */
const COSINES = Array.from({ length: ORDER + 1 }, (_, k) =>
  Float64Array.from({ length: POINTS }, (_, i) => Math.cos((Math.PI * k * i) / (POINTS - 1))),
);

export class Envelope {
  /** Natural logarithm of the power at each point, about its mean over the points. */
  readonly log = new Float64Array(POINTS);
  readonly #products = new Float64Array(ORDER + 1);
  readonly #sum = new Float64Array(POINTS);
  readonly #warped = new Float64Array(POINTS);
  readonly #autocorrelation = new Float64Array(ORDER + 1);
  readonly #coefficients = new Float64Array(ORDER);

  /** Mean of the logarithms before it was taken out. */
  #level = 0;

  /** Reads a predictor into `log`. */
  read(coefficients: Float64Array): void {
    for (let lag = 0; lag <= ORDER; lag++) {
      let sum = lag === 0 ? 1 : coefficients[lag - 1]!;
      for (let i = 0; i + lag < ORDER; i++) {
        if (lag === 0) sum += coefficients[i]! ** 2;
        else sum += coefficients[i]! * coefficients[i + lag]!;
      }
      this.#products[lag] = sum;
    }
    this.#sum.fill(this.#products[0]!);
    for (let lag = 1; lag <= ORDER; lag++) addCosine(this.#sum, lag, 2 * this.#products[lag]!);
    let mean = 0;
    for (let i = 0; i < POINTS; i++) {
      this.log[i] = -Math.log(Math.max(this.#sum[i]!, 1e-7));
      mean += this.log[i]!;
    }
    mean /= POINTS;
    this.#level = mean;
    for (let i = 0; i < POINTS; i++) this.log[i]! -= mean;
  }

  /** Reads `log` at `points` (fractions allowed) into `out`: the envelope, moved. */
  warp(points: Float64Array, out: Float64Array): void {
    for (let i = 0; i < POINTS; i++) {
      const at = points[i]!;
      const whole = Math.min(POINTS - 2, Math.floor(at));
      const below = this.log[whole]!;
      out[i] = below + (at - whole) * (this.log[whole + 1]! - below);
    }
  }

  /**
   * The predictor of an envelope, given as the logarithm of its power.
   *
   * @param wayOut what the power at each point is multiplied by before it is heard
   * @returns the gain with which the residual of what was read is heard as loud as it was
   */
  predictor(log: Float64Array, wayOut: Float64Array, reflections: Float64Array): number {
    let spoken = 0;
    let moved = 0;
    for (let i = 0; i < POINTS; i++) {
      this.#warped[i] = Math.exp(log[i]!);
      spoken += Math.exp(this.log[i]!) * wayOut[i]!;
      moved += this.#warped[i]! * wayOut[i]!;
    }
    // Halved, as a cosine's share of a curve is twice its mean.
    for (let lag = 0; lag <= ORDER; lag++) {
      this.#autocorrelation[lag] = 0.5 * cosine(this.#warped, lag);
    }
    const power = this.#autocorrelation[0]!;
    // A floor of white noise 50 dB down: no formant rings on its own.
    this.#autocorrelation[0] = power * (1 + 1e-5);
    const share = levinson(this.#autocorrelation, reflections, this.#coefficients);
    return Math.sqrt((Math.exp(this.#level) * spoken * share * power) / moved);
  }
}

function cosine(curve: Float64Array, k: number): number {
  const wave = COSINES[k]!;
  let sum = 0.5 * (curve[0]! + wave[POINTS - 1]! * curve[POINTS - 1]!);
  for (let i = 1; i < POINTS - 1; i++) sum += wave[i]! * curve[i]!;
  return (2 * sum) / (POINTS - 1);
}

function addCosine(curve: Float64Array, k: number, factor: number): void {
  const wave = COSINES[k]!;
  for (let i = 0; i < POINTS; i++) curve[i]! += factor * wave[i]!;
}

/**
 * A colour is a curve of as many cosine waves over the mel scale, finer below than above, as the ear
 * is: the mel cepstrum, by which machines know speakers too.
 */
const MELS = Float64Array.from({ length: POINTS }, (_, i) => mel(i * POINT_HZ) / mel(8000));
const WAVES = Array.from({ length: COLOURS }, (_, k) =>
  MELS.map((at) => Math.cos(Math.PI * (k + 1) * at)),
);
/** The waves times the width of a point on the mel scale. */
const READERS = WAVES.map((wave) =>
  wave.map((value, i) => value * ((MELS[i + 1] ?? 1) - (MELS[i - 1] ?? 0))),
);

function mel(hz: number): number {
  return Math.log(1 + hz / 700);
}

/** The share of wave `k`, 0 to COLOURS - 1, in a curve. */
export function colourOf(curve: Float64Array, k: number): number {
  const reader = READERS[k]!;
  let sum = 0;
  for (let i = 0; i < POINTS; i++) sum += reader[i]! * curve[i]!;
  return sum;
}

export function addColour(curve: Float64Array, k: number, share: number): void {
  const wave = WAVES[k]!;
  for (let i = 0; i < POINTS; i++) curve[i]! += share * wave[i]!;
}
