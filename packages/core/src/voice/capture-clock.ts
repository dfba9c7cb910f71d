/**
 * When the microphone's sound was captured, on our clock: frames are handed over late by chance but
 * never early, so the quickest of the last seconds says when each tick of the timeline really was.
 * Of the last seconds and not of all time: what a sound card lost moves every tick after it.
 */

/** The quickest of this stretch and of the one before it count: 2 to 4 s. */
const STRETCH_MS = 2_000;
const TICKS_PER_MS = 48;

export class CaptureClock {
  #beganMs: number | undefined;
  /** When tick 0 would have been handed over, by the quickest of the last stretch and of this one. */
  #beforeMs = Number.POSITIVE_INFINITY;
  #originMs = Number.POSITIVE_INFINITY;

  /** The sound up to `ticks` (48 kHz) has been handed over. */
  note(nowMs: number, ticks: number): void {
    this.#beganMs ??= nowMs;
    if (nowMs - this.#beganMs >= STRETCH_MS) {
      // After a longer pause the stretch before says nothing any more.
      const isNext = nowMs - this.#beganMs < 2 * STRETCH_MS;
      this.#beforeMs = isNext ? this.#originMs : Number.POSITIVE_INFINITY;
      this.#originMs = Number.POSITIVE_INFINITY;
      this.#beganMs = nowMs;
    }
    this.#originMs = Math.min(this.#originMs, nowMs - ticks / TICKS_PER_MS);
  }

  /** The tick that was captured at that moment; undefined before the first frame. */
  ticksAt(nowMs: number): number | undefined {
    if (this.#beganMs === undefined) return undefined;
    return (nowMs - Math.min(this.#beforeMs, this.#originMs)) * TICKS_PER_MS;
  }
}
