/**
 * How long the voice's period is just now: the lag of the greatest normalised autocorrelation over
 * the last 30 ms, first at 4 kHz, where every lag is cheap, then around that one at 16 kHz, with a
 * parabola for the part of a sample. Of lags that fit nearly as well the shortest is taken, so that
 * a period is not called two; a lag near the speaker's own mean is given the benefit of the doubt.
 */

/** Samples at 16 kHz in one of the first search. */
const STEP = 4;
/** 444 Hz and 66 Hz at 4 kHz. */
const LEAST_COARSE = 9;
const MOST_COARSE = 60;
const HALF = MOST_COARSE;
/** The samples that an estimate looks at: two of the longest periods. */
export const PITCH_WINDOW = 2 * MOST_COARSE * STEP;
/** A voice begins above the first and goes on above the second. */
const VOICED_FROM = 0.62;
const VOICED_ON = 0.45;
const AS_GOOD = 0.9;
/** What an octave away from the speaker's mean costs a lag. */
const OCTAVE_COST = 0.12;

export class PitchTracker {
  readonly #coarse = new Float64Array(2 * HALF);
  readonly #scores = new Float64Array(MOST_COARSE + 2);
  #isVoiced = false;

  /**
   * @param samples the newest `PITCH_WINDOW` at 16 kHz
   * @param meanPeriod the speaker's, in samples; 0 if it is not known
   * @returns the period in samples, 0 where there is no voice
   */
  track(samples: Float64Array, meanPeriod: number): number {
    let energy = 0;
    for (let i = 0; i < 2 * HALF; i++) {
      let sum = 0;
      for (let j = 0; j < STEP; j++) sum += samples[STEP * i + j]!;
      this.#coarse[i] = sum;
      energy += sum * sum;
    }
    if (energy < 1e-7) {
      this.#isVoiced = false;
      return 0;
    }
    const lag = this.#coarseLag(meanPeriod / STEP);
    this.#isVoiced = this.#scores[lag]! > (this.#isVoiced ? VOICED_ON : VOICED_FROM);
    return this.#isVoiced ? refined(samples, lag * STEP) : 0;
  }

  #coarseLag(mean: number): number {
    const scores = this.#scores;
    let best = LEAST_COARSE;
    let most = 0;
    for (let lag = LEAST_COARSE; lag <= MOST_COARSE; lag++) {
      scores[lag] = likeness(this.#coarse, HALF, lag, HALF, 1);
      if (weighed(scores[lag]!, lag, mean) > most) {
        most = weighed(scores[lag]!, lag, mean);
        best = lag;
      }
    }
    for (let lag = LEAST_COARSE + 1; lag < best; lag++) {
      const isPeak = scores[lag]! >= scores[lag - 1]! && scores[lag]! >= scores[lag + 1]!;
      if (isPeak && weighed(scores[lag]!, lag, mean) >= AS_GOOD * most) return lag;
    }
    return best;
  }
}

function weighed(score: number, lag: number, mean: number): number {
  return mean > 0 ? score - OCTAVE_COST * Math.abs(Math.log2(lag / mean)) : score;
}

/** The lag within a coarse one of `around` that fits best, with its fraction. */
function refined(samples: Float64Array, around: number): number {
  const middle = PITCH_WINDOW / 2;
  const length = PITCH_WINDOW / 2;
  let best = around;
  let most = -1;
  for (let lag = around - STEP; lag <= around + STEP && lag <= middle; lag++) {
    const score = likeness(samples, middle, lag, length, 2);
    if (score <= most) continue;
    most = score;
    best = lag;
  }
  if (best >= middle) return best;
  const before = likeness(samples, middle, best - 1, length, 2);
  const after = likeness(samples, middle, best + 1, length, 2);
  const curve = before - 2 * most + after;
  if (curve >= 0) return best;
  return best + Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / curve));
}

/** Normalised correlation of `length` samples from `middle` on with those `lag` before them. */
function likeness(
  samples: Float64Array,
  middle: number,
  lag: number,
  length: number,
  stride: number,
): number {
  let product = 0;
  let later = 0;
  let earlier = 0;
  for (let i = middle; i < middle + length; i += stride) {
    const a = samples[i]!;
    const b = samples[i - lag]!;
    product += a * b;
    later += a * a;
    earlier += b * b;
  }
  return later > 0 && earlier > 0 ? product / Math.sqrt(later * earlier) : 0;
}
