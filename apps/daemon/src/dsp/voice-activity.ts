/**
 * Whether somebody speaks, frame by frame: speech stands out of a noise floor, which is the quietest
 * of the last three seconds (after Martin, "Noise power spectral density estimation based on optimal
 * smoothing and minimum statistics", 2001, in one band). Where RNNoise runs, it must agree; on its
 * own it takes every third frame of a loud fan for a voice. Held on for 200 ms, through a stop.
 */
import { FRAME_MS } from './stage.js';

const HOLD_FRAMES = 200 / FRAME_MS;
const PROBABLE = 0.6;
const ABOVE_FLOOR_DB = 10;
/** Where RNNoise agrees, and has made the noise softer before. */
const ABOVE_FLOOR_AGREED_DB = 6;
/** Speech is louder than this, even that of a far microphone. */
const LEAST_DBFS = -60;
/** The floor is the lowest of so many windows of so many frames: 3 s. */
const WINDOWS = 6;
const WINDOW_FRAMES = 500 / FRAME_MS;
/** The floor before there was one: quiet, so that the first word counts. */
const FIRST_FLOOR_DBFS = -80;
/** Speech rises or falls by so much within so long, syllable by syllable; what was switched on not. */
const RANGE_DB = 6;
const RANGE_FRAMES = 400 / FRAME_MS;

export class VoiceActivity {
  #held = 0;
  #smooth: number | undefined;
  #frames = 0;
  #hasFloor = false;
  #window = 0;
  #lowest = Number.POSITIVE_INFINITY;
  readonly #recent = new Float64Array(RANGE_FRAMES);
  #noted = 0;
  readonly #lows = new Float64Array(WINDOWS).fill(Number.POSITIVE_INFINITY);

  get isSpeech(): boolean {
    return this.#held > 0;
  }

  /**
   * @param dbfs level of a frame
   * @param probability of voice in it, where something says so
   */
  note(dbfs: number, probability?: number): void {
    const before = this.#smooth ?? dbfs;
    const smooth = before + 0.4 * (dbfs - before);
    this.#smooth = smooth;
    if (this.#noted === 0) this.#recent.fill(smooth);
    this.#recent[this.#noted++ % RANGE_FRAMES] = smooth;
    const above = smooth - this.#floor(smooth);
    const isVoice =
      probability === undefined
        ? above > ABOVE_FLOOR_DB && this.#range() > RANGE_DB
        : above > ABOVE_FLOOR_AGREED_DB && probability > PROBABLE;
    if (isVoice && dbfs > LEAST_DBFS) this.#held = HOLD_FRAMES;
    else if (this.#held > 0) this.#held--;
  }

  #range(): number {
    let [least, most] = [this.#recent[0]!, this.#recent[0]!];
    for (const level of this.#recent) {
      if (level < least) least = level;
      else if (level > most) most = level;
    }
    return most - least;
  }

  #floor(smooth: number): number {
    this.#lowest = Math.min(this.#lowest, smooth);
    let floor = this.#hasFloor ? this.#lowest : FIRST_FLOOR_DBFS;
    for (const low of this.#lows) floor = Math.min(floor, low);
    if (++this.#frames === WINDOW_FRAMES) {
      this.#hasFloor = true;
      this.#lows[this.#window] = this.#lowest;
      this.#window = (this.#window + 1) % WINDOWS;
      this.#frames = 0;
      this.#lowest = Number.POSITIVE_INFINITY;
    }
    return floor;
  }
}
