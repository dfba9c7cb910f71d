import { describe, expect, it } from 'vitest';
import { ComfortNoise, NOISE_FRAME } from './comfort-noise.js';

type Source = () => number;

/** White noise of one RMS, the same in every run. */
function white(rms: number, seed = 1): Source {
  let state = seed;
  const even = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
  return () => rms * (even() + even() + even());
}

/** A fan: noise that falls off above a few hundred Hz. */
function fan(rms: number): Source {
  const source = white(1);
  let [low, lower] = [0, 0];
  return () => {
    low += 0.06 * (source() - low);
    lower += 0.2 * (low - lower);
    return rms * 6.6 * lower;
  };
}

/** A hiss: nothing below some kHz. */
function hiss(rms: number): Source {
  const source = white(1);
  let before = 0;
  return () => {
    const sample = source();
    const difference = sample - before;
    before = sample;
    return (rms * difference) / Math.SQRT2;
  };
}

const frameOf = (source: Source) => Int16Array.from({ length: NOISE_FRAME }, source);

function hearFor(noise: ComfortNoise, seconds: number, source: Source): void {
  for (let i = 0; i < seconds * 100; i++) noise.hear(frameOf(source));
}

function made(noise: ComfortNoise, seconds: number, gain = 1): number[] {
  const frame = new Int16Array(NOISE_FRAME);
  return Array.from({ length: seconds * 100 }, () => {
    noise.fill(frame, gain);
    return [...frame];
  }).flat();
}

const level = (samples: readonly number[]) =>
  10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 0) / samples.length + 1e-9);

/** Level around `hz`, over windows of 10 ms. */
function levelAt(samples: readonly number[], hz: number): number {
  let power = 0;
  for (let start = 0; start + NOISE_FRAME <= samples.length; start += NOISE_FRAME) {
    let [re, im] = [0, 0];
    for (let i = 0; i < NOISE_FRAME; i++) {
      const value = samples[start + i]! * Math.sin((Math.PI * i) / NOISE_FRAME) ** 2;
      re += value * Math.cos((2 * Math.PI * hz * i) / 48_000);
      im += value * Math.sin((2 * Math.PI * hz * i) / 48_000);
    }
    power += re * re + im * im;
  }
  return 10 * Math.log10(power / samples.length + 1e-9);
}

/** Syllables of a loud voice, four a second, and between them the background. */
function talking(background: Source): Source {
  let i = 0;
  return () => {
    const second = i++ / 48_000;
    const envelope = Math.max(0, Math.sin(2 * Math.PI * 2 * second)) * (second % 4 < 3 ? 1 : 0);
    return 8000 * envelope * Math.sin(2 * Math.PI * 180 * second) + background();
  };
}

