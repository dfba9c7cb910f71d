import { describe, expect, it } from 'vitest';
import { Stretcher } from './stretch.js';

type Wave = (second: number) => number;

/** Samples of `wave` from `from` on. */
const sound = (rateHz: number, samples: number, wave: Wave, from = 0) =>
  Int16Array.from({ length: samples }, (_, i) => Math.round(wave((from + i) / rateHz)));

const tone =
  (hz: number, peak = 10_000): Wave =>
  (second) =>
    peak * Math.sin(2 * Math.PI * hz * second);

/** A voice: seven harmonics of a pitch that wanders between 110 and 150 Hz. */
const voice: Wave = (second) => {
  const turns = 130 * second - (20 / (2 * Math.PI * 0.7)) * Math.cos(2 * Math.PI * 0.7 * second);
  let sum = 0;
  for (let n = 1; n <= 7; n++) sum += Math.sin(2 * Math.PI * n * turns + n * n) / n;
  return 6000 * sum;
};

/** White noise, the same every time. */
function noise(samples: number, peak: number): Int16Array {
  let state = 1;
  return Int16Array.from({ length: samples }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round(peak * (state / 2 ** 31 - 1));
  });
}

const jump = (samples: Int16Array) =>
  samples.subarray(1).reduce((most, v, i) => Math.max(most, Math.abs(v - samples[i]!)), 0);

/** The frequency by the zeros that are passed upward, each between two samples. */
function frequency(samples: Int16Array, rateHz: number): number {
  const zeros: number[] = [];
  for (let i = 1; i < samples.length; i++) {
    const [a, b] = [samples[i - 1]!, samples[i]!];
    if (a < 0 && b >= 0) zeros.push(i - b / (b - a));
  }
  return (rateHz * (zeros.length - 1)) / (zeros.at(-1)! - zeros[0]!);
}

const decibels = (samples: ArrayLike<number>) => {
  let energy = 0;
  for (let i = 0; i < samples.length; i++) energy += samples[i]! ** 2;
  return 10 * Math.log10(energy / samples.length);
};

function shortened(rateHz: number, samples: Int16Array): Int16Array {
  const out = new Int16Array(samples.length);
  return out.subarray(0, new Stretcher(rateHz).shorten(samples, out));
}

function lengthened(rateHz: number, samples: Int16Array): Int16Array {
  const stretcher = new Stretcher(rateHz);
  const out = new Int16Array(samples.length + stretcher.mostSamples);
  return out.subarray(0, stretcher.lengthen(samples, out));
}

