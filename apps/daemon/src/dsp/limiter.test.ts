import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CEILING, Limiter } from './limiter.js';
import { FRAME_SAMPLES } from './stage.js';

const LATE = 48;

/** Everything that leaves a limiter, moved back by its delay. */
function limited(samples: Float32Array): Float32Array {
  const limiter = new Limiter();
  const padded = new Float32Array(
    Math.ceil((samples.length + LATE) / FRAME_SAMPLES) * FRAME_SAMPLES,
  );
  padded.set(samples);
  for (let at = 0; at < padded.length; at += FRAME_SAMPLES) {
    limiter.process(padded.subarray(at, at + FRAME_SAMPLES));
  }
  return padded.slice(LATE, LATE + samples.length);
}

describe('a limiter', () => {
  it('says its delay', () => {
    expect(new Limiter().delayMs).toBe(1);
  });

  it('never lets anything above the ceiling, whatever comes', () => {
    const loud = fc.array(fc.double({ min: -40, max: 40, noNaN: true }), {
      minLength: 1,
      maxLength: 3000,
    });
    fc.assert(
      fc.property(loud, (values) => {
        for (const sample of limited(Float32Array.from(values))) {
          expect(Math.abs(sample)).toBeLessThanOrEqual(CEILING * 1.000001);
        }
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('holds bursts that come after quiet, one sample long and long ones', () => {
    for (const length of [1, 40, 49, 50, 600]) {
      const samples = new Float32Array(4800).fill(0.5);
      samples.fill(-8, 2000, 2000 + length);
      samples.fill(3, 2030, 2031);
      for (const sample of limited(samples)) expect(Math.abs(sample)).toBeLessThanOrEqual(CEILING);
    }
  });

  it('changes nothing that fits', () => {
    const samples = Float32Array.from({ length: 4800 }, (_, n) => 0.97 * Math.sin(n / 20));
    expect(limited(samples)).toEqual(samples);
  });

  it('lowers a loud tone without bending it, and is back at 1 soon after', () => {
    const tone = (n: number) => Math.sin((2 * Math.PI * 440 * n) / 48_000);
    const samples = Float32Array.from(
      { length: 48_000 },
      (_, n) => tone(n) * (n < 16_000 ? 4 : 0.5),
    );
    const out = limited(samples);
    // The gain moves by a hair within a period: what is left over is distortion.
    let [error, energy] = [0, 0];
    let [product, square] = [0, 0];
    for (let n = 8000; n < 15_000; n++) {
      product += out[n]! * tone(n);
      square += tone(n) ** 2;
    }
    for (let n = 8000; n < 15_000; n++) {
      error += (out[n]! - (product / square) * tone(n)) ** 2;
      energy += out[n]! ** 2;
    }
    expect(10 * Math.log10(error / energy)).toBeLessThan(-35);
    expect(product / square).toBeGreaterThan(0.9);
    expect(out.subarray(44_000)).toEqual(samples.subarray(44_000));
  });
});
