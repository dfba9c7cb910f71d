import { describe, expect, it } from 'vitest';
import { LevelMeter, meanSquare, SILENCE_DBFS, toDbfs } from './level.js';

const level = (frame: Int16Array) => toDbfs(meanSquare(frame));

describe('a level', () => {
  it('is 0 dBFS for a full-scale square wave and -100 for silence', () => {
    expect(level(new Int16Array(320).fill(-32768))).toBe(0);
    expect(level(new Int16Array(320))).toBe(SILENCE_DBFS);
    expect(level(new Int16Array(0))).toBe(SILENCE_DBFS);
  });

  it('is -3 dBFS for a full-scale sine', () => {
    const sine = Int16Array.from({ length: 320 }, (_, i) =>
      Math.round(32767 * Math.sin((2 * Math.PI * i) / 32)),
    );
    expect(level(sine)).toBeCloseTo(-3.01, 1);
  });

  it('is metered over all frames since it was last taken', () => {
    const meter = new LevelMeter();
    meter.note(meanSquare(new Int16Array(320).fill(3277)));
    meter.note(0);
    expect(meter.take()).toBeCloseTo(-23, 1);
    expect(meter.take()).toBe(SILENCE_DBFS);
  });
});