describe.each([16_000, 48_000])('stretching sound of %i Hz', (rateHz) => {
  const frame = rateHz * 0.03;

  it('takes from a tone of 200 Hz exactly its period', () => {
    expect(frame - shortened(rateHz, sound(rateHz, frame, tone(200))).length).toBe(rateHz / 200);
  });

  it('adds to a tone of 200 Hz exactly its period', () => {
    expect(lengthened(rateHz, sound(rateHz, frame, tone(200))).length - frame).toBe(rateHz / 200);
  });

  it.each([70, 97, 123, 200, 331, 400])('finds the period of a tone of %i Hz', (hz) => {
    const removed = frame - shortened(rateHz, sound(rateHz, frame, tone(hz))).length;
    const periods = Math.max(1, Math.round((removed * hz) / rateHz));
    expect(Math.abs(removed - (periods * rateHz) / hz)).toBeLessThan(1);
    expect(periods).toBe(1);
  });

  it.each([
    ['shortened', shortened],
    ['lengthened', lengthened],
  ] as const)('keeps the frequency of a tone that is %s, and its smoothness', (_, stretched) => {
    const samples = sound(rateHz, frame, tone(200), 7);
    const out = stretched(rateHz, samples);
    expect(out.length).not.toBe(frame);
    expect(frequency(out, rateHz)).toBeCloseTo(200, 0);
    expect(jump(out)).toBeLessThanOrEqual(jump(samples) + 1);
    expect([out[0], out.at(-1)]).toEqual([samples[0], samples.at(-1)]);
  });

  it('leaves white noise alone', () => {
    const samples = noise(frame, 8000);
    expect(shortened(rateHz, samples)).toEqual(samples);
    expect(lengthened(rateHz, samples)).toEqual(samples);
  });

  it('takes from silence, and from what is nearly silence, as much as it ever takes', () => {
    expect(shortened(rateHz, new Int16Array(frame))).toEqual(new Int16Array(frame / 2));
    expect(shortened(rateHz, noise(frame, 30)).length).toBe(frame / 2);
    expect(lengthened(rateHz, new Int16Array(frame))).toEqual(new Int16Array(frame * 1.5));
  });

  it('keeps a voice as loud when a tenth of it is taken away, and as smooth', () => {
    const stretcher = new Stretcher(rateHz);
    const before: number[] = [];
    const after: number[] = [];
    for (let n = 0; n < 100; n++) {
      const samples = sound(rateHz, frame, voice, n * frame);
      before.push(...samples);
      const behind = after.length + frame > before.length * 0.9;
      const written = behind ? stretcher.shorten(samples, samples) : frame;
      after.push(...samples.subarray(0, written));
    }
    expect(after.length / before.length).toBeCloseTo(0.9, 2);
    expect(Math.abs(decibels(after) - decibels(before))).toBeLessThan(0.5);
    expect(jump(Int16Array.from(after))).toBeLessThan(1.1 * jump(Int16Array.from(before)));
  });

  it('does not overflow at the extremes', () => {
    const half = rateHz / 400;
    const square = Int16Array.from({ length: frame }, (_, i) =>
      Math.floor(i / half) % 2 === 0 ? 32_767 : -32_768,
    );
    for (const out of [shortened(rateHz, square), lengthened(rateHz, square)]) {
      expect(out.length).not.toBe(frame);
      expect(new Set(out)).toEqual(new Set([32_767, -32_768]));
    }
    const clipped = sound(rateHz, frame, (second) =>
      Math.max(-32_768, Math.min(32_767, tone(183, 60_000)(second))),
    );
    expect(jump(shortened(rateHz, clipped))).toBeLessThan(1.1 * jump(clipped));
    expect(jump(lengthened(rateHz, clipped))).toBeLessThan(1.1 * jump(clipped));
  });

  it('writes the same over its input as beside it', () => {
    const samples = sound(rateHz, frame, voice);
    const stretcher = new Stretcher(rateHz);
    const over = new Int16Array(frame + stretcher.mostSamples);
    over.set(samples);
    const longer = stretcher.lengthen(over.subarray(0, frame), over);
    expect(over.subarray(0, longer)).toEqual(lengthened(rateHz, samples));
    const expected = shortened(rateHz, samples);
    const shorter = stretcher.shorten(samples, samples);
    expect(shorter).toBeLessThan(frame);
    expect(samples.subarray(0, shorter)).toEqual(expected);
  });

  it('leaves alone what is shorter than two of the shortest periods', () => {
    const samples = sound(rateHz, rateHz * 0.005 - 2, tone(400));
    expect(shortened(rateHz, samples)).toEqual(samples);
    expect(shortened(rateHz, new Int16Array(0))).toEqual(new Int16Array(0));
  });
});

describe('a stretcher', () => {
  it('refuses a rate it cannot search at, and an array without room', () => {
    expect(() => new Stretcher(44_100)).toThrow(RangeError);
    expect(() => new Stretcher(0)).toThrow(RangeError);
    const stretcher = new Stretcher(16_000);
    expect(() => stretcher.shorten(new Int16Array(480), new Int16Array(479))).toThrow(RangeError);
    expect(() => stretcher.lengthen(new Int16Array(480), new Int16Array(719))).toThrow(RangeError);
  });
});
