/**
 * The background behind a voice, measured in its pauses, and noise that sounds like it: what is heard
 * where nothing came, so that the line does not seem dead (RFC 3389 sends such a model in packets; we
 * learn it from what arrives, and nothing has to be sent).
 *
 *   level  │   voice        voice  voice      a frame belongs to a pause if it is hardly louder than
 *          │  ╱▔▔▔╲  pause ╱▔▔╲_╱▔▔▔╲          the quietest 80 ms of the last 2 s (minimum statistics:
 *          │_╱     ╲______╱          ╲__       Martin, "Noise Power Spectral Density Estimation Based on
 *                                              Optimal Smoothing and Minimum Statistics", 2001)
 *
 * Its spectrum is a linear prediction of order 16 from the pauses' autocorrelation (Levinson and
 * Durbin): white noise through 1/A(z) has the background's level and colour. Chance is a xorshift
 * generator of its own (Marsaglia 2003), so that the same seed gives the same noise.
 */

/** 10 ms at 48 kHz. */
export const NOISE_FRAME = 480;
const ORDER = 16;
/** The last 2 s in tenths: the quietest place of each. */
const SPANS = 10;
const SPAN_FRAMES = 20;
/** A place is so many frames: one of low noise may be 5 dB quieter than the noise is. */
const SMOOTHED_FRAMES = 8;
/** 6 dB above the quietest place a frame is still of a pause: as noise varies. */
const PAUSE_RATIO = 4;
/** A pause's frame has this share of the average, once there were as many. */
const SHARE = 1 / 32;
/** Too little was heard before this to call anything a pause. */
const LEAST_FRAMES = 20;
/** Louder than -30 dBFS is no background, whoever talks without a pause. */
const MOST_MEAN_SQUARE = 2 ** 30 / 1e3;
/** -50 dB of white noise, as a floor under the spectrum: A(z) stays tame (white noise correction, as in RFC 3951 section 3.2.1). */
const WHITE = 1 + 1e-5;

export class ComfortNoise {
  readonly #window = new Float64Array(NOISE_FRAME);
  readonly #windowed = new Float64Array(NOISE_FRAME);
  readonly #recent = new Float64Array(SMOOTHED_FRAMES);
  #recentAt = 0;
  readonly #quietest = new Float64Array(SPANS).fill(Number.POSITIVE_INFINITY);
  #span = 0;
  #spanFrames = 0;
  #frames = 0;

  /** The pauses' autocorrelation, a sample; its first is their mean square. */
  readonly #mean = new Float64Array(ORDER + 1);
  readonly #latest = new Float64Array(ORDER + 1);
  #pauses = 0;

  /** A(z), and how loud the noise is that is put through its inverse. */
  readonly #prediction = new Float64Array(ORDER + 1);
  readonly #before = new Float64Array(ORDER + 1);
  #excitation = 0;
  #isStale = false;

  /** The last samples that were made, before their gain: a ring, twice, to be read in one piece. */
  readonly #made = new Float64Array(2 * ORDER);
  #at = 0;
  #state: number;

