/**
 * Keeps peaks below full scale without bending them: the gain goes down before the peak is there.
 *
 *   wanted    ▔▔▔▔▔╲▁╱▔▔▔▔▔   what each sample alone wants: ceiling / |sample|, at most 1
 *   lowest    ▔▔╲▁▁▁▁▁▁╱▔▔▔   the lowest wanted of the last 1 ms
 *   mean      ▔▔▔╲__▁▁▁__╱▔   its mean over the last 1 ms, for the sample of 1 ms ago
 *
 * Every lowest in that mean saw the sample of 1 ms ago, so the mean is no higher than it wants.
 */
import { RATE_HZ, type Stage } from './stage.js';

const AHEAD_SAMPLES = RATE_HZ / 1000;
const WINDOW = AHEAD_SAMPLES + 1;
/** -0.2 dBFS: room for the rounding to 16 bits, and for what a codec adds. */
export const CEILING = 0.977;
/** The way back to 1, time constant 60 ms. */
const RECOVERY = 1 - Math.exp(-1 / (0.06 * RATE_HZ));
/** So close to 1 that nobody can tell. */
const ALMOST = 1 - 1e-4;

export class Limiter implements Stage {
  readonly delayMs = (1000 * AHEAD_SAMPLES) / RATE_HZ;
  /** Rings of the last WINDOW samples and of what they wanted. */
  readonly #samples = new Float32Array(WINDOW);
  readonly #wanted = new Float64Array(WINDOW).fill(1);
  readonly #lowest = new Float64Array(WINDOW).fill(1);
  #at = 0;
  #sum = WINDOW;
  #low = 1;
  /** Samples for which `#low` may not rise: until the one that wanted it has left the window. */
  #hold = 0;
  /** Samples since anything was above the ceiling. */
  #untouched = 0;

  process(frame: Float32Array): void {
    let peak = 0;
    for (let i = 0; i < frame.length; i++) peak = Math.max(peak, Math.abs(frame[i]!));
    if (peak <= CEILING && this.#untouched > WINDOW) this.#delay(frame);
    else for (let i = 0; i < frame.length; i++) frame[i] = this.#limit(frame[i]!);
  }

  /** As `#limit` with a gain of 1. */
  #delay(frame: Float32Array): void {
    let at = this.#at;
    for (let i = 0; i < frame.length; i++) {
      this.#samples[at] = frame[i]!;
      at = at + 1 === WINDOW ? 0 : at + 1;
      frame[i] = this.#samples[at]!;
    }
    this.#at = at;
    // What rounding has left in it over a long peak.
    this.#sum = WINDOW;
  }

  #limit(sample: number): number {
    const at = this.#at;
    const magnitude = Math.abs(sample);
    const wanted = magnitude > CEILING ? CEILING / magnitude : 1;
    this.#samples[at] = sample;
    this.#wanted[at] = wanted;
    if (wanted <= this.#low) {
      this.#low = wanted;
      this.#hold = WINDOW;
    } else if (--this.#hold <= 0) {
      this.#recover();
    }
    this.#untouched = this.#low < 1 ? 0 : this.#untouched + 1;
    this.#sum += this.#low - this.#lowest[at]!;
    this.#lowest[at] = this.#low;
    this.#at = at + 1 === WINDOW ? 0 : at + 1;
    return this.#samples[this.#at]! * Math.min(1, this.#sum / WINDOW);
  }

  /** Towards 1, but never above what a sample that is still in the window wanted. */
  #recover(): void {
    const up = this.#low + RECOVERY * (1 - this.#low);
    let most = up > ALMOST ? 1 : up;
    if (most < 1 || this.#untouched <= WINDOW) {
      for (let i = 0; i < WINDOW; i++) most = Math.min(most, this.#wanted[i]!);
    }
    this.#low = most;
  }
}
