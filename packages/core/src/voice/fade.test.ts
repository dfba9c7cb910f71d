import { describe, expect, it } from 'vitest';
import { ComfortNoise } from './comfort-noise.js';
import { Fade } from './fade.js';

const FRAME = 480;
const PEAK = 8000;
const BACKGROUND = 60;

/** Even noise of one RMS, the same in every run. */
function background(rms: number): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round(rms * Math.sqrt(3) * (state / 2 ** 31 - 1));
  };
}

/** A receiver that has heard two seconds of background. */
function listener(rms: number): Fade {
  const noise = new ComfortNoise(7);
  const source = background(rms);
  for (let i = 0; i < 200; i++) noise.hear(Int16Array.from({ length: FRAME }, source));
  return new Fade(noise);
}

const tone = (frame: number) =>
  Int16Array.from({ length: FRAME }, (_, i) =>
    Math.round(PEAK * Math.sin((2 * Math.PI * 200 * (frame * FRAME + i)) / 48_000)),
  );
const rms = (frame: Int16Array) => Math.sqrt(frame.reduce((sum, x) => sum + x * x, 0) / FRAME);

/** What is heard of a tone, of which the frames from `from` to `to` are guessed rightly. */
function heardThrough(fade: Fade, from: number, to: number, frames: number): Int16Array[] {
  return Array.from({ length: frames }, (_, n) => {
    const frame = tone(n);
    if (n >= from && n < to) fade.conceal(frame);
    else fade.hear(frame);
    return frame;
  });
}

const jump = (frames: Int16Array[]) => {
  const samples = frames.flatMap((frame) => [...frame]);
  return samples.reduce(
    (most, x, i) => (i === 0 ? 0 : Math.max(most, Math.abs(x - samples[i - 1]!))),
    0,
  );
};

describe('a loss', () => {
  it('is the guess as it is for 30 ms', () => {
    const frames = heardThrough(listener(BACKGROUND), 5, 8, 12);
    expect(frames).toEqual(Array.from({ length: 12 }, (_, n) => tone(n)));
  });

  it('is less and less of the guess from there to 120 ms, and then nothing of it', () => {
    const frames = heardThrough(listener(0), 5, 30, 30).slice(5);
    const levels = frames.map(rms);
    for (let n = 3; n < 12; n++) {
      const middle = 1 - (n - 3 + 0.5) / 9;
      expect(levels[n]! / (PEAK / Math.SQRT2)).toBeCloseTo(middle, 1);
    }
    expect(frames[12]).toEqual(new Int16Array(FRAME));
    expect(frames[24]).toEqual(new Int16Array(FRAME));
  });

  it('is the background, as loud as it was, for as long as it lasts', () => {
    const frames = heardThrough(listener(BACKGROUND), 5, 1000, 1000);
    for (let n = 20; n < 1000; n += 20) {
      const levels = frames.slice(n, n + 20).map((frame) => rms(frame) ** 2);
      const level = Math.sqrt(levels.reduce((sum, x) => sum + x, 0) / 20);
      expect(Math.abs(20 * Math.log10(level / BACKGROUND))).toBeLessThan(1);
    }
  });

  it('of the background itself is as loud in every part of it', () => {
    const fade = listener(BACKGROUND);
    const sums = new Float64Array(16);
    const guess = background(BACKGROUND);
    for (let turn = 0; turn < 40; turn++) {
      for (let n = 0; n < 16; n++) {
        const frame = Int16Array.from({ length: FRAME }, guess);
        if (n < 15) fade.conceal(frame);
        else fade.hear(frame);
        sums[n] = sums[n]! + rms(frame) ** 2 / 40;
      }
    }
    for (const sum of sums)
      expect(Math.abs(10 * Math.log10(sum / BACKGROUND ** 2))).toBeLessThan(1);
  });

  it('is never heard as a jump, however long it is', () => {
    const smooth = jump(Array.from({ length: 10 }, (_, n) => tone(n)));
    for (let lost = 1; lost < 20; lost++) {
      expect(jump(heardThrough(listener(0), 5, 5 + lost, 30))).toBeLessThan(1.15 * smooth);
    }
  });

  it('has no edge between guess, background and the voice that is back', () => {
    // A constant shows every edge; the background is 200 times softer.
    const fade = listener(40);
    const heard = Array.from({ length: 40 }, (_, n) => {
      const frame = new Int16Array(FRAME).fill(PEAK);
      if (n >= 10 && n < 30) fade.conceal(frame);
      else fade.hear(frame);
      return frame;
    });
    const back = PEAK / 240;
    expect(jump(heard)).toBeLessThan(back + 40 * 4.5);
    expect(heard[30]![300]).toBe(PEAK);
  });

  it('ends with the voice as it is after 5 ms', () => {
    const frames = heardThrough(listener(BACKGROUND), 5, 25, 30);
    expect(rms(frames[25]!.subarray(0, 24))).toBeLessThan(rms(tone(25)) / 4);
    expect(frames[25]!.subarray(240)).toEqual(tone(25).subarray(240));
    expect(frames.slice(26)).toEqual([26, 27, 28, 29].map(tone));
  });

  it('before anything was heard is silence', () => {
    const fade = new Fade(new ComfortNoise(1));
    const frame = new Int16Array(FRAME);
    for (let i = 0; i < 20; i++) fade.conceal(frame);
    expect(frame).toEqual(new Int16Array(FRAME));
  });

  it('is not learnt from: the background is that of what was heard', () => {
    const noise = new ComfortNoise(7);
    const source = background(BACKGROUND);
    for (let i = 0; i < 200; i++) noise.hear(Int16Array.from({ length: FRAME }, source));
    const before = noise.meanSquare;
    const fade = new Fade(noise);
    for (let i = 0; i < 300; i++) fade.conceal(new Int16Array(FRAME));
    expect(noise.meanSquare).toBe(before);
    fade.hear(Int16Array.from({ length: FRAME }, source));
    expect(noise.meanSquare).not.toBe(before);
  });
});
