import { describe, expect, it } from 'vitest';
import { DelayHistogram } from './delay-histogram.js';

const FRAME_MS = 20;
const LEAST_MS = 5;

/** A line: frames sent every 20 ms, each delayed as `delayMs` says, arriving in order of time. */
class Line {
  readonly histogram = new DelayHistogram(FRAME_MS);
  #frame = 0;

  run(seconds: number, delayMs: (frame: number) => number): void {
    const first = this.#frame;
    this.#frame += (seconds * 1000) / FRAME_MS;
    const arrivals: { arrivedMs: number; mediaMs: number }[] = [];
    for (let frame = first; frame < this.#frame; frame++) {
      const mediaMs = frame * FRAME_MS;
      arrivals.push({ arrivedMs: 1e6 + mediaMs + delayMs(frame - first), mediaMs });
    }
    arrivals.sort((a, b) => a.arrivedMs - b.arrivedMs);
    for (const { arrivedMs, mediaMs } of arrivals) this.histogram.note(arrivedMs, mediaMs);
  }

  get targetMs(): number {
    return this.histogram.targetMs();
  }
}

/** Evenly spread from 0 to `mostMs`, the same in every run. */
const uniform = (mostMs: number) => (frame: number) => ((frame * 0.618034) % 1) * mostMs;

describe('the quickest way', () => {
  it('is the least transit of the last 2 s, by whatever clock the sender has', () => {
    const line = new Line();
    expect(line.histogram.quickestMs).toBe(0);
    line.run(5, (frame) => (frame === 100 ? 30 : 40 + (frame % 3)));
    expect(line.histogram.quickestMs).toBe(1e6 + 40);
    line.run(1, (frame) => (frame === 10 ? 30 : 45));
    expect(line.histogram.quickestMs).toBe(1e6 + 30);
    line.run(1, () => 45);
    expect(line.histogram.quickestMs).toBe(1e6 + 30);
    line.run(2, () => 45);
    expect(line.histogram.quickestMs).toBe(1e6 + 45);
    line.histogram.restart();
    expect(line.histogram.quickestMs).toBe(0);
    line.run(1, () => 90);
    expect(line.histogram.quickestMs).toBe(1e6 + 90);
  });
});

describe('the jitter target', () => {
  it('is the least one before anything came, and while frames come steadily', () => {
    const line = new Line();
    expect(line.targetMs).toBe(LEAST_MS);
    line.run(60, () => 80);
    expect(line.targetMs).toBe(LEAST_MS);
  });

  it('covers a uniform jitter of 15 ms, and not much more', () => {
    const line = new Line();
    line.run(30, uniform(15));
    expect(line.targetMs).toBeGreaterThanOrEqual(10);
    expect(line.targetMs).toBeLessThanOrEqual(20);
  });

  it('is the upper edge of the bin within which the share lies', () => {
    const line = new Line();
    line.run(25, uniform(100));
    expect(line.histogram.targetMs(0.5)).toBe(50);
    expect(line.histogram.targetMs(0)).toBe(LEAST_MS);
    expect(line.histogram.targetMs(1)).toBe(100);
  });

  it('is never more than half a second', () => {
    const line = new Line();
    line.run(10, uniform(1500));
    expect(line.targetMs).toBe(500);
  });

  it('forgets jitter of 30 ms within 25 s of its end, but not within 5 s', () => {
    const line = new Line();
    line.run(60, uniform(30));
    expect(line.targetMs).toBe(30);
    line.run(5, () => 0);
    expect(line.targetMs).toBeGreaterThan(15);
    line.run(20, () => 0);
    expect(line.targetMs).toBe(LEAST_MS);
  });

  it('still learns after three hours', () => {
    const line = new Line();
    line.run(3 * 3600, () => 0);
    line.run(60, uniform(30));
    expect(line.targetMs).toBe(30);
  });

  it('knows nothing any more after a new beginning', () => {
    const line = new Line();
    line.run(20, uniform(60));
    line.histogram.restart();
    expect(line.targetMs).toBe(LEAST_MS);
    line.histogram.note(0, 1e9);
    expect(line.targetMs).toBe(LEAST_MS);
  });
});

