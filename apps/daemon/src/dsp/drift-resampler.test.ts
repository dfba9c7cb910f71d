import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DriftResampler } from './drift-resampler.js';

const FRAME = 480;
const PEAK = 16_000;

type Wave = (place: number) => number;

const tone =
  (hz: number, peak = PEAK): Wave =>
  (place) =>
    peak * Math.sin((2 * Math.PI * hz * place) / 48_000);

/** What came out of a wave, and where in the input each sample of it stands. */
function through(wave: Wave, frames: number, ratioOf: (frame: number) => number) {
  const resampler = new DriftResampler();
  const out = new Int16Array(resampler.mostSamples);
  const heard: number[] = [];
  const places: number[] = [];
  for (let n = 0; n < frames; n++) {
    const first = n * FRAME - resampler.delaySamples;
    const frame = Int16Array.from({ length: FRAME }, (_, i) => Math.round(wave(n * FRAME + i)));
    const written = resampler.process(frame, ratioOf(n), out);
    const ratio = Math.min(Math.max(ratioOf(n), 0.999), 1.001);
    for (let i = 0; i < written; i++) {
      heard.push(out[i]!);
      places.push(first + i * ratio);
    }
  }
  return { heard, places, resampler };
}

/** The signal above what differs from the ideal, in dB, once the beginning is over. */
function signalToNoise(wave: Wave, heard: readonly number[], places: readonly number[]): number {
  let [signal, noise] = [0, 0];
  for (let i = 100; i < heard.length; i++) {
    const ideal = wave(places[i]!);
    signal += ideal ** 2;
    noise += (heard[i]! - ideal) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

describe('following a drift', () => {
  it.each([300, -300, 1000, -1000, 17, 0])('keeps tones to 75 dB at %d ppm', (ppm) => {
    for (const hz of [100, 997, 5000, 12_000, 20_000]) {
      const { heard, places } = through(tone(hz), 100, () => 1 + ppm / 1e6);
      expect(signalToNoise(tone(hz), heard, places)).toBeGreaterThan(75);
    }
  });

  it('keeps them while the ratio changes in every frame', () => {
    const wander = (n: number) => 1 + 1e-3 * Math.sin(n * 1.7);
    for (const hz of [997, 12_000]) {
      const { heard, places } = through(tone(hz), 200, wander);
      expect(signalToNoise(tone(hz), heard, places)).toBeGreaterThan(70);
    }
  });

  it('has no click where the ratio jumps from one end to the other', () => {
    // The third difference of a slow sine is next to nothing but for the rounding (4 at most); that
    // of a click of a tenth of a sample is 60.
    const { heard } = through(tone(300), 100, (n) => (n % 2 ? 1.001 : 0.999));
    const { heard: plain } = through(tone(300), 100, () => 1);
    const most = (samples: number[]) =>
      samples.reduce((peak, x, i) => {
        if (i < 103) return 0;
        const third = x - 3 * samples[i - 1]! + 3 * samples[i - 2]! - samples[i - 3]!;
        return Math.max(peak, Math.abs(third));
      }, 0);
    expect(most(heard)).toBeLessThanOrEqual(most(plain) + 4);
  });

  it('gives as many samples as it should, however the ratio goes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }), (ppms) => {
        const { places, resampler } = through(tone(997), ppms.length, (n) => 1 + ppms[n]! / 1e6);
        // The places never go back, never jump, and end where the resampler says it stands.
        let most = 0;
        for (let i = 1; i < places.length; i++) {
          most = Math.max(most, Math.abs(places[i]! - places[i - 1]! - 1));
        }
        expect(most).toBeLessThan(1e-3 + 1e-6);
        const next = ppms.length * FRAME - resampler.delaySamples;
        expect(Math.abs(next - places.at(-1)! - 1)).toBeLessThan(1e-3 + 1e-6);
        expect(resampler.delaySamples).toBeGreaterThan(14.9);
        expect(resampler.delaySamples).toBeLessThanOrEqual(16);
      }),
      { numRuns: 50 },
    );
  });

  it('does not drift from what it is told in a minute', () => {
    const resampler = new DriftResampler();
    const frame = new Int16Array(FRAME);
    const out = new Int16Array(resampler.mostSamples);
    let written = 0;
    for (let n = 0; n < 6000; n++) written += resampler.process(frame, 1.0003, out);
    expect(written).toBe(Math.ceil((6000 * FRAME - 16) / 1.0003));
  });

  it('does not overflow at the extremes', () => {
    const square: Wave = (place) => (Math.floor(place / 48) % 2 ? 32_767 : -32_768);
    const { heard } = through(square, 20, () => 1.0003);
    expect(Math.max(...heard)).toBe(32_767);
    expect(Math.min(...heard)).toBe(-32_768);
    const jumps = heard.filter((x, i) => i > 0 && Math.abs(x - heard[i - 1]!) > 60_000).length;
    expect(jumps).toBeLessThan(heard.length / 40);
  });

  it('takes a ratio that is too far off for the nearest, and none for no number', () => {
    const far = through(tone(997), 20, () => 1.5);
    expect(far.heard).toEqual(through(tone(997), 20, () => 1.001).heard);
    const resampler = new DriftResampler();
    const out = new Int16Array(resampler.mostSamples);
    expect(() => resampler.process(new Int16Array(FRAME), Number.NaN, out)).toThrow(RangeError);
    expect(() => resampler.process(new Int16Array(FRAME + 1), 1, out)).toThrow(RangeError);
    expect(() => resampler.process(new Int16Array(FRAME), 1, new Int16Array(FRAME))).toThrow(
      RangeError,
    );
  });

  it('remembers nothing of another sound', () => {
    const { resampler } = through(tone(997), 3, () => 1.0003);
    resampler.restart();
    const out = new Int16Array(resampler.mostSamples);
    const written = resampler.process(new Int16Array(FRAME), 1, out);
    expect(out.subarray(0, written)).toEqual(new Int16Array(written));
    expect(resampler.delaySamples).toBe(16);
  });
});
