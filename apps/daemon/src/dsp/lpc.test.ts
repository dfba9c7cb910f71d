import { describe, expect, it } from 'vitest';
import { AnalysisLattice, levinson, SynthesisLattice } from './lpc.js';

const ORDER = 6;

/** Noise that repeats, -1 to 1. */
function noise(length: number, seed = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** White noise through the resonator 1 / (1 - 1.6 z^-1 + 0.81 z^-2). */
function resonance(length: number): Float64Array {
  const out = noise(length);
  for (let n = 2; n < length; n++) out[n]! += 1.6 * out[n - 1]! - 0.81 * out[n - 2]!;
  return out;
}

function autocorrelation(samples: Float64Array): Float64Array {
  return Float64Array.from({ length: ORDER + 1 }, (_, lag) =>
    samples.subarray(lag).reduce((sum, sample, n) => sum + sample * samples[n]!, 0),
  );
}

describe('linear prediction', () => {
  const speech = resonance(20_000);
  const reflections = new Float64Array(ORDER);
  const coefficients = new Float64Array(ORDER);
  const share = levinson(autocorrelation(speech), reflections, coefficients);

  it('finds the resonator that coloured a noise', () => {
    expect(coefficients[0]).toBeCloseTo(-1.6, 1);
    expect(coefficients[1]).toBeCloseTo(0.81, 1);
    for (const rest of coefficients.subarray(2)) expect(Math.abs(rest)).toBeLessThan(0.05);
  });

  it('says which share of the power is left', () => {
    const lattice = new AnalysisLattice(ORDER);
    const residual = speech.map((sample) => lattice.step(sample, reflections));
    const power = (samples: Float64Array) => samples.reduce((sum, s) => sum + s * s, 0);
    expect(power(residual) / power(speech)).toBeCloseTo(share, 3);
  });

  it('is undone by the synthesis lattice, also while the filter fades', () => {
    const analysis = new AnalysisLattice(ORDER);
    const synthesis = new SynthesisLattice(ORDER);
    const faded = new Float64Array(ORDER);
    for (const [n, sample] of speech.entries()) {
      for (let i = 0; i < ORDER; i++) faded[i] = reflections[i]! * Math.cos(n / 300);
      expect(synthesis.step(analysis.step(sample, faded), faded)).toBeCloseTo(sample, 9);
    }
  });

  it('stays a stable filter for what is no autocorrelation', () => {
    for (const hostile of [new Float64Array(7), Float64Array.of(1, 2, 3, 4, 5, 6, 7)]) {
      const share = levinson(hostile, reflections, coefficients);
      expect(share).toBeGreaterThan(0);
      for (const k of reflections) expect(Math.abs(k)).toBeLessThan(1);
    }
    expect(levinson(Float64Array.of(Number.NaN, 0, 0, 0, 0, 0, 0), reflections, coefficients)).toBe(
      1,
    );
  });
});
