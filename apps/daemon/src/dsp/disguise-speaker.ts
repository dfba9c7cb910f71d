/**
 * What the disguise knows of the speaker: means that forget, over the frames in which somebody speaks.
 * Nothing of it leaves the stage; it is what must be taken out of the voice.
 *
 * The formants are the first four peaks of the envelope in voiced frames. Single frames are often
 * wrong; the mean of some hundred says how long the vocal tract is, and how its parts are to each
 * other, which is what a listener and a machine know a speaker by besides the pitch (long-term formant
 * distributions: Nolan & Grigoras, "A case for formant analysis in forensic speaker identification",
 * 2005).
 */
import { COLOURS, colourOf, POINT_HZ, POINTS } from './disguise-envelope.js';

export const FORMANTS = 4;
/** Where a neutral voice has them on the average, and between what they are believed. */
export const NEUTRAL_HZ = [490, 1530, 2600, 3700] as const;
const LEAST_HZ = [200, 650, 1500, 2400] as const;
const MOST_HZ = [1150, 3000, 4000, 5300] as const;

/**
 * How far each wave strays from its mean in running speech: a curve through what our test voices have.
 * It matters for how natural it sounds and not for what it hides, as everybody is given the same.
 */
export const NEUTRAL_SPREADS = Array.from({ length: COLOURS }, (_, k) => 2.1 * (k + 1) ** -0.8);
/** Frames for which a spread is taken to be neutral, until more is known. */
const SPREAD_FRAMES = 30;

/** Frames after which the past is forgotten as fast as the present comes: 12 s of voice. */
const MEMORY_FRAMES = 1200;
/** Quieter than the loudest by so much is a pause; the loudest fades by 1 dB a second. */
const PAUSE_SHARE = 10 ** -3.5;
const FADE = 10 ** (-0.1 / 100);
/** Never speech: -70 dBFS. */
const NEVER_SPEECH = 1e-7;

export class Speaker {
  /** Natural logarithm of the pitch in Hz: its mean, and its spread about it. */
  logPitch = 0;
  #pitchVariance = 0.15 ** 2;
  /** Voiced frames, frames with four formants, frames of speech so far, up to the memory. */
  voiced = 0;
  shaped = 0;
  spoken = 0;
  /** Natural logarithms of the formants in Hz. */
  readonly logFormants = Float64Array.from(NEUTRAL_HZ, Math.log);
  /** The moved envelope's colour: the means of its waves, and the newest frame's. */
  readonly colour = new Float64Array(COLOURS);
  readonly colourNow = new Float64Array(COLOURS);
  readonly #colourVariance = Float64Array.from(NEUTRAL_SPREADS, (spread) => spread ** 2);
  #loudest = 0;
  readonly #found = new Float64Array(FORMANTS);

  get pitchSpread(): number {
    return Math.sqrt(this.#pitchVariance);
  }

  /** Whether a frame of this mean square is speech and no pause. */
  speaks(power: number): boolean {
    this.#loudest = Math.max(power, this.#loudest * FADE);
    return power > NEVER_SPEECH && power > this.#loudest * PAUSE_SHARE;
  }

  notePitch(hz: number): void {
    const log = Math.log(hz);
    if (this.voiced === 0) this.logPitch = log;
    this.voiced = Math.min(MEMORY_FRAMES, this.voiced + 1);
    const away = log - this.logPitch;
    // Another octave is mostly a mistake of the search: it counts for no more than half of one.
    this.logPitch += Math.max(-0.35, Math.min(0.35, away)) / this.voiced;
    this.#pitchVariance += (Math.min(0.25, away * away) - this.#pitchVariance) / (this.voiced + 50);
  }

  /** @param envelope of a voiced frame as it was spoken, logarithmic */
  noteFormants(envelope: Float64Array): void {
    let count = 0;
    for (let i = 2; i < POINTS - 1 && count < FORMANTS; i++) {
      const before = envelope[i - 1]!;
      const here = envelope[i]!;
      const after = envelope[i + 1]!;
      if (here <= before || here < after) continue;
      const hz = (i + (0.5 * (before - after)) / (before - 2 * here + after)) * POINT_HZ;
      if (hz < LEAST_HZ[count]!) continue;
      if (hz > MOST_HZ[count]!) return;
      this.#found[count++] = Math.log(hz);
    }
    if (count < FORMANTS) return;
    this.shaped = Math.min(MEMORY_FRAMES, this.shaped + 1);
    for (let i = 0; i < FORMANTS; i++) {
      this.logFormants[i]! += (this.#found[i]! - this.logFormants[i]!) / (this.shaped + 15);
    }
  }

  /** Reads the newest frame's colour off its envelope, moved but not coloured, logarithmic. */
  readColour(envelope: Float64Array): void {
    for (let k = 0; k < COLOURS; k++) this.colourNow[k] = colourOf(envelope, k);
  }

  /** Learns the colour that was read: the frame was speech. */
  noteColour(): void {
    this.spoken = Math.min(MEMORY_FRAMES, this.spoken + 1);
    for (let k = 0; k < COLOURS; k++) {
      const away = this.colourNow[k]! - this.colour[k]!;
      this.colour[k]! += away / this.spoken;
      this.#colourVariance[k]! +=
        (away * away - this.#colourVariance[k]!) / (this.spoken + SPREAD_FRAMES);
    }
  }

  /** How far wave `k` strays from its mean. */
  colourSpread(k: number): number {
    return Math.sqrt(this.#colourVariance[k]!);
  }
}