describe('comfort noise', () => {
  it('is silence before anything was heard', () => {
    const noise = new ComfortNoise(1);
    expect(noise.meanSquare).toBe(0);
    const frame = new Int16Array(NOISE_FRAME).fill(1000);
    noise.fill(frame, 1);
    expect(frame).toEqual(new Int16Array(NOISE_FRAME));
  });

  it.each([
    ['white', white],
    ['fan', fan],
    ['hiss', hiss],
  ] as const)('is as loud as the %s that was heard, and of its colour', (_, sourceOf) => {
    for (const rms of [10, 100, 600]) {
      const noise = new ComfortNoise(5);
      const heard: number[] = [];
      const source = sourceOf(rms);
      hearFor(noise, 3, () => {
        const sample = Math.round(source());
        heard.push(sample);
        return sample;
      });
      const out = made(noise, 3);
      expect(Math.abs(level(out) - level(heard))).toBeLessThan(1);
      for (const hz of [150, 500, 1500, 4000, 9000, 15_000]) {
        const [is, was] = [levelAt(out, hz), levelAt(heard, hz)];
        // What is 30 dB under the rest is not heard beside it.
        if (was > level(heard) - 30) expect(Math.abs(is - was)).toBeLessThan(5);
      }
    }
  });

  it('is nearly as loud as a rumble, of which no two frames are alike', () => {
    const source = white(1);
    let [low, lower] = [0, 0];
    const heard: number[] = [];
    const noise = new ComfortNoise(5);
    hearFor(noise, 6, () => {
      low += 0.01 * (source() - low);
      lower += 0.01 * (low - lower);
      heard.push(Math.round(4000 * lower));
      return heard.at(-1)!;
    });
    expect(Math.abs(level(made(noise, 6)) - level(heard))).toBeLessThan(3);
  });

  it('learns from the pauses between words, not from the words', () => {
    const noise = new ComfortNoise(1);
    // It ends in the middle of one.
    hearFor(noise, 6.2, talking(fan(60)));
    const background: number[] = Array.from({ length: 48_000 }, fan(60));
    expect(Math.abs(level(made(noise, 2)) - level(background))).toBeLessThan(2);
  });

  it('is soon quiet when the person talked from the first moment on', () => {
    const noise = new ComfortNoise(1);
    hearFor(noise, 1, white(5000));
    hearFor(noise, 0.1, white(20));
    expect(Math.abs(level(made(noise, 1)) - 20 * Math.log10(20))).toBeLessThan(2);
  });

  it('follows a background that became louder within 4 s', () => {
    const noise = new ComfortNoise(1);
    hearFor(noise, 3, white(20));
    hearFor(noise, 4, white(200));
    expect(Math.abs(level(made(noise, 1)) - 20 * Math.log10(200))).toBeLessThan(1);
  });

  it('is nothing where the background is digital silence', () => {
    const noise = new ComfortNoise(1);
    hearFor(noise, 3, white(200));
    hearFor(noise, 1, () => 0);
    expect(new Set(made(noise, 1))).toEqual(new Set([0]));
  });

  it('is never louder than -30 dBFS, however loud the noise', () => {
    const noise = new ComfortNoise(1);
    hearFor(noise, 5, white(8000));
    const dbfs = level(made(noise, 1)) - 20 * Math.log10(32_768);
    expect(dbfs).toBeGreaterThan(-31);
    expect(dbfs).toBeLessThan(-29);
  });

  it.each([
    ['a tone', (i: number) => 900 * Math.sin((2 * Math.PI * 440 * i) / 48_000)],
    ['a hum', (i: number) => 900 * Math.sin((2 * Math.PI * 50 * i) / 48_000)],
    ['a constant', () => 700],
    ['a square at the limits', (i: number) => (i % 96 < 48 ? 32_767 : -32_768)],
    ['the highest there is', (i: number) => (i % 2 ? 500 : -500)],
  ])('stays as loud as it is, and stable, after %s', (_, wave) => {
    const noise = new ComfortNoise(1);
    let i = 0;
    hearFor(noise, 3, () => wave(i++));
    const out = made(noise, 20);
    const most = out.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0);
    expect(most).toBeLessThan(10_000);
    expect(level(out)).toBeLessThan(10 * Math.log10(noise.meanSquare) + 3);
    expect(level(out)).toBeGreaterThan(10 * Math.log10(noise.meanSquare) - 6);
  });

  it('is the same for the same seed, and another for another', () => {
    const of = (seed: number) => {
      const noise = new ComfortNoise(seed);
      hearFor(noise, 1, white(200));
      return made(noise, 0.1);
    };
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    expect(level(of(0))).toBeGreaterThan(40);
  });

  it('goes by its gain, from one to the other', () => {
    const noise = new ComfortNoise(1);
    hearFor(noise, 2, white(300));
    expect(level(made(noise, 1, 0.5)) - level(made(noise, 1))).toBeCloseTo(-6, 0);
    const ends = Array.from({ length: 100 }, () => {
      const frame = new Int16Array(NOISE_FRAME).fill(1000);
      noise.mix(frame, 0, 1);
      return frame;
    });
    const spread = (i: number) =>
      Math.sqrt(ends.reduce((s, f) => s + (f[i]! - 1000) ** 2, 0) / 100);
    expect(ends.every((frame) => frame[0] === 1000)).toBe(true);
    expect(spread(479)).toBeGreaterThan(1.5 * spread(240));
    expect(spread(120)).toBeLessThan(0.7 * spread(240));
  });

  it('knows nothing of another speaker, and refuses another frame', () => {
    const noise = new ComfortNoise(1);
    hearFor(noise, 2, white(300));
    noise.restart();
    expect(new Set(made(noise, 0.1))).toEqual(new Set([0]));
    expect(() => noise.hear(new Int16Array(320))).toThrow(RangeError);
  });
});
