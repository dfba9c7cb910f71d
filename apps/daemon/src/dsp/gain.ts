/**
 * Automatic gain: brings whoever speaks to one level, slowly, so that neither a far microphone nor a
 * near one makes the other side reach for the volume. Only speech is measured and only speech moves
 * the gain: in a pause it stays where it was, and noise is not brought up. A limiter comes last.
 *
 * The level is the mean power of frames that are voice, as in ITU-T P.56 (active speech level), but
 * running, with a time constant of 1.5 s.
 */
import { Limiter } from './limiter.js';
import { FRAME_MS, type Stage } from './stage.js';

/** 3 dB above the -26 dBov at which ITU-T P.830 has codecs tested: computers are quieter. */
export const TARGET_DBFS = -23;
const MOST_DB = 24;
const LEAST_DB = -15;
/** dB a second. Too loud is worse than too soft. */
const UP_DB_PER_S = 4;
const DOWN_DB_PER_S = 12;
/** The weight of a frame in the running level. */
const WEIGHT = FRAME_MS / 1500;
/** Not moved for less: between words of one voice there is as much. */
const DEAD_BAND_DB = 1;
/** Under -60 dBFS it is nobody's voice, whatever the detector says. */
const LEAST_POWER = 1e-6;

export class AutoGain implements Stage {
  readonly delayMs: number;
  readonly #limiter = new Limiter();
  readonly #isVoice: () => boolean;
  #voiceFrames = 0;
  /** Mean square of speech before the gain. */
  #power = 0;
  #gainDb = 0;
  /** The gain of the last sample. */
  #factor = 1;

  /** @param isVoice whether the frame about to be processed is speech */
  constructor(isVoice: () => boolean) {
    this.#isVoice = isVoice;
    this.delayMs = this.#limiter.delayMs;
  }

  /** In dB, now, without what the limiter takes. */
  get gainDb(): number {
    return this.#gainDb;
  }

  process(frame: Float32Array): void {
    if (this.#isVoice()) this.#follow(frame);
    const until = 10 ** (this.#gainDb / 20);
    const step = (until - this.#factor) / frame.length;
    let factor = this.#factor;
    for (let i = 0; i < frame.length; i++) {
      factor += step;
      frame[i] = frame[i]! * factor;
    }
    this.#factor = until;
    this.#limiter.process(frame);
  }

  #follow(frame: Float32Array): void {
    let power = 0;
    for (let i = 0; i < frame.length; i++) power += frame[i]! * frame[i]!;
    power /= frame.length;
    if (power < LEAST_POWER) return;
    this.#voiceFrames++;
    // A mean of all frames until there are enough for a running one: the first word counts.
    this.#power += Math.max(WEIGHT, 1 / this.#voiceFrames) * (power - this.#power);
    const wanted = TARGET_DBFS - 10 * Math.log10(this.#power);
    const apart = Math.max(LEAST_DB, Math.min(MOST_DB, wanted)) - this.#gainDb;
    if (Math.abs(apart) < DEAD_BAND_DB) return;
    const up = (UP_DB_PER_S * FRAME_MS) / 1000;
    const down = (DOWN_DB_PER_S * FRAME_MS) / 1000;
    this.#gainDb += Math.max(-down, Math.min(up, apart));
  }
}
