import { describe, expect, it } from 'vitest';
import { Concealer, merge } from './conceal.js';

const loud = () => new Int16Array(320).fill(10_000);
const peak = (frame: Int16Array) =>
  frame.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

describe('concealment', () => {
  it('is silence before anything was heard', () => {
    const frame = loud();
    new Concealer(320).conceal(frame);
    expect(peak(frame)).toBe(0);
  });

  it('repeats the last frame, fading to silence within three', () => {
    const concealer = new Concealer(320);
    concealer.hear(loud());
    const frames = Array.from({ length: 5 }, () => {
      const frame = new Int16Array(320);
      concealer.conceal(frame);
      return frame;
    });
    expect(frames.map((frame) => frame[0])).toEqual([10_000, 5_000, 2_500, 0, 0]);
    expect(frames[2]?.[319]).toBeLessThan(20);
    expect(peak(frames[3]!)).toBe(0);
  });

  it('never jumps at an edge between frames', () => {
    const concealer = new Concealer(320);
    const heard: number[] = [];
    const tone = (n: number) =>
      Int16Array.from({ length: 320 }, (_, i) =>
        Math.round(8000 * Math.sin((2 * Math.PI * (n * 320 + i)) / 160)),
      );
    for (let n = 0; n < 20; n++) {
      const frame = tone(n);
      if (n >= 5 && n < 11) concealer.conceal(frame);
      else concealer.hear(frame);
      heard.push(...frame);
    }
    const jump = heard.slice(1).reduce((most, v, i) => Math.max(most, Math.abs(v - heard[i]!)), 0);
    expect(jump).toBeLessThan(500);
  });

  it('fades in when sound returns, and then leaves frames alone', () => {
    const concealer = new Concealer(320);
    concealer.hear(loud());
    for (let i = 0; i < 4; i++) concealer.conceal(new Int16Array(320));
    const back = loud();
    concealer.hear(back);
    expect(back[0]).toBe(0);
    expect(back[80]).toBe(10_000);
    const next = loud();
    concealer.hear(next);
    expect(next).toEqual(loud());
  });
});

describe('merging two frames', () => {
  it('starts as the earlier and ends as the later', () => {
    const out = new Int16Array(320);
    merge(new Int16Array(320).fill(1000), new Int16Array(320).fill(-1000), out);
    expect(out[0]).toBe(1000);
    expect(out[160]).toBe(0);
    expect(out[319]).toBeLessThan(-980);
  });
});
