import { describe, expect, it } from 'vitest';
import { CaptureClock } from './capture-clock.js';

const FRAME_MS = 10;
const TICKS = 480;

describe('when sound was captured', () => {
  it('is not known before there was any', () => {
    expect(new CaptureClock().ticksAt(5)).toBeUndefined();
  });

  it('follows the quickest frames, however late some are', () => {
    const clock = new CaptureClock();
    for (let n = 1; n <= 500; n++) clock.note(1000 + n * FRAME_MS + ((n * 7) % 9), n * TICKS);
    const ticks = clock.ticksAt(1000 + 500 * FRAME_MS)!;
    expect(Math.abs(ticks - 500 * TICKS)).toBeLessThan(5 * 48 * 0.05);
  });

  it.each([-200, 200])('follows a card that is %i ppm off', (ppm) => {
    const clock = new CaptureClock();
    const periodMs = FRAME_MS * (1 + ppm / 1e6);
    for (let n = 1; n <= 60_000; n++) clock.note(n * periodMs, n * TICKS);
    const ticks = clock.ticksAt(60_000 * periodMs)!;
    // Within the drift of 4 s, 0.8 ms.
    expect(Math.abs(ticks - 60_000 * TICKS)).toBeLessThan(0.8 * 48 + 1);
  });

  it('knows soon that the card lost sound, which it counts no ticks for', () => {
    const clock = new CaptureClock();
    for (let n = 1; n <= 500; n++) clock.note(n * FRAME_MS, n * TICKS);
    for (let n = 501; n <= 1000; n++) clock.note(60 + n * FRAME_MS, n * TICKS);
    expect(clock.ticksAt(60 + 1000 * FRAME_MS)).toBeCloseTo(1000 * TICKS, 0);
  });

  it('begins anew after the card stood still', () => {
    const clock = new CaptureClock();
    for (let n = 1; n <= 100; n++) clock.note(n * FRAME_MS, n * TICKS);
    for (let n = 101; n <= 200; n++) clock.note(3000 + n * FRAME_MS, n * TICKS);
    expect(clock.ticksAt(3000 + 200 * FRAME_MS)).toBeCloseTo(200 * TICKS, 0);
  });
});
