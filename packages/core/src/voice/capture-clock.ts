/**
 * When the microphone's sound was captured, on our clock: frames are handed over late by chance but
 * never early, so the quickest of the last seconds says when each tick of the timeline really was.
 */

/** How fast the quickest is forgotten, so that a card that runs slower is followed: 400 ppm. */
const FORGET_MS_PER_S = 0.4;
/** So much later than the quickest is no chance: the card stood still, or another one is used. */
const ANEW_MS = 500;
const TICKS_PER_MS = 48;

export class CaptureClock {
  #originMs: number | undefined;
  #lastMs = 0;

  /** The sound up to `ticks` (48 kHz) has been handed over. */
  note(nowMs: number, ticks: number): void {
    const origin = nowMs - ticks / TICKS_PER_MS;
    const since = Math.max(0, nowMs - this.#lastMs);
    const before = this.#originMs ?? origin;
    const forgotten = before + (FORGET_MS_PER_S * since) / 1000;
    this.#originMs = origin - before > ANEW_MS ? origin : Math.min(origin, forgotten);
    this.#lastMs = nowMs;
  }

  /** The tick that was captured at that moment; undefined before the first frame. */
  ticksAt(nowMs: number): number | undefined {
    return this.#originMs === undefined ? undefined : (nowMs - this.#originMs) * TICKS_PER_MS;
  }
}
