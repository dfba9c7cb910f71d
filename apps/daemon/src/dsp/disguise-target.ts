/**
 * The voice that a call is given: drawn when it begins, from the same range for everybody, and then
 * never still. Whoever averages over a call, or over many, gets the middle of the range, which is the
 * same for all; a fixed shift would give the speaker back by subtraction.
 */
import { COLOURS, colourOf, POINT_HZ, POINTS } from './disguise-envelope.js';
import { FORMANTS, NEUTRAL_HZ, NEUTRAL_SPREADS } from './disguise-speaker.js';

/** Random bytes as the caller makes them; a disguise is no better than they are. */
export type Random = (bytes: number) => Uint8Array;

/** Between a low and a high voice, so that neither is moved by more than an octave. */
const LEAST_PITCH_HZ = 125;
const MOST_PITCH_HZ = 190;
/** Spread of the natural logarithm of the pitch: from flat to lively. */
const LEAST_SPREAD = 0.07;
const MOST_SPREAD = 0.2;
const LEAST_SCALE = 0.92;
const MOST_SCALE = 1.13;
/** Each formant on its own, as a share, and how far all of them and the pitch wander in a call. */
const FORMANT_DRAW = 0.06;
const FORMANT_WANDER = 0.03;
const PITCH_WANDER = 0.06;
/** Of the colour's waves, in nepers of power: 1 is 4.3 dB. */
const COLOUR_DRAW = 0.5;
const COLOUR_WANDER = 0.12;
/** Of the spreads of these waves, as a share. */
const SPREAD_DRAW = 0.45;

/** Between two of the points that a wandering parameter goes through, frames of 10 ms. */
const LEAST_FRAMES = 120;
const MOST_FRAMES = 400;

export class Target {
  readonly spread: number;
  readonly #logPitch: number;
  readonly #logFormants: Float64Array;
  readonly #colour: Float64Array;
  readonly #colourSpreads: readonly number[];
  readonly #pitchWander: Wander;
  readonly #formantWander: readonly Wander[];
  readonly #colourWander: readonly Wander[];

  constructor(random: Random) {
    const between = drawing(random);
    this.#logPitch = between(Math.log(LEAST_PITCH_HZ), Math.log(MOST_PITCH_HZ));
    this.spread = between(LEAST_SPREAD, MOST_SPREAD);
    const scale = between(Math.log(LEAST_SCALE), Math.log(MOST_SCALE));
    this.#logFormants = Float64Array.from(
      NEUTRAL_HZ,
      (hz) => Math.log(hz) + scale + between(-FORMANT_DRAW, FORMANT_DRAW),
    );
    this.#colour = NEUTRAL_COLOUR.map((wave) => wave + between(-COLOUR_DRAW, COLOUR_DRAW));
    this.#colourSpreads = NEUTRAL_SPREADS.map(
      (spread) => spread * Math.exp(between(-SPREAD_DRAW, SPREAD_DRAW)),
    );
    this.#pitchWander = new Wander(between, PITCH_WANDER);
    this.#formantWander = Array.from(
      { length: FORMANTS },
      () => new Wander(between, FORMANT_WANDER),
    );
    this.#colourWander = Array.from({ length: COLOURS }, () => new Wander(between, COLOUR_WANDER));
  }

  /** A frame later. */
  step(): void {
    this.#pitchWander.step();
    for (const wander of this.#formantWander) wander.step();
    for (const wander of this.#colourWander) wander.step();
  }

  /** Natural logarithm of the mean pitch in Hz, just now. */
  get logPitch(): number {
    return this.#logPitch + this.#pitchWander.value;
  }

  logFormant(index: number): number {
    return this.#logFormants[index]! + this.#formantWander[index]!.value;
  }

  /** Wave `k` of the mean envelope. */
  colour(k: number): number {
    return this.#colour[k]! + this.#colourWander[k]!.value;
  }

  colourSpread(k: number): number {
    return this.#colourSpreads[k]!;
  }
}

/** A number that goes from one drawn value to the next in a smooth curve. */
class Wander {
  value: number;
  readonly #between: Between;
  readonly #reach: number;
  #from: number;
  #to: number;
  #frame = 0;
  #frames: number;

  constructor(between: Between, reach: number) {
    this.#between = between;
    this.#reach = reach;
    this.#from = between(-reach, reach);
    this.#to = between(-reach, reach);
    this.#frames = between(LEAST_FRAMES, MOST_FRAMES);
    this.value = this.#from;
  }

  step(): void {
    if (++this.#frame > this.#frames) {
      this.#from = this.#to;
      this.#to = this.#between(-this.#reach, this.#reach);
      this.#frames = this.#between(LEAST_FRAMES, MOST_FRAMES);
      this.#frame = 0;
    }
    const part = 0.5 - 0.5 * Math.cos((Math.PI * this.#frame) / this.#frames);
    this.value = this.#from + part * (this.#to - this.#from);
  }
}

type Between = (least: number, most: number) => number;

/** Evenly spread numbers, from four random bytes each. */
function drawing(random: Random): Between {
  return (least, most) => {
    const bytes = random(4);
    const whole = bytes[0]! + 256 * (bytes[1]! + 256 * (bytes[2]! + 256 * bytes[3]!));
    return least + (whole / 2 ** 32) * (most - least);
  };
}

/**
 * The long-term average spectrum of speech, thirds of an octave in dB, over twelve languages and both
 * sexes (Byrne et al., J. Acoust. Soc. Am. 96, 1994, table II), with the pre-emphasis that the
 * disguise works behind, as a colour.
 */
const THIRDS_HZ = [100, 160, 250, 400, 630, 1000, 1600, 2500, 4000, 6300, 8000] as const;
const THIRDS_DB = [54.4, 56.8, 60.3, 62.1, 60.5, 53.7, 52.0, 48.1, 45.6, 44.3, 43.7] as const;
/** Of the disguise's pre-emphasis 1 - a/z. */
export const EMPHASIS = 0.9;

export function emphasisPower(hz: number): number {
  return 1 + EMPHASIS ** 2 - 2 * EMPHASIS * Math.cos((Math.PI * hz) / 8000);
}

const NEUTRAL_COLOUR = neutralColour();

function neutralColour(): Float64Array {
  const curve = Float64Array.from({ length: POINTS }, (_, i) => {
    const hz = Math.max(100, i * POINT_HZ);
    let third = 0;
    while (third < THIRDS_HZ.length - 2 && hz > THIRDS_HZ[third + 1]!) third++;
    const [low, high] = [THIRDS_HZ[third]!, THIRDS_HZ[third + 1]!];
    const part = Math.log(hz / low) / Math.log(high / low);
    const db = THIRDS_DB[third]! + part * (THIRDS_DB[third + 1]! - THIRDS_DB[third]!);
    // Per hertz, not per third of an octave.
    return (Math.LN10 / 10) * db - Math.log(hz) + Math.log(emphasisPower(i * POINT_HZ));
  });
  return Float64Array.from({ length: COLOURS }, (_, k) => colourOf(curve, k));
}
