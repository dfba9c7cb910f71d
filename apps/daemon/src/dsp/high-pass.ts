/**
 * Takes out what lies below speech: mains hum, traffic, steps, the thump of a hand on the desk. It
 * eats the headroom of everything after it and is never voice. Butterworth of second order, -3 dB
 * at 80 Hz, 12 dB an octave, by the bilinear transform (Bristow-Johnson, "Cookbook formulae for
 * audio equalizer biquad filter coefficients", with Q = 1/√2); transposed direct form II.
 */
import { RATE_HZ, type Stage } from './stage.js';

const CUTOFF_HZ = 80;
/** States smaller than this are nothing: denormal numbers would make silence slow. */
const NOTHING = 1e-20;

export class HighPass implements Stage {
  /** A filter without look-ahead; at 300 Hz its group delay is under 0.3 ms. */
  readonly delayMs = 0;
  readonly #b0: number;
  readonly #b1: number;
  readonly #a1: number;
  readonly #a2: number;
  #s1 = 0;
  #s2 = 0;

  constructor(cutoffHz = CUTOFF_HZ) {
    const w = (2 * Math.PI * cutoffHz) / RATE_HZ;
    const alpha = Math.sin(w) / Math.SQRT2;
    const a0 = 1 + alpha;
    // b2 is b0.
    this.#b0 = (1 + Math.cos(w)) / 2 / a0;
    this.#b1 = -2 * this.#b0;
    this.#a1 = (-2 * Math.cos(w)) / a0;
    this.#a2 = (1 - alpha) / a0;
  }

  process(frame: Float32Array): void {
    let s1 = this.#s1;
    let s2 = this.#s2;
    for (let i = 0; i < frame.length; i++) {
      const x = frame[i]!;
      const y = this.#b0 * x + s1;
      s1 = this.#b1 * x - this.#a1 * y + s2;
      s2 = this.#b0 * x - this.#a2 * y;
      frame[i] = y;
    }
    this.#s1 = Math.abs(s1) < NOTHING ? 0 : s1;
    this.#s2 = Math.abs(s2) < NOTHING ? 0 : s2;
  }
}
