/**
 * 48 kHz down to 16 and back: the disguise works on the band in which speech is, and what lies above
 * 8 kHz, where a speaker's own hiss and microphone are, does not go out at all.
 *
 * One low-pass for both ways: a windowed sinc (Kaiser, -60 dB from 8.4 kHz on), run in polyphase, so
 * nothing is computed that would be thrown away or multiplied by nought.
 */

export const RATIO = 3;
/** A multiple of the ratio, so that every phase of the way up has as many. */
const TAPS = 120;
const CUTOFF_HZ = 7500;
const RATE_HZ = 48_000;
const KAISER_BETA = 5.7;

/** What one way delays, in samples at 48 kHz; half a sample more than whole, twice a whole number. */
export const RATE_DELAY_SAMPLES = (TAPS - 1) / 2;

export class Down {
  readonly #line = new Float64Array(2 * TAPS);
  #at = 0;

  /** Writes a third as many samples to `out`. */
  process(input: Float32Array, out: Float64Array): void {
    const line = this.#line;
    for (let i = 0; i < input.length; i++) {
      // Written twice, so that the last TAPS samples always lie in one piece.
      line[this.#at] = line[this.#at + TAPS] = input[i]!;
      this.#at = (this.#at + 1) % TAPS;
      if ((i + 1) % RATIO !== 0) continue;
      let sum = 0;
      for (let tap = 0; tap < TAPS; tap++) sum += FILTER[tap]! * line[this.#at + tap]!;
      out[(i - 2) / RATIO] = sum;
    }
  }
}

const PHASE_TAPS = TAPS / RATIO;

export class Up {
  readonly #line = new Float64Array(2 * PHASE_TAPS);
  #at = 0;

  /** Writes three times as many samples to `out`, none of them beyond ±1. */
  process(input: Float64Array, out: Float32Array): void {
    const line = this.#line;
    for (let i = 0; i < input.length; i++) {
      line[this.#at] = line[this.#at + PHASE_TAPS] = input[i]!;
      this.#at = (this.#at + 1) % PHASE_TAPS;
      for (let phase = 0; phase < RATIO; phase++) {
        let sum = 0;
        for (let tap = 0; tap < PHASE_TAPS; tap++) {
          sum += FILTER[RATIO * tap + RATIO - 1 - phase]! * line[this.#at + tap]!;
        }
        out[RATIO * i + phase] = Math.max(-1, Math.min(1, RATIO * sum));
      }
    }
  }
}

const FILTER = lowPass();

function lowPass(): Float64Array {
  const out = new Float64Array(TAPS);
  for (let n = 0; n < TAPS; n++) {
    const from = n - RATE_DELAY_SAMPLES;
    const x = (2 * CUTOFF_HZ * from) / RATE_HZ;
    const window = bessel(KAISER_BETA * Math.sqrt(1 - (from / (RATE_DELAY_SAMPLES + 0.5)) ** 2));
    out[n] = (Math.sin(Math.PI * x) / (Math.PI * x)) * window;
  }
  const sum = out.reduce((total, tap) => total + tap, 0);
  return out.map((tap) => tap / sum);
}

/** The modified Bessel function of order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 25; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
