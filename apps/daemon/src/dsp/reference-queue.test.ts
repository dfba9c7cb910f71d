import { describe, expect, it } from 'vitest';
import { MOST_HELD_FRAMES, ReferenceQueue } from './reference-queue.js';
import { FRAME_SAMPLES } from './stage.js';

/** Pushes frames that say their number, and tells the number of each that is pulled; -1 is silence. */
class Sides {
  readonly queue: ReferenceQueue;
  #number = 0;
  readonly pulled: number[] = [];

  constructor(heldFrames = 0) {
    this.queue = new ReferenceQueue(heldFrames);
  }

  push(frames = 1): void {
    for (let n = 0; n < frames; n++) {
      this.queue.push(new Int16Array(FRAME_SAMPLES).fill(1 + this.#number++));
    }
  }

  pull(frames = 1): void {
    for (let n = 0; n < frames; n++) {
      this.pulled.push(Math.round(this.queue.pull()[0]! * 32_768) - 1);
    }
  }

  /** How many pulls later than its number each frame of the last `count` was pulled. */
  distances(count: number): Set<number> {
    const from = this.pulled.length - count;
    return new Set(this.pulled.slice(from).map((number, n) => from + n - number));
  }
}

describe('a reference queue', () => {
  it('gives each frame to the pull that comes with it, whichever side is first', () => {
    const sides = new Sides();
    for (let n = 0; n < 500; n++) {
      if (n % 2 === 0) sides.pull();
      sides.push();
      if (n % 2 === 1) sides.pull();
    }
    expect(sides.distances(100).size).toBe(1);
    expect(sides.queue.resyncs).toBeLessThanOrEqual(1);
  });

  it('keeps one distance through bursts, after it has seen how long they are', () => {
    const sides = new Sides();
    sides.push();
    for (let n = 0; n < 300; n++) {
      sides.pull(4);
      sides.push(4);
    }
    expect(sides.distances(800).size).toBe(1);
    expect(sides.queue.resyncs).toBe(1);
  });

  it('holds frames back as far as it is told later, where that is worth moving for', () => {
    const sides = new Sides(2);
    const run = (frames: number) => {
      for (let n = 0; n < frames; n++) {
        sides.push();
        sides.pull();
      }
      return [...sides.distances(50)];
    };
    const [before] = run(600);
    sides.queue.hold(3);
    expect(run(600)).toEqual([before]);
    sides.queue.hold(12);
    expect(run(600)).toEqual([before! + 10]);
    sides.queue.hold(0);
    // One frame more than it needs is slack.
    expect(run(600)[0]).toBeLessThanOrEqual(before! - 1);
  });

  it('holds frames back as far as it is told, and no further than it can', () => {
    for (const held of [0, 7, MOST_HELD_FRAMES, 1000]) {
      const sides = new Sides(held);
      for (let n = 0; n < 200; n++) {
        sides.push();
        sides.pull();
      }
      expect(sides.distances(100)).toEqual(new Set([Math.min(held, MOST_HELD_FRAMES)]));
    }
  });

  it('does not move for one hiccup of either side', () => {
    const sides = new Sides();
    const run = (frames: number) => {
      for (let n = 0; n < frames; n++) {
        sides.push();
        sides.pull();
      }
    };
    run(400);
    sides.pull(8);
    sides.push(8);
    run(400);
    sides.push(8);
    sides.pull(8);
    run(400);
    expect(sides.queue.resyncs).toBe(0);
    expect(sides.distances(100)).toEqual(new Set([0]));
    expect(sides.queue.missing).toBe(8);
  });

  it('works off what a faster loudspeaker piles up, and makes room for a slower one', () => {
    for (const extra of [1, -1]) {
      const sides = new Sides();
      for (let n = 0; n < 6000; n++) {
        if (n % 500 !== 499) sides.push();
        else if (extra > 0) sides.push(2);
        sides.pull();
      }
      // 12 frames apart by now, had nothing been done.
      expect(sides.queue.resyncs).toBeGreaterThanOrEqual(4);
      const last = [...sides.distances(50)].filter((distance) => distance < 5000);
      for (const distance of last) expect(Math.abs(distance + extra * 12)).toBeLessThanOrEqual(3);
      expect(sides.queue.missing).toBeLessThan(6000 * 0.5);
    }
  });

  it('begins anew when the loudspeaker does, and when the microphone does', () => {
    const sides = new Sides(3);
    sides.pull(1000);
    sides.push();
    expect(sides.queue.missing).toBe(0);
    sides.pull(4);
    expect(sides.pulled.slice(-4)).toEqual([-1, -1, -1, 0]);
    sides.push(1000);
    sides.pull(4);
    // The last one that was pushed is number 1000, and three are held back.
    expect(sides.pulled.slice(-4)).toEqual([997, 998, 999, 1000]);
  });
});
