/**
 * Sound made shorter or longer by one pitch period, so that a jitter buffer can work off delay or
 * build it up without dropping a word and without a change of pitch.
 *
 *   samples   │   A   ├ period P ┤ period Q │   B   │      P ends, and Q begins, in the middle
 *   shorter   │   A   │  P ╲ Q   │   B   │                P fades into Q
 *   longer    │   A   ├ period P ┤  Q ╲ P   │ period Q │   B   │
 *
 * Every seam joins samples that were neighbours before, and the first and last sample stay, so the
 * stretch fits between its neighbours. P and Q are alike in voiced speech, so their cross-fade
 * (linear, since they are in phase) is neither louder nor softer. Where they are not alike, the
 * sound is left as it is, unless it is quiet: nobody hears a seam there.
 *
 * The period is the lag of the greatest normalised autocorrelation, sought from 2.5 to 15 ms
 * (400 to 67 Hz): first at 4 kHz, where every lag is cheap, then around that one at the full rate.
 * Of lags that fit equally well the shortest is taken: one period, not two.
 *
 * After WSOLA (Verhelst & Roelands, "An overlap-add technique based on waveform similarity",
 * ICASSP 1993), used as WebRTC's NetEq uses it to accelerate and to expand; nothing is copied.
 */
import { meanSquare } from './level.js';

/** The rate of the first search. */
const COARSE_HZ = 4000;
/** 2.5 ms and 15 ms at that rate. */
const LEAST_LAG_COARSE = 10;
const MOST_LAG_COARSE = 60;
/** From here on two periods count as alike. */
const ALIKE = 0.9;
/** A shorter lag that fits this little worse is the period, and the longer one its multiple. */
const AS_GOOD = 0.02;
/** Below this (-60 dBFS) a sound is quiet. */
const QUIET_MEAN_SQUARE = 2 ** 30 / 1e6;

export class Stretcher {
  /** Samples of the full rate in one of the first search. */
  readonly #step: number;
  readonly #coarse = new Float64Array(2 * MOST_LAG_COARSE);
  /** How alike the halves are, by lag in coarse samples. */
  readonly #scores = new Float64Array(MOST_LAG_COARSE + 1);
  /** The most samples a call removes or adds: 15 ms. `lengthen` needs so much more room. */
  readonly mostSamples: number;

  /** @param rateHz samples a second, a multiple of 4000 */
  constructor(rateHz: number) {
    if (!(rateHz >= COARSE_HZ && rateHz % COARSE_HZ === 0)) {
      throw new RangeError(`a stretcher for ${rateHz} Hz`);
    }
    this.#step = rateHz / COARSE_HZ;
    this.mostSamples = MOST_LAG_COARSE * this.#step;
  }

  /**
   * Writes `samples` less one period to `out` and returns the samples written: as many as came if
   * they are left alone. 30 ms are enough for every period; of fewer only shorter ones are found,
   * and under 5 ms none. Both arrays stay the caller's; `out` may be `samples`, or begin with it.
   */
  shorten(samples: Int16Array, out: Int16Array): number {
    const length = samples.length;
    if (out.length < length) throw new RangeError(`${out.length} samples of room for ${length}`);
    const period = this.#period(samples);
    const middle = length >> 1;
    const seam = middle - period;
    for (let i = 0; i < seam; i++) out[i] = samples[i]!;
    for (let i = 0; i < period; i++) {
      out[seam + i] = between(samples[seam + i]!, samples[middle + i]!, i / period);
    }
    for (let i = middle + period; i < length; i++) out[i - period] = samples[i]!;
    return length - period;
  }

  /** As `shorten`, but plus one period: `out` has room for `mostSamples` more than came. */
  lengthen(samples: Int16Array, out: Int16Array): number {
    const length = samples.length;
    const room = length + this.mostSamples;
    if (out.length < room) throw new RangeError(`${out.length} samples of room for ${room}`);
    const period = this.#period(samples);
    const middle = length >> 1;
    // From the end, so that nothing is overwritten that is still to be read.
    for (let i = length - 1; i >= middle; i--) out[i + period] = samples[i]!;
    for (let i = period - 1; i >= 0; i--) {
      out[middle + i] = between(samples[middle + i]!, samples[middle - period + i]!, i / period);
    }
    for (let i = middle - 1; i >= 0; i--) out[i] = samples[i]!;
    return length + period;
  }

  /** Samples of the period around the middle, or 0 if there is none that could be cut out. */
  #period(samples: Int16Array): number {
    const middle = samples.length >> 1;
    const step = this.#step;
    const mostCoarse = Math.min(MOST_LAG_COARSE, Math.floor(middle / step));
    if (mostCoarse < LEAST_LAG_COARSE) return 0;
    const most = mostCoarse * step;
    if (meanSquare(samples) < QUIET_MEAN_SQUARE) return most;

    const around = this.#coarseLag(samples, middle - most, mostCoarse) * step;
    const from = Math.max(LEAST_LAG_COARSE * step, around - step);
    const to = Math.min(most, around + step);
    let period = 0;
    let best = ALIKE;
    for (let lag = from; lag <= to; lag++) {
      const score = likeness(samples, middle, lag, most);
      if (score <= best) continue;
      best = score;
      period = lag;
    }
    return period;
  }

  /** The likeliest period in coarse samples, in the `2 * most` of them that begin at `start`. */
  #coarseLag(samples: Int16Array, start: number, most: number): number {
    const step = this.#step;
    for (let i = 0; i < 2 * most; i++) {
      let sum = 0;
      for (let j = 0; j < step; j++) sum += samples[start + i * step + j]!;
      this.#coarse[i] = sum;
    }
    let best = LEAST_LAG_COARSE;
    for (let lag = LEAST_LAG_COARSE; lag <= most; lag++) {
      this.#scores[lag] = likeness(this.#coarse, most, lag, most);
      if (this.#scores[lag]! > this.#scores[best]!) best = lag;
    }
    const enough = this.#scores[best]! - AS_GOOD;
    for (let lag = LEAST_LAG_COARSE; lag < best; lag++) {
      // As good, and the next no better: a peak, and not the slope up to one.
      if (this.#scores[lag]! >= enough && this.#scores[lag]! >= this.#scores[lag + 1]!) return lag;
    }
    return best;
  }
}

/** From `a` to `b` as `part` goes from 0 to 1: never beyond either, so it fits where they fit. */
function between(a: number, b: number, part: number): number {
  return Math.round(a + (b - a) * part);
}

/** Normalised correlation, -1 to 1, of `length` samples from `middle` with those `lag` before. */
function likeness(
  samples: Int16Array | Float64Array,
  middle: number,
  lag: number,
  length: number,
): number {
  let product = 0;
  let later = 0;
  let earlier = 0;
  for (let i = middle; i < middle + length; i++) {
    const a = samples[i]!;
    const b = samples[i - lag]!;
    product += a * b;
    later += a * a;
    earlier += b * b;
  }
  return later > 0 && earlier > 0 ? product / Math.sqrt(later * earlier) : 0;
}
