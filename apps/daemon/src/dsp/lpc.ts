/**
 * Linear prediction: a frame of speech as a filter (the vocal tract) and what drives it (the voice).
 *
 *   x ──► analysis lattice A(z) ──► residual, flat in its spectrum ──► synthesis lattice 1/A(z) ──► x
 *
 * Both filters are lattices over reflection coefficients: every coefficient below one in magnitude
 * is a stable filter, so coefficients may be faded from frame to frame, sample by sample, without a
 * click and without a test of stability. Levinson's recursion and the lattices are those of
 * Markel & Gray, "Linear Prediction of Speech" (1976), chapters 3 and 5.
 */

/**
 * Levinson's recursion: reflection coefficients from an autocorrelation of one value more.
 *
 * @param coefficients receives a1 .. aP of A(z) = 1 + Σ a z^-i; as long as `reflections`
 * @returns the residual's share of the power, above 0 and at most 1
 */
export function levinson(
  autocorrelation: Float64Array,
  reflections: Float64Array,
  coefficients: Float64Array,
): number {
  const order = reflections.length;
  reflections.fill(0);
  coefficients.fill(0);
  const power = autocorrelation[0]!;
  if (!(power > 0)) return 1;
  let error = power;
  for (let i = 0; i < order; i++) {
    let sum = autocorrelation[i + 1]!;
    for (let j = 0; j < i; j++) sum += coefficients[j]! * autocorrelation[i - j]!;
    const k = -sum / error;
    // Rounding, or no autocorrelation at all: what is found so far is a good filter.
    if (!(Math.abs(k) < 1)) break;
    reflections[i] = k;
    for (let j = 0; j < i >> 1; j++) {
      const early = coefficients[j]!;
      const late = coefficients[i - 1 - j]!;
      coefficients[j] = early + k * late;
      coefficients[i - 1 - j] = late + k * early;
    }
    if (i & 1) coefficients[i >> 1]! *= 1 + k;
    coefficients[i] = k;
    error *= 1 - k * k;
  }
  return error / power;
}

/** A(z): speech in, residual out. */
export class AnalysisLattice {
  readonly #backward: Float64Array;

  constructor(order: number) {
    this.#backward = new Float64Array(order);
  }

  /** One sample; `reflections` may differ from those of the sample before. */
  step(sample: number, reflections: Float64Array): number {
    const held = this.#backward;
    let forward = sample;
    let backward = sample;
    for (let i = 0; i < held.length; i++) {
      const k = reflections[i]!;
      const before = held[i]!;
      held[i] = backward;
      backward = before + k * forward;
      forward += k * before;
    }
    return forward;
  }
}

/** 1/A(z): residual in, speech out. */
export class SynthesisLattice {
  readonly #backward: Float64Array;

  constructor(order: number) {
    this.#backward = new Float64Array(order);
  }

  step(residual: number, reflections: Float64Array): number {
    const held = this.#backward;
    let forward = residual;
    for (let i = held.length - 1; i >= 0; i--) {
      const k = reflections[i]!;
      forward -= k * held[i]!;
      if (i + 1 < held.length) held[i + 1] = held[i]! + k * forward;
    }
    held[0] = forward;
    return forward;
  }
}
