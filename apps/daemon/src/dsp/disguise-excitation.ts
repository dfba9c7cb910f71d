/**
 * What drives the new vocal tract. Where there is a voice: pulses made here, at the distance of the
 * new pitch and as loud as the residual was; of the speaker's own glottis, its pulse, its hoarseness,
 * its unsteadiness, nothing is in them. Below 4 kHz a pulse is the same each time, above it is breath,
 * another each time, as a voice has it (mixed excitation: McCree & Barnwell, IEEE Trans. Speech and
 * Audio Processing 3, 1995). Where there is no voice: the residual itself, in grains that sum to it.
 *
 *   residual   ~~~~~~~~~┴──────┴──────┴──────┴──~~~~~~~
 *   excitation ~~~~~~~~~┴────┴────┴────┴────┴───~~~~~~~
 *
 * Shifting the speaker's own pulses (PSOLA, Moulines & Charpentier 1990) was tried first: the same
 * STOI, and the speaker was known more often.
 */

const SIZE = 2048;
const MASK = SIZE - 1;
/** Half of what voiceless sound is cut into, 5 ms. */
const HALF = 80;
/** As much as a grain reaches back, and as much residual as must be there after its middle. */
export const EXCITATION_DELAY_SAMPLES = 2 * HALF;
const MOST_AROUND = 160;

/** A pulse in samples, the part of it before its time, and the fractions of a sample it comes at. */
const PULSE = 96;
const BEFORE = 40;
const PHASES = 16;
/** Tones of a pulse: multiples of 167 Hz, from here on (4 kHz) breath. */
const TONES = PULSE / 2 - 1;
const BREATH_FROM = 24;
const BREATHS = 32;

/** Two halves of a Hann window; with its neighbours half its length away it sums to 1. */
const WINDOW = Float64Array.from(
  { length: 2 * HALF },
  (_, n) => Math.sin((Math.PI * n) / (2 * HALF)) ** 2,
);

export class Excitation {
  readonly #residual = new Float64Array(SIZE);
  readonly #out = new Float64Array(SIZE);
  /** Time of the next sample of the residual, of the excitation, and of the next grain or pulse. */
  #end = SIZE;
  #taken = SIZE - EXCITATION_DELAY_SAMPLES;
  #set = SIZE - HALF;
  #seed: number;

  /** @param seed of the breath; no secret */
  constructor(seed: number) {
    this.#seed = seed;
  }

  put(residual: number): void {
    this.#residual[this.#end++ & MASK] = residual;
  }

  /** The next sample; as many may be taken as were put since, after `build`. */
  take(): number {
    const at = this.#taken++ & MASK;
    const sample = this.#out[at]!;
    this.#out[at] = 0;
    return sample;
  }

  /** @param spacing samples between two pulses; 0 where there is no voice */
  build(spacing: number): void {
    while (this.#set <= this.#end - HALF) {
      if (spacing === 0) this.#setGrain();
      else this.#setPulse(spacing);
    }
  }

  #setGrain(): void {
    // At whole samples, so that what comes out is what went in.
    const at = Math.floor(this.#set);
    for (let i = 0; i < 2 * HALF; i++) {
      const from = (at - HALF + i) & MASK;
      this.#out[from]! += WINDOW[i]! * this.#residual[from]!;
    }
    this.#set = at + HALF;
  }

  #setPulse(spacing: number): void {
    const at = Math.floor(this.#set);
    let energy = 0;
    for (let i = -MOST_AROUND; i < HALF; i++) energy += this.#residual[(at + i) & MASK]! ** 2;
    const gain = Math.sqrt((energy / (MOST_AROUND + HALF)) * spacing);
    const pulse = PULSES[Math.floor((this.#set - at) * PHASES)]!;
    const breath = BREATH[this.#chance()]!;
    for (let i = 0; i < PULSE; i++) {
      this.#out[(at - BEFORE + i) & MASK]! += gain * (pulse[i]! + breath[i]!);
    }
    this.#set += spacing;
  }

  /** One of the breaths (a linear congruential generator: this is sound, not secrecy). */
  #chance(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed >>> 27;
  }
}

/** By the fraction of a sample that they are late. */
const PULSES = Array.from({ length: PHASES }, (_, phase) =>
  // Quadratic in the frequency: the group delay rises evenly, by 2 ms up to half the rate.
  tones(1, BREATH_FROM, BEFORE - 10 + phase / PHASES, (k) => (30 * k * k) / (2 * TONES * PULSE)),
);
const BREATH = Array.from({ length: BREATHS }, (_, n) =>
  // Phases that repeat, without a pattern: multiples of irrational numbers.
  tones(BREATH_FROM, TONES + 1, BEFORE, (k) => Math.sqrt(2 + n) * k * k * 7.31),
);

/** Cosines `from` to `until`, in phase at `middle` but for their turns; together of energy 1. */
function tones(
  from: number,
  until: number,
  middle: number,
  turn: (k: number) => number,
): Float64Array {
  const scale = Math.sqrt(2 / (PULSE * TONES));
  return Float64Array.from({ length: PULSE }, (_, n) => {
    let sum = 0;
    for (let k = from; k < until; k++) {
      sum += Math.cos(2 * Math.PI * ((k * (n - middle)) / PULSE - turn(k)));
    }
    return scale * sum;
  });
}
