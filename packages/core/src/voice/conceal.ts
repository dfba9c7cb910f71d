/**
 * What is heard in place of a lost frame: the last one again, fading to silence, and a fade-in
 * when sound returns.
 *
 *   good │ good │ 1 ╲ ½ │ ½ ╲ ¼ │ ¼ ╲ 0 │ silence … │ 0 ╱ 1 good │ good
 *                 lost    lost    lost
 */

/** Gains at the edges of the first, second … repeated frame; silence after the last. */
const GAINS = [1, 0.5, 0.25, 0];
/** The fade-in after a loss, in samples (5 ms at 16 kHz). */
const FADE_IN_SAMPLES = 80;

export class Concealer {
  readonly #last: Int16Array;
  #repeats = GAINS.length;

  /** @param frameSamples samples of one frame; every frame here has as many */
  constructor(frameSamples: number) {
    this.#last = new Int16Array(frameSamples);
  }

  /** A frame that arrived: remembered, and faded in (in place) if the one before was lost. */
  hear(frame: Int16Array): void {
    const gain = GAINS[this.#repeats];
    this.#last.set(frame);
    if (this.#repeats > 0) {
      const from = gain ?? 0;
      const samples = Math.min(FADE_IN_SAMPLES, frame.length);
      for (let i = 0; i < samples; i++) {
        frame[i] = frame[i]! * (from + ((1 - from) * i) / samples);
      }
    }
    this.#repeats = 0;
  }

  /** Writes what is heard instead of a frame that is not there. */
  conceal(frame: Int16Array): void {
    const from = GAINS[this.#repeats];
    const to = GAINS[this.#repeats + 1];
    if (from === undefined || to === undefined) {
      frame.fill(0);
      return;
    }
    const step = (to - from) / frame.length;
    for (let i = 0; i < frame.length; i++) frame[i] = this.#last[i]! * (from + step * i);
    this.#repeats++;
  }
}

/** Two frames in the time of one, `earlier` fading into `later`, written to `out` (may be either). */
export function merge(earlier: Int16Array, later: Int16Array, out: Int16Array): void {
  for (let i = 0; i < out.length; i++) {
    out[i] = earlier[i]! + ((later[i]! - earlier[i]!) * i) / out.length;
  }
}
