import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../device/clock-virtual.js';
import { StandIn } from './stand-in.js';

describe('a stand-in for a device', () => {
  let clock: VirtualClock;
  let turns: number;
  let standIn: StandIn;
  const device = (frames: number) => {
    let wanted = 0;
    for (let i = 0; i < frames; i++) {
      clock.advance(20);
      if (standIn.take()) wanted++;
    }
    return wanted;
  };
  beforeEach(() => {
    clock = new VirtualClock();
    turns = 0;
    standIn = new StandIn(clock, () => turns++);
    standIn.start();
  });

  it('does nothing while the device takes its turns', () => {
    expect(device(500)).toBe(500);
    expect(turns).toBe(0);
  });

  it('takes a turn every 20 ms once the device is absent', () => {
    device(10);
    clock.advance(1150);
    expect(turns).toBeGreaterThanOrEqual(50);
    expect(turns).toBeLessThanOrEqual(52);
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
    for (let i = 0; i < 50; i++) if (standIn.take()) wanted++;
    expect(wanted + turns).toBeLessThanOrEqual(51);
    expect(device(50)).toBe(50);
  });

  it('wants lumps of a device that was never absent', () => {
    for (let i = 0; i < 100; i++) {
      clock.advance(40);
      expect([standIn.take(), standIn.take()]).toEqual([true, true]);
    }
  });

  it('rests when it is stopped', () => {
    standIn.stop();
    clock.advance(10_000);
    expect(turns).toBe(0);
  });
});
