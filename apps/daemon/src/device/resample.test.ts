import { describe, expect, it } from 'vitest';
import { Resampler, resampleAll } from './resample.js';

const tone = (hz: number, rate: number, samples: number, peak = 10_000) =>
  Int16Array.from({ length: samples }, (_, i) =>
    Math.round(peak * Math.sin((2 * Math.PI * hz * i) / rate)),
  );
const rms = (samples: Int16Array) =>
  Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
/** How much of `hz` is in there, as the peak of a sine. */
function amplitude(samples: Int16Array, hz: number, rate: number): number {
  let re = 0;
  let im = 0;
  samples.forEach((x, i) => {
    re += x * Math.cos((2 * Math.PI * hz * i) / rate);
    im += x * Math.sin((2 * Math.PI * hz * i) / rate);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

describe('resampling', () => {
  for (const [from, to] of [
    [48_000, 16_000],
    [44_100, 16_000],
    [22_050, 16_000],
    [8_000, 16_000],
    [44_100, 48_000],
    [48_000, 44_100],
    [22_050, 48_000],
    [16_000, 48_000],
    [8_000, 48_000],
  ] as const) {
    it(`keeps a tone of 1 kHz from ${from} Hz to ${to} Hz`, () => {
      const out = resampleAll(tone(1000, from, from), from, to);
      expect(Math.abs(out.length - to)).toBeLessThanOrEqual(1);
      const middle = out.subarray(to / 20, to - to / 20);
      expect(amplitude(middle, 1000, to)).toBeCloseTo(10_000, -2);
    });
  }

  it('keeps a tone up to 48 kHz and adds no image of it', () => {
    const out = resampleAll(tone(1000, 16_000, 16_000), 16_000, 48_000).subarray(4800, 43_200);
    expect(amplitude(out, 1000, 48_000)).toBeCloseTo(10_000, -2);
    expect(amplitude(out, 15_000, 48_000)).toBeLessThan(20);
    expect(amplitude(out, 17_000, 48_000)).toBeLessThan(20);
  });

  it('removes what 16 kHz cannot hold instead of folding it back', () => {
    const out = resampleAll(tone(9500, 48_000, 48_000), 48_000, 16_000);
    expect(rms(out.subarray(800, 15_200))).toBeLessThan(30);
  });

  it('gives the same in chunks as in one piece', () => {
    for (const [from, to] of [
      [48_000, 16_000],
      [16_000, 48_000],
      [44_100, 16_000],
      [44_100, 48_000],
    ] as const) {
      const input = tone(700, from, 9_600);
      const whole = resampleAll(input, from, to);
      const resampler = new Resampler(from, to);
      const pieces: number[] = [];
      for (let at = 0, n = 1; at < input.length; at += n, n = (n * 7) % 251) {
        const chunk = input.subarray(at, at + n);
        const out = new Int16Array(resampler.outputSamples(chunk.length));
        expect(resampler.process(chunk, out)).toBe(out.length);
        pieces.push(...out);
      }
      expect(Int16Array.from(pieces)).toEqual(whole);
    }
  });

  it('gives exactly a third of 240 samples for every chunk of a 48 kHz device', () => {
    const resampler = new Resampler(48_000, 16_000);
    const out = new Int16Array(80);
    for (let i = 0; i < 100; i++) expect(resampler.process(new Int16Array(240), out)).toBe(80);
  });

  it('clips at full scale and never wraps around', () => {
    // The filter overshoots at every edge of a full-scale square wave: 48 samples up, 48 down.
    const square = Int16Array.from({ length: 4800 }, (_, i) => (i % 96 < 48 ? 32_767 : -32_768));
    const out = resampleAll(square, 48_000, 16_000);
    const delay = 48;
    let clipped = 0;
    for (let i = 100; i < 1500; i++) {
      const phase = (3 * i - delay + 96) % 96;
      if (out[i] === 32_767) clipped++;
      if (phase > 6 && phase < 42) expect(out[i]).toBeGreaterThan(25_000);
      if (phase > 54 && phase < 90) expect(out[i]).toBeLessThan(-25_000);
    }
    expect(clipped).toBeGreaterThan(100);
  });
});
