import { describe, expect, it } from 'vitest';
import { pace, systemClock } from './clock.js';
import { VirtualClock } from './clock-virtual.js';

describe('a pacer', () => {
  it('takes a turn every period, exactly', () => {
    const clock = new VirtualClock();
    const turns: number[] = [];
    const stop = pace(clock, 20, () => turns.push(clock.now()));
    clock.advance(100);
    expect(turns).toEqual([20, 40, 60, 80, 100]);
    stop();
    clock.advance(100);
    expect(turns.length).toBe(5);
  });

  it('makes up for a short block', () => {
    const clock = new VirtualClock();
    let turns = 0;
    let blocked = false;
    const late = {
      now: () => clock.now(),
      after: (ms: number, task: () => void) => clock.after(blocked ? 70 : ms, task),
    };
    pace(late, 20, () => {
      turns++;
      blocked = turns === 3;
    });
    clock.advance(200);
    expect(turns).toBe(10);
  });

  it('makes up for a block of 100 ms, however short its turns are', () => {
    const clock = new VirtualClock();
    let turns = 0;
    let blocked = false;
    const late = {
      now: () => clock.now(),
      after: (ms: number, task: () => void) => clock.after(blocked ? 100 : ms, task),
    };
    pace(late, 10, () => {
      turns++;
      blocked = turns === 3;
    });
    clock.advance(200);
    expect(turns).toBe(20);
  });

  it('begins anew after a long one', () => {
    const clock = new VirtualClock();
    let turns = 0;
    let asleep = false;
    const late = {
      now: () => clock.now(),
      after: (ms: number, task: () => void) => clock.after(asleep ? 60_000 : ms, task),
    };
    pace(late, 20, () => {
      turns++;
      asleep = turns === 2;
    });
    clock.advance(60_000);
    expect(turns).toBeLessThanOrEqual(7);
    clock.advance(200);
    expect(turns).toBeLessThanOrEqual(17);
    expect(turns).toBeGreaterThan(10);
  });

  it('can be stopped from within a turn', () => {
    const clock = new VirtualClock();
    let turns = 0;
    const stop = pace(clock, 20, () => {
      turns++;
      stop();
    });
    clock.advance(1000);
    expect(turns).toBe(1);
  });

  it('keeps to real time over a second with blocks in it', async () => {
    const startedAt = performance.now();
    let turns = 0;
    await new Promise<void>((resolve) => {
      const stop = pace(systemClock, 20, () => {
        turns++;
        if (turns % 10 === 0) {
          const until = performance.now() + 45;
          while (performance.now() < until);
        }
        if (turns === 50) {
          stop();
          resolve();
        }
      });
    });
    const took = performance.now() - startedAt;
    expect(took).toBeGreaterThanOrEqual(990);
    expect(took).toBeLessThan(1200);
  });
});
