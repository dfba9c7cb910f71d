/**
 * From one sample rate to another by a polyphase FIR: a windowed sinc (Blackman, cut off just
 * below the lower rate's half), one row of coefficients for each position between two samples.
 * For codecs of 16 kHz, devices that do not open at 48 kHz and WAV files; chunks of any length, no
 * clicks between them. It delays by half its length, under 1.1 ms where either rate is 16 kHz.
 */

/** Zero crossings of the sinc on either side, at the lower of the two rates. */
const ZERO_CROSSINGS = 16;
/** The pass band ends here, as a share of half the lower rate. */
const PASS_BAND = 0.92;

export class Resampler {
  /** Output samples for every `#down` input samples, in lowest terms. */
  readonly #up: number;
  readonly #down: number;
  readonly #taps: number;
  /** `#up` rows of `#taps` coefficients. */
  readonly #rows: Float32Array;
  /** The last `#taps - 1` input samples, then the chunk. */
  #history: Float32Array;
  /** Where the next output stands, in `#up`ths of an input sample from the start of the chunk. */
  #position = 0;

  constructor(fromHz: number, toHz: number) {
    const common = gcd(fromHz, toHz);
    this.#up = toHz / common;
    this.#down = fromHz / common;
    const cutoff = (PASS_BAND * Math.min(fromHz, toHz)) / fromHz;
    const half = Math.ceil((ZERO_CROSSINGS * fromHz) / Math.min(fromHz, toHz));
    this.#taps = 2 * half;
    this.#rows = coefficients(this.#up, this.#taps, half, cutoff);
    this.#history = new Float32Array(this.#taps - 1);
  }

  /** How many samples the next `process` of `inputSamples` will give. */
  outputSamples(inputSamples: number): number {
    const span = inputSamples * this.#up - this.#position;
    return Math.max(0, Math.ceil(span / this.#down));
  }

  /** Resamples one chunk into `out` (at least `outputSamples` long); returns how many it wrote. */
  process(input: Int16Array, out: Int16Array): number {
    const kept = this.#taps - 1;
    const needed = kept + input.length;
    if (this.#history.length < needed) {
      const longer = new Float32Array(needed);
      longer.set(this.#history.subarray(0, kept));
      this.#history = longer;
    }
    const samples = this.#history;
    samples.set(input, kept);
    let written = 0;
    let position = this.#position;
    for (const end = input.length * this.#up; position < end; position += this.#down) {
      const at = Math.floor(position / this.#up);
      const row = (position % this.#up) * this.#taps;
      let sum = 0;
      for (let tap = 0; tap < this.#taps; tap++) sum += samples[at + tap]! * this.#rows[row + tap]!;
      out[written++] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
    }
    this.#position = position - input.length * this.#up;
    samples.copyWithin(0, input.length, needed);
    return written;
  }
}

/** A whole recording at another rate. */
export function resampleAll(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples;
  const resampler = new Resampler(fromHz, toHz);
  const out = new Int16Array(resampler.outputSamples(samples.length));
  resampler.process(samples, out);
  return out;
}

function coefficients(up: number, taps: number, half: number, cutoff: number): Float32Array {
  const rows = new Float32Array(up * taps);
  for (let phase = 0; phase < up; phase++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      // Distance, in input samples, from the output's place to this tap's sample.
      const x = tap - (half - 1) - phase / up;
      const value = sinc(cutoff * x) * blackman(x / half);
      rows[phase * taps + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap++) {
      rows[phase * taps + tap] = rows[phase * taps + tap]! / sum;
    }
  }
  return rows;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** 1 in the middle, 0 at -1 and 1. */
function blackman(x: number): number {
  if (Math.abs(x) >= 1) return 0;
  return 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
