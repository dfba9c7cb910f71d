import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../device/clock-virtual.js';
import { StandIn } from './stand-in.js';

describe('a stand-in for a device', () => {
  let clock: VirtualClock;
  let turns: number;
  let missed: number;
  let standIn: StandIn;
  const device = (frames: number) => {
    let wanted = 0;
    for (let i = 0; i < frames; i++) {
      clock.advance(10);
      if (standIn.take()) wanted++;
    }
    return wanted;
  };
  beforeEach(() => {
    clock = new VirtualClock();
    turns = 0;
    missed = 0;
    standIn = new StandIn(
      clock,
      () => turns++,
      (count) => {
        missed += count;
      },
    );
    standIn.start();
  });

  it('does nothing while the device takes its turns', () => {
    expect(device(500)).toBe(500);
    expect(turns).toBe(0);
  });

  it('takes a turn every 10 ms once the device is absent', () => {
    device(10);
    clock.advance(1150);
    expect(turns).toBeGreaterThanOrEqual(100);
    expect(turns).toBeLessThanOrEqual(102);
    expect(turns + missed).toBeGreaterThanOrEqual(114);
    expect(turns + missed).toBeLessThanOrEqual(115);
  });

  it('steps back when the device is there again', () => {
    clock.advance(1000);
    const before = turns;
    expect(device(100)).toBe(100);
    expect(turns - before).toBeLessThanOrEqual(1);
  });

  it('does not want what the device makes up for in one go', () => {
    device(10);
    clock.advance(1000);
    let wanted = 0;
    for (let i = 0; i < 100; i++) if (standIn.take()) wanted++;
    expect(wanted + turns + missed).toBeLessThanOrEqual(101);
    expect(device(50)).toBe(50);
  });

  it('has taken some of the turns that the device then says it has lost', () => {
    expect(standIn.uncovered(3)).toBe(3);
    clock.advance(1000);
    const taken = turns + missed;
    expect(standIn.uncovered(taken - 10)).toBe(0);
    expect(standIn.uncovered(30)).toBe(20);
  });

  it('takes no turn where this thread was held up, and the device was not', () => {
    device(10);
    // The timer comes first, and right behind it what waited.
    clock.advance(151);
    expect(standIn.take()).toBe(true);
    for (let i = 0; i < 14; i++) expect(standIn.take()).toBe(true);
    expect(device(50)).toBe(50);
    expect(turns + missed).toBe(0);
  });

  it('does not want the rest of it after this thread had other work meanwhile', () => {
    device(10);
    clock.advance(1000);
    let wanted = 0;
    for (let i = 0; i < 100; i++) {
      // Encoding the first one, and a moment in which others had the processor.
      if (i === 1 || i === 20) clock.advance(8);
      if (standIn.take()) wanted++;
    }
    expect(wanted + turns + missed).toBeLessThanOrEqual(117);
    expect(device(50)).toBe(50);
  });

  for (const frames of [2, 4]) {
    const lump = () => {
      clock.advance(10 * frames);
      return Array.from({ length: frames }, () => standIn.take());
    };
    const all = Array(frames).fill(true);

    it(`wants lumps of ${frames} of a device that was never absent`, () => {
      for (let i = 0; i < 100; i++) expect(lump()).toEqual(all);
      expect(turns).toBe(0);
    });

    it(`wants lumps of ${frames} again once it is there again, also after what it made up for`, () => {
      for (const madeUp of [0, 30]) {
        clock.advance(1000);
        for (let i = 0; i < madeUp; i++) standIn.take();
        lump();
        lump();
        for (let i = 0; i < 100; i++) expect(lump()).toEqual(all);
      }
    });
  }

  it('rests when it is stopped', () => {
    standIn.stop();
    clock.advance(10_000);
    expect(turns).toBe(0);
  });
});