describe('late frames', () => {
  it('do not raise the target if it is one of 500, 200 ms late', () => {
    const line = new Line();
    line.run(10, (frame) => (frame === 250 ? 200 : 0));
    expect(line.targetMs).toBe(LEAST_MS);
  });

  it('raise it to the peak for 10 s if there are three, each within 10 s', () => {
    const line = new Line();
    line.run(10, (frame) => (frame === 200 || frame === 450 ? 122 : 0));
    expect(line.targetMs).toBe(LEAST_MS);
    line.run(8, (frame) => (frame === 350 ? 122 : 0));
    expect(line.targetMs).toBe(125);
    line.run(8, () => 0);
    expect(line.targetMs).toBe(125);
    line.run(2, () => 0);
    expect(line.targetMs).toBe(LEAST_MS);
  });

  it('never raise it beyond 200 ms by being peaks', () => {
    const line = new Line();
    line.run(20, (frame) => (frame % 200 === 100 ? 800 : 0));
    expect(line.targetMs).toBe(205);
  });

  it('are one peak if a stall delayed them all', () => {
    const line = new Line();
    line.run(20, (frame) => (frame >= 600 && frame < 610 ? (610 - frame) * FRAME_MS : 0));
    expect(line.targetMs).toBe(LEAST_MS);
  });

  it.each([1_000, 1_900])('count as one if they come at once, after a stall of %d ms', (ms) => {
    const line = new Line();
    const stalled = ms / FRAME_MS;
    line.run(5, (frame) =>
      frame >= 200 && frame < 200 + stalled ? (200 + stalled - frame) * FRAME_MS : 0,
    );
    expect(line.histogram.targetMs(0.99)).toBe(LEAST_MS);
  });

  it('do not raise it if two stalls come with the first frames', () => {
    const line = new Line();
    line.run(1.5, (frame) => {
      if (frame >= 3 && frame < 9) return (9 - frame) * FRAME_MS;
      return frame >= 9 && frame < 50 ? (50 - frame) * FRAME_MS : 0;
    });
    expect(line.histogram.targetMs(0.98)).toBe(LEAST_MS);
  });

  it('do not raise it if it stalls again and again while it begins', () => {
    const line = new Line();
    line.run(2.8, (frame) => (frame % 45 === 20 ? 180 : 0));
    line.run(1, () => 0);
    expect(line.targetMs).toBe(LEAST_MS);
  });

  it('raise it within a second if the way is like that from the beginning', () => {
    const line = new Line();
    line.run(1, uniform(60));
    expect(line.histogram.targetMs(0.99)).toBeGreaterThanOrEqual(50);
  });

  it('count one by one if they come one by one', () => {
    const line = new Line();
    line.run(10, (frame) => (frame >= 250 && frame < 300 ? 120 : 0));
    expect(line.targetMs).toBe(125);
  });

  it('say nothing once they are to be forgotten, and the quickest way still does', () => {
    const line = new Line();
    line.run(10, uniform(200));
    const { quickestMs } = line.histogram;
    line.histogram.forgetDelays();
    expect(line.targetMs).toBe(LEAST_MS);
    expect(line.histogram.quickestMs).toBe(quickestMs);
    line.run(3, uniform(15));
    expect(line.targetMs).toBe(15);
  });
});

describe('what is no jitter', () => {
  it.each([300, -300])('is a clock that is %d ppm off for ten minutes', (ppm) => {
    const line = new Line();
    const still = new Line();
    still.run(600, uniform(15));
    line.run(600, (frame) => uniform(15)(frame) + (frame * FRAME_MS * ppm) / 1e6);
    expect(Math.abs(line.targetMs - still.targetMs)).toBeLessThanOrEqual(5);
  });

  it.each([40, -40])('is a step of %d ms in the way, once 2 s have passed', (stepMs) => {
    const line = new Line();
    line.run(30, () => 60);
    line.run(2.2, () => 60 + stepMs);
    expect(line.targetMs).toBe(LEAST_MS);
    line.run(10, () => 60 + stepMs);
    expect(line.targetMs).toBe(LEAST_MS);
  });

  it('is a way that becomes 40 ms longer twice within 10 s', () => {
    const line = new Line();
    line.run(30, () => 0);
    line.run(5, () => 40);
    line.run(2.2, () => 80);
    expect(line.targetMs).toBe(LEAST_MS);
  });

  it('is a longer way that has jitter of its own', () => {
    const line = new Line();
    line.run(30, uniform(15));
    line.run(2.2, (frame) => 40 + uniform(15)(frame));
    expect(line.targetMs).toBeLessThanOrEqual(20);
  });

  it('is a counter that jumps, forth, back or for one frame', () => {
    const histogram = new DelayHistogram();
    let nowMs = 0;
    for (const jumpMs of [0, 1e9, -1e9, 5000, 0]) {
      for (let i = 0; i < 250; i++) {
        nowMs += FRAME_MS;
        histogram.note(nowMs, nowMs + jumpMs);
        expect(histogram.targetMs()).toBe(LEAST_MS);
      }
      histogram.note(nowMs, nowMs + 2 ** 50);
    }
  });

  it('is a time that is not finite or goes back', () => {
    const line = new Line();
    line.run(10, () => 0);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (let i = 0; i < 100; i++) {
        line.histogram.note(bad, 10_000);
        line.histogram.note(1e6 + 10_000, bad);
      }
    }
    for (let i = 0; i < 100; i++) line.histogram.note(1e6 + 5000 + i, 4800 + i);
    expect(line.targetMs).toBe(LEAST_MS);
    line.run(1, () => 0);
    expect(line.targetMs).toBe(LEAST_MS);
  });
});
