/**
 * Sound at a rate that is almost its own, and changes all the time: 480 samples at 48 kHz become 480,
 * or now and then one more or fewer, so that a sound card that runs 300 ppm faster than another is
 * followed without a step in the delay.
 *
 *   input    · · · · · · · · ·│        a windowed sinc over the 16 samples on either side of each
 *   output    .  .  .  .  .  . │       place; the places are `ratio` apart, and nothing is restarted
 *                                      when that changes: the phase is continuous, so there is no click
 *
 * A table of 256 positions between two samples, and a line between the nearest two of them (Smith,
 * "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample/). The window is Kaiser's with
 * beta 8: a tone of up to 20 kHz comes out 79 dB or more above all that is wrong with it. The cut-off
 * stays at half the rate, since 1000 ppm fold nothing back below 23.9 kHz.
 *
 * SpeexDSP's resampler is not used: it delays by 24 samples at its quality 3 and by 40 at 5, and it
 * makes its table of filters anew (80 µs) whenever it is told another ratio, which is in every frame.
 */

/** Input samples on either side of an output's place. */
const HALF = 16;
const TAPS = 2 * HALF;
const PHASES = 256;
const KAISER_BETA = 8;
/** Ratios stay within 1 ± this. */
const MOST_OFF = 1e-3;

/** One row for each position, and one more for the end of the last. */
const ROWS = rows();

export class DriftResampler {
  /** The last `TAPS` samples of the frames before, then the frame. */
  readonly #samples: Float64Array;
  readonly #frame: number;
  /** Where the next output stands, in input samples from the start of `#samples`. */
  #place = TAPS;
  /** The most that a frame can become: `out` has as much room. */
  readonly mostSamples: number;

  /** @param frameSamples the most that come at once */
  constructor(frameSamples = 480) {
    this.#frame = frameSamples;
    this.#samples = new Float64Array(TAPS + frameSamples);
    this.mostSamples = Math.ceil(frameSamples / (1 - MOST_OFF)) + 1;
  }

  /**
   * How many input samples the next output stands before the end of all that came: the delay, to the
   * fraction of a sample. Between frames it is 15 to 16, 0.33 ms.
   */
  get delaySamples(): number {
    return TAPS - this.#place;
  }

  /**
   * Takes a frame, writes what it becomes to `out` and returns how many samples that are.
   * @param ratio input samples for each of output: above 1 the sound is shortened. Within 1 ± 0.001;
   *   what is further off is taken for the nearest of these
   */
  process(input: Int16Array, ratio: number, out: Int16Array): number {
    const length = input.length;
    if (length > this.#frame) throw new RangeError(`${length} samples for ${this.#frame}`);
    if (out.length < this.mostSamples) throw new RangeError(`room for ${out.length} samples only`);
    if (Number.isNaN(ratio)) throw new RangeError('a ratio that is no number');
    const step = Math.min(Math.max(ratio, 1 - MOST_OFF), 1 + MOST_OFF);
    const samples = this.#samples;
    samples.set(input, TAPS);

    let place = this.#place;
    let written = 0;
    // An output needs the `HALF` samples behind its place.
    for (const end = TAPS + length - HALF; place < end; place += step) {
      const before = Math.floor(place);
      const phase = (place - before) * PHASES;
      const row = Math.floor(phase);
      const part = phase - row;
      let at = before - HALF + 1;
      let near = 0;
      let far = 0;
      for (let tap = row * TAPS; tap < (row + 1) * TAPS; tap++) {
        const sample = samples[at++]!;
        near += sample * ROWS[tap]!;
        far += sample * ROWS[tap + TAPS]!;
      }
      const value = Math.round(near + (far - near) * part);
      out[written++] = Math.max(-32_768, Math.min(32_767, value));
    }
    this.#place = place - length;
    samples.copyWithin(0, length, length + TAPS);
    return written;
  }

  /** Another sound: what came before is forgotten. */
  restart(): void {
    this.#samples.fill(0);
    this.#place = TAPS;
  }
}

function rows(): Float64Array {
  const table = new Float64Array((PHASES + 1) * TAPS);
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) {
      // Distance, in samples, from the output's place to this tap's sample.
      const x = tap - (HALF - 1) - phase / PHASES;
      const value = sinc(x) * kaiser(x / HALF);
      table[phase * TAPS + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < TAPS; tap++) {
      table[phase * TAPS + tap] = table[phase * TAPS + tap]! / sum;
    }
  }
  return table;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Kaiser's window: 1 in the middle, next to nothing at -1 and 1. */
function kaiser(x: number): number {
  return bessel(KAISER_BETA * Math.sqrt(Math.max(0, 1 - x * x))) / bessel(KAISER_BETA);
}

/** The modified Bessel function of order 0, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
