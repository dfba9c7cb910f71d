import { describe, expect, it } from 'vitest';
import { mouthToEar } from './latency.js';

const SPOKEN = { deviceMs: 8, processingMs: 20, codecMs: 2.5 };
/** The peer's clock is this much ahead; its timeline began when its clock said 70,000. */
const OFFSET_MS = 12_345;
const BEGAN_MS = 70_000;

/** What an end sees of a call whose network takes 30 ms and whose frames wait 12. */
function seen(frameMs: number, places = 0) {
  const atMs = 75_000;
  const spoken = {
    ...SPOKEN,
    atMicros: atMs * 1000,
    ticks: (atMs - BEGAN_MS) * 48,
  };
  // A frame that begins with media time m is at the lips at BEGAN + m by the peer's clock.
  const quickestMs = BEGAN_MS - OFFSET_MS + SPOKEN.deviceMs + frameMs + 30 - 10 * places;
  const timing = {
    quickestMs,
    waitingMs: 12,
    frameMs,
    placeOfTicks: (ticks: number) => ticks / 480 + places,
  };
  return mouthToEar(spoken, OFFSET_MS, timing, 15);
}

describe('mouth to ear', () => {
  it.each([10, 20])(
    'is the sum of its stages, and the network is what is left: %i ms frames',
    (frameMs) => {
      const { mouthToEarMs, budget } = seen(frameMs)!;
      expect(budget).toMatchObject({
        inputMs: 8,
        framingMs: frameMs,
        processingMs: 20,
        codecMs: 2.5,
        waitingMs: 12,
        outputMs: 15,
      });
      expect(budget!.networkMs).toBeCloseTo(30);
      expect(mouthToEarMs).toBeCloseTo(87.5 + frameMs);
    },
  );

  it('does not depend on where the timeline stands here', () => {
    expect(seen(10, 5000)!.mouthToEarMs).toBeCloseTo(seen(10)!.mouthToEarMs!);
  });

  it('is not said where the peer says what cannot be', () => {
    const timing = { quickestMs: 0, waitingMs: 0, frameMs: 10, placeOfTicks: () => 0 };
    const absurd = { ...SPOKEN, atMicros: 2 ** 52, ticks: 0 };
    expect(mouthToEar(absurd, 0, timing, 0)).toBeUndefined();
    expect(mouthToEar(SPOKEN as never, Number.NaN, timing, 0)).toBeUndefined();
  });
});
