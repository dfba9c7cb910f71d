import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathDelay } from './path-delay.js';

const FRAME_MS = 20;

/** A stream that is noted frame by frame; `transit` says how long the frame sent at `ms` takes. */
function stream(transit: (ms: number) => number, offsetMs = 123_456) {
  const path = new PathDelay();
  let sentMs = 0;
  return {
    path,
    runFor: (ms: number) => {
      for (const end = sentMs + ms; sentMs < end; sentMs += FRAME_MS) {
        path.note(sentMs + transit(sentMs), sentMs + offsetMs);
      }
    },
  };
}

describe('the delay of the path', () => {
  it('is nothing before there is anything to compare', () => {
    const { path, runFor } = stream((ms) => ms);
    expect(path).toMatchObject({ queueMs: 0, trendMsPerS: 0 });
    runFor(120);
    expect(path).toMatchObject({ queueMs: 0, trendMsPerS: 0 });
  });

  it('does not take for a queue what varies from packet to packet, or the clocks for a delay', () => {
    const { path, runFor } = stream((ms) => 40 + ((ms / FRAME_MS) % 7) * 15, -5e11);
    runFor(40_000);
    expect(path.queueMs).toBe(0);
    expect(path.trendMsPerS).toBe(0);
  });

  it('shows a queue that grows, how fast, and when it has gone again', () => {
    // From 10 s on 30 ms more every second; from 15 s on as before.
    const { path, runFor } = stream((ms) => {
      const isFull = ms >= 10_000 && ms < 15_000;
      return 50 + (isFull ? (ms - 10_000) * 0.03 : 0);
    });
    runFor(14_600);
    expect(path.queueMs).toBeGreaterThan(80);
    expect(path.queueMs).toBeLessThan(140);
    expect(path.trendMsPerS).toBeGreaterThan(25);
    expect(path.trendMsPerS).toBeLessThan(35);
    runFor(1_200);
    expect(path.trendMsPerS).toBeLessThan(-25);
    runFor(3_000);
    expect(path).toMatchObject({ queueMs: 0, trendMsPerS: 0 });
  });

  it('shows a queue within a second of its beginning', () => {
    const { path, runFor } = stream((ms) => 50 + Math.max(0, ms - 10_000) * 0.18);
    runFor(11_000);
    expect(path.queueMs).toBeGreaterThan(40);
    expect(path.trendMsPerS).toBeGreaterThan(40);
  });

  it('takes a longer way for the way after half a minute', () => {
    const { path, runFor } = stream((ms) => (ms < 5_000 ? 20 : 90));
    runFor(30_000);
    expect(path.queueMs).toBe(70);
    runFor(10_000);
    expect(path.queueMs).toBe(0);
  });

  it('forgets a quickest way once it has gone by, and not before', () => {
    const { path, runFor } = stream((ms) => (ms === 0 ? 10 : 50));
    runFor(29_000);
    expect(path.queueMs).toBe(40);
    runFor(4_000);
    expect(path.queueMs).toBe(0);
  });

  it('spreads what grew in a pause over the pause', () => {
    const path = new PathDelay();
    for (let ms = 0; ms <= 2_000; ms += FRAME_MS) path.note(ms + 30, ms);
    for (let ms = 12_000; ms <= 13_000; ms += FRAME_MS) path.note(ms + 130, ms);
    expect(path.queueMs).toBe(100);
    expect(path.trendMsPerS).toBeGreaterThan(100 / 12);
    expect(path.trendMsPerS).toBeLessThan(100 / 10);
    for (let ms = 13_020; ms <= 14_000; ms += FRAME_MS) path.note(ms + 130, ms);
    expect(path).toMatchObject({ queueMs: 100, trendMsPerS: 0 });
  });

  it.each([60_000, -60_000])('begins anew when the sender counts %d ms from elsewhere', (ms) => {
    const { path, runFor } = stream((sentMs) => 50 + sentMs * 0.01);
    runFor(10_000);
    expect(path.queueMs).toBeGreaterThan(50);
    path.note(10_050, 10_000 + ms);
    expect(path).toMatchObject({ queueMs: 0, trendMsPerS: 0 });
    for (let n = 1; n < 200; n++) {
      const at = 10_000 + n * FRAME_MS;
      path.note(at + 50, at + ms);
      expect(path.queueMs).toBe(0);
    }
  });

  it('shows of two clocks that drift apart no more than 9 ms', () => {
    for (const ppm of [300, -300]) {
      const { path, runFor } = stream((ms) => 50 + (ms * ppm) / 1e6);
      runFor(120_000);
      expect(path.queueMs).toBeLessThanOrEqual(9.3);
      expect(Math.abs(path.trendMsPerS)).toBeLessThanOrEqual(0.31);
    }
  });

  it('is never below zero and always a number', () => {
    const gaps = fc.array(
      fc.record({
        gap: fc.integer({ min: 0, max: 5000 }),
        transit: fc.integer({ min: -1e6, max: 1e6 }),
      }),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(gaps, (all) => {
        const path = new PathDelay();
        let now = 0;
        for (const { gap, transit } of all) {
          now += gap;
          path.note(now, now - transit);
          expect(path.queueMs).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(path.queueMs)).toBe(true);
          expect(Number.isFinite(path.trendMsPerS)).toBe(true);
        }
      }),
    );
  });
});
