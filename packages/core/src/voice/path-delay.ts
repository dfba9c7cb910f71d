/**
 * Whether a queue builds up on the way: how far the quickest packet of the last second is behind the
 * quickest of the last half minute, and how fast that grows. One-way, by the sender's timestamps and
 * our arrivals, so neither clock has to be known; only their drift shows, 9 ms in the window at
 * 300 ppm, and less once it is estimated (drift.ts).
 */

const SECONDS = 30;
const SECOND_MS = 1000;
/** So far from the others is no delay: the sender counts from another time. */
const ANEW_MS = 10_000;

export class PathDelay {
  /** The quickest transit of each of the last seconds in which anything came. */
  readonly #leastMs: number[] = [];
  #nowMs = Number.POSITIVE_INFINITY;
  #sinceMs: number | undefined;
  /** When the second began that was closed last. */
  #beforeMs = 0;
  #queueMs = 0;
  #trendMsPerS = 0;

  /** The quickest of the last full second above the quickest of all, ms. */
  get queueMs(): number {
    return this.#queueMs;
  }

  /** How much the delay grew from one second to the next, ms per s; below zero while it shrinks. */
  get trendMsPerS(): number {
    return this.#trendMsPerS;
  }

  /**
   * A packet arrived.
   * @param arrivedMs on our clock
   * @param sentMs when it left by the sender's: the end of its sound
   */
  note(arrivedMs: number, sentMs: number): void {
    const transitMs = arrivedMs - sentMs;
    const last = this.#leastMs.at(-1) ?? transitMs;
    if (Math.abs(transitMs - last) > ANEW_MS) this.restart();
    this.#sinceMs ??= arrivedMs;
    if (arrivedMs - this.#sinceMs >= SECOND_MS) this.#close(arrivedMs);
    this.#nowMs = Math.min(this.#nowMs, transitMs);
  }

  restart(): void {
    this.#leastMs.length = 0;
    this.#nowMs = Number.POSITIVE_INFINITY;
    this.#sinceMs = undefined;
    this.#queueMs = 0;
    this.#trendMsPerS = 0;
  }

  #close(arrivedMs: number): void {
    const now = this.#nowMs;
    const before = this.#leastMs.at(-1);
    const sinceMs = this.#sinceMs ?? arrivedMs;
    // From begin to begin: a pause between them belongs to what grew meanwhile.
    const seconds = (sinceMs - this.#beforeMs) / SECOND_MS;
    this.#beforeMs = sinceMs;
    this.#leastMs.push(now);
    if (this.#leastMs.length > SECONDS) this.#leastMs.shift();
    this.#queueMs = now - Math.min(...this.#leastMs);
    this.#trendMsPerS = before === undefined ? 0 : (now - before) / seconds;
    this.#sinceMs = arrivedMs;
    this.#nowMs = Number.POSITIVE_INFINITY;
  }
}
