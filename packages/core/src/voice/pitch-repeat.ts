/**
 * A guess at lost frames from what was heard before: the last pitch periods again and again. For
 * codecs without a guess of their own (PCM), after ITU-T G.711 Appendix I, at 48 kHz:
 *
 *   heard   … │  P3  │  P2  │  P1  │ lost: P1 P1 …, from 10 ms on P2 P1 P2 …, from 20 ms on P3 P2 P1 …
 *
 * One period alone would soon sound like a buzzer. The period is the lag of the greatest normalised
 * autocorrelation, from 2.5 to 15 ms, first at 4 kHz and then at the full rate, as in `Stretcher`.
 * What has no pitch is repeated as 45 ms at once, so that noise does not get one.
 *
 * No seam jumps: the first sample continues the last one (where they differ, the difference fades
 * within 2 ms), a loop's end fades over a quarter of a period into what came before its beginning,
 * and so do one loop into the next and the guess into the frame that returns. Appendix I delays all
 * sound by 3.75 ms to mend the first seam; this does not. It does not get softer either: `Fade` does that.
 */

/** 10 ms at 48 kHz. */
const FRAME = 480;
const COARSE_STEP = 12;
const LEAST_PERIOD = 120;
const MOST_PERIOD = 720;
const MOST_SEAM = MOST_PERIOD / 4;
const MOST_PERIODS = 3;
/** The longest loop, and what its end fades into. */
const HISTORY = MOST_PERIODS * MOST_PERIOD + MOST_SEAM;
/** Below this nothing repeats. */
const VOICED = 0.5;
/** A shorter lag that fits this little worse is the period, and the longer one its multiple. */
const AS_GOOD = 0.05;
/** The first seam, 2 ms. */
const JOIN = 96;
/** The fade into what returns: 4 ms, and 4 ms more for each 10 ms that were lost. */
const RETURN = 192;

export class PitchRepeat {
  /** What was heard last; the newest at the end. */
  readonly #history = new Int16Array(HISTORY);
  readonly #coarse = new Float64Array((2 * MOST_PERIOD) / COARSE_STEP);
  readonly #scores = new Float64Array(MOST_PERIOD / COARSE_STEP + 1);
  readonly #guess = new Int16Array(FRAME);

  /** Frames guessed in a row. */
  #guessed = 0;
  #period = MOST_PERIOD;
  #isVoiced = false;
  /** Samples of the loop, and where in it the next one is. */
  #loop = 0;
  #at = 0;

  /** A frame of 480 samples that arrived: the guess fades into it (in place) if one was lost. */
  hear(frame: Int16Array): void {
    check(frame);
    if (this.#guessed > 0) {
      const samples = Math.min(FRAME, RETURN * this.#guessed);
      this.#continue(this.#guess);
      for (let i = 0; i < samples; i++) {
        frame[i] = between(this.#guess[i]!, frame[i]!, (i + 1) / (samples + 1));
      }
      this.#guessed = 0;
    }
    this.#history.copyWithin(0, FRAME);
    this.#history.set(frame, HISTORY - FRAME);
  }

  /** Writes a guess at a frame that is not there. */
  conceal(out: Int16Array): void {
    check(out);
    this.#continue(out);
  }

  #continue(out: Int16Array): void {
    if (this.#guessed === 0) this.#begin();
    const periods = this.#isVoiced ? Math.min(this.#guessed + 1, MOST_PERIODS) : MOST_PERIODS;
    const loop = periods * this.#period;
    const old = this.#loop;
    const isLonger = this.#guessed > 0 && loop !== old;
    const seam = isLonger ? this.#period >> 2 : 0;
    let oldAt = this.#at;
    // In the longer loop at the same place of a period, its first.
    let at = isLonger ? oldAt % this.#period : oldAt;
    for (let i = 0; i < FRAME; i++) {
      const sample = this.#sample(loop, at);
      out[i] = i < seam ? between(this.#sample(old, oldAt), sample, (i + 1) / (seam + 1)) : sample;
      if (++at === loop) at = 0;
      if (++oldAt === old) oldAt = 0;
    }
    if (this.#guessed === 0) this.#join(out, loop);
    this.#loop = loop;
    this.#at = at;
    this.#guessed++;
  }

  #begin(): void {
    this.#loop = 0;
    this.#at = 0;
    this.#period = MOST_PERIOD;
    this.#isVoiced = false;
    const coarse = this.#coarseLag() * COARSE_STEP;
    const from = Math.max(LEAST_PERIOD, coarse - COARSE_STEP);
    const to = Math.min(MOST_PERIOD, coarse + COARSE_STEP);
    let best = VOICED;
    for (let lag = from; lag <= to; lag++) {
      const score = likeness(this.#history, HISTORY, lag, MOST_PERIOD);
      if (score <= best) continue;
      best = score;
      this.#period = lag;
      this.#isVoiced = true;
    }
  }

  /** The likeliest period of what was heard last, in samples of 4 kHz. */
  #coarseLag(): number {
    const coarse = this.#coarse;
    const most = MOST_PERIOD / COARSE_STEP;
    const least = LEAST_PERIOD / COARSE_STEP;
    const start = HISTORY - 2 * MOST_PERIOD;
    for (let i = 0; i < coarse.length; i++) {
      let sum = 0;
      for (let j = 0; j < COARSE_STEP; j++) sum += this.#history[start + i * COARSE_STEP + j]!;
      coarse[i] = sum;
    }
    let best = least;
    for (let lag = least; lag <= most; lag++) {
      this.#scores[lag] = likeness(coarse, coarse.length, lag, most);
      if (this.#scores[lag]! > this.#scores[best]!) best = lag;
    }
    const enough = this.#scores[best]! - AS_GOOD;
    for (let lag = least; lag < best; lag++) {
      if (this.#scores[lag]! >= enough && this.#scores[lag]! >= this.#scores[lag + 1]!) return lag;
    }
    return best;
  }

  /** A loop of the last `loop` samples that were heard, whose end fits its beginning. */
  #sample(loop: number, at: number): number {
    const index = HISTORY - loop + at;
    const seam = this.#period >> 2;
    const inSeam = at - (loop - seam);
    const sample = this.#history[index]!;
    if (inSeam < 0) return sample;
    return between(sample, this.#history[index - loop]!, (inSeam + 1) / seam);
  }

  /** Moves the beginning to where the last sample was, less and less. */
  #join(out: Int16Array, loop: number): void {
    const offset = this.#history[HISTORY - 1]! - this.#history[HISTORY - 1 - loop]!;
    for (let i = 0; i < JOIN; i++) {
      const moved = Math.round(out[i]! + offset * (1 - (i + 1) / (JOIN + 1)));
      out[i] = Math.max(-32_768, Math.min(32_767, moved));
    }
  }
}

function check(frame: Int16Array): void {
  if (frame.length !== FRAME) throw new RangeError(`a frame of ${frame.length} samples`);
}

function between(a: number, b: number, part: number): number {
  return Math.round(a + (b - a) * part);
}

/** Normalised correlation, -1 to 1, of the `length` samples before `end` with those `lag` earlier. */
function likeness(
  samples: Int16Array | Float64Array,
  end: number,
  lag: number,
  length: number,
): number {
  let product = 0;
  let later = 0;
  let earlier = 0;
  for (let i = end - length; i < end; i++) {
    const a = samples[i]!;
    const b = samples[i - lag]!;
    product += a * b;
    later += a * a;
    earlier += b * b;
  }
  return later > 0 && earlier > 0 ? product / Math.sqrt(later * earlier) : 0;
}
