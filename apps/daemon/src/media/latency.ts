/**
 * Mouth to ear, as one end can say it: the peer tells when its voice was spoken by its clock (SPOKEN),
 * PONGs tell that clock by ours, and what is played now has a place on the peer's timeline.
 *
 *   mouth ── device ── a frame fills ── processing, codec ── network ── waiting ── device ── ear
 *            └ told by the peer ┘       └─ told by the peer ┘  └ measured ┘         └ measured here
 *
 * The network's share is what is left between the end of a frame and its arrival: encoding, sealing,
 * the way, and both programs' turns. Its error is half the round trip at most (voice/clock-offset.ts).
 */
import type { Spoken } from '@kyberline/core/call/control';
import { PLACE_MS } from '@kyberline/core/voice/jitter';
import type { CallCounters } from '@kyberline/shared/snapshot';

/** Where the playout stands, see Playout. */
export interface PlayoutTiming {
  /** Arrival minus media time of the quickest frames, ms. */
  quickestMs: number;
  /** How long sound waits from the quickest arrival until it is played, on average. */
  waitingMs: number;
  frameMs: number;
  /** The index, in places, of the sender's own 48 kHz ticks. */
  placeOfTicks(ticks: number): number;
}

/** No delay that could be true is longer: one of the clocks, or the peer, is wrong. */
const ABSURD_MS = 60_000;

/**
 * @param offsetMs the peer's clock minus ours
 * @returns undefined where that is not known yet, and where what the peer said cannot be
 */
export function mouthToEar(
  spoken: Spoken | undefined,
  offsetMs: number | undefined,
  timing: PlayoutTiming,
  outputMs: number,
): Pick<CallCounters, 'mouthToEarMs' | 'budget'> | undefined {
  if (!spoken || offsetMs === undefined) return undefined;
  const { deviceMs, processingMs, codecMs } = spoken;
  const { quickestMs, waitingMs, frameMs } = timing;
  const spokenMs = spoken.atMicros / 1000 - offsetMs;
  const mediaMs = timing.placeOfTicks(spoken.ticks) * PLACE_MS;
  // From the lips to the arrival of the frame that begins with this sound.
  const arrivedMs = quickestMs - (spokenMs - mediaMs);
  const networkMs = arrivedMs - deviceMs - frameMs;
  if (!(Math.abs(networkMs) < ABSURD_MS)) return undefined;
  const budget = {
    inputMs: deviceMs,
    framingMs: frameMs,
    processingMs,
    codecMs,
    networkMs,
    waitingMs,
    outputMs,
  };
  const mouthToEarMs = Object.values(budget).reduce((sum, each) => sum + each, 0);
  return { mouthToEarMs, budget };
}