  /** @param seed any number; 0 is as good as another */
  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
    let energy = 0;
    for (let i = 0; i < NOISE_FRAME; i++) {
      const value = Math.sin((Math.PI * (i + 0.5)) / NOISE_FRAME) ** 2;
      this.#window[i] = value;
      energy += value * value;
    }
    const scale = Math.sqrt(1 / energy);
    for (let i = 0; i < NOISE_FRAME; i++) this.#window[i] = this.#window[i]! * scale;
  }

  /** Mean square of the background as it is taken to be now, 0 to 2^30; 0 before there was a pause. */
  get meanSquare(): number {
    return Math.min(this.#mean[0]!, MOST_MEAN_SQUARE);
  }

  /** A frame of 480 samples that arrived; never one that was made up. */
  hear(frame: Int16Array): void {
    if (frame.length !== NOISE_FRAME) throw new RangeError(`a frame of ${frame.length} samples`);
    for (let i = 0; i < NOISE_FRAME; i++) this.#windowed[i] = frame[i]! * this.#window[i]!;
    const meanSquare = correlation(this.#windowed, 0);
    const limit = PAUSE_RATIO * this.#noteQuietest(meanSquare);
    if (this.#mean[0]! > limit) this.#pauses = 0;
    if (meanSquare > limit || this.#frames < LEAST_FRAMES) return;

    this.#latest[0] = meanSquare;
    for (let lag = 1; lag <= ORDER; lag++) this.#latest[lag] = correlation(this.#windowed, lag);
    this.#pauses++;
    const share = Math.max(SHARE, 1 / this.#pauses);
    for (let lag = 0; lag <= ORDER; lag++) {
      this.#mean[lag] = this.#mean[lag]! + (this.#latest[lag]! - this.#mean[lag]!) * share;
    }
    this.#isStale = true;
  }

  /** Writes noise like the background, at `gain` times its level. */
  fill(frame: Int16Array, gain: number): void {
    frame.fill(0);
    this.mix(frame, gain, gain);
  }

  /** As `fill`, but adds it, its gain going from one to the other. */
  mix(frame: Int16Array, fromGain: number, toGain: number): void {
    if (this.#isStale) this.#predict();
    const step = (toGain - fromGain) / frame.length;
    for (let i = 0; i < frame.length; i++) {
      const sample = frame[i]! + this.#make() * (fromGain + step * i);
      frame[i] = Math.max(-32_768, Math.min(32_767, Math.round(sample)));
    }
  }

  /** Another speaker: what was learnt is forgotten. */
  restart(): void {
    this.#quietest.fill(Number.POSITIVE_INFINITY);
    this.#spanFrames = 0;
    this.#frames = 0;
    this.#pauses = 0;
    this.#mean.fill(0);
    this.#made.fill(0);
    this.#isStale = true;
  }

  /** The quietest place of the last 2 s. */
  #noteQuietest(meanSquare: number): number {
    this.#recent[this.#recentAt] = meanSquare;
    this.#recentAt = (this.#recentAt + 1) % SMOOTHED_FRAMES;
    if (this.#frames < LEAST_FRAMES) this.#frames++;
    if (this.#frames < SMOOTHED_FRAMES) return Number.POSITIVE_INFINITY;
    let smoothed = 0;
    for (let i = 0; i < SMOOTHED_FRAMES; i++) smoothed += this.#recent[i]! / SMOOTHED_FRAMES;
    if (this.#spanFrames === SPAN_FRAMES) {
      this.#span = (this.#span + 1) % SPANS;
      this.#spanFrames = 0;
      this.#quietest[this.#span] = smoothed;
    }
    this.#spanFrames++;
    this.#quietest[this.#span] = Math.min(this.#quietest[this.#span]!, smoothed);
    let quietest = smoothed;
    for (let i = 0; i < SPANS; i++) quietest = Math.min(quietest, this.#quietest[i]!);
    return quietest;
  }

  /** Levinson and Durbin: A(z) from the autocorrelation. */
  #predict(): void {
    this.#isStale = false;
    const a = this.#prediction;
    a.fill(0);
    let error = this.#mean[0]! * WHITE;
    if (error <= 0) {
      this.#excitation = 0;
      return;
    }
    for (let order = 1; order <= ORDER; order++) {
      let sum = this.#mean[order]!;
      for (let i = 1; i < order; i++) sum += a[i]! * this.#mean[order - i]!;
      const reflection = -sum / error;
      this.#before.set(a);
      for (let i = 1; i < order; i++) {
        a[i] = this.#before[i]! + reflection * this.#before[order - i]!;
      }
      a[order] = reflection;
      error *= 1 - reflection * reflection;
    }
    // What is louder than a background may be gets its colour, at the level of the loudest.
    const gain = this.meanSquare / this.#mean[0]!;
    // An even spread from -1 to 1 has a mean square of 1/3.
    this.#excitation = Math.sqrt(3 * error * gain);
  }

  #make(): number {
    let sample = this.#excitation * this.#chance();
    const made = this.#made;
    const prediction = this.#prediction;
    const end = this.#at + ORDER;
    for (let i = 1; i <= ORDER; i++) sample -= prediction[i]! * made[end - i]!;
    made[this.#at] = sample;
    made[end] = sample;
    this.#at = (this.#at + 1) % ORDER;
    return sample;
  }

  /** -1 to 1. */
  #chance(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state / 2 ** 31 - 1;
  }
}

function correlation(samples: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < samples.length; i++) sum += samples[i]! * samples[i - lag]!;
  return sum;
}
