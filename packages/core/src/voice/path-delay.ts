/**
 * Whether a queue builds up on the way: how far the quickest packet of the last 0.4 s is behind
 * the quickest of the last half minute, and how fast that grows. One-way, by the sender's timestamps
 * and our arrivals, so neither clock has to be known; only their drift shows, 9 ms in the window at
 * 300 ppm, and less once it is estimated (drift.ts).
 *
 *   fifths     … │ 31 30 30 33 │ 58 84 │           the least transit of each, ms
 *                  └─ then ─┘    now: 58           trend: now - then, a second apart
 *
 * Fifths of a second, so that a report says what was done a second before it: a queue of our own
 * making grows by 200 ms meanwhile.
 */

const SLOT_MS = 200;
/** Half a minute. */
const SLOTS = 150;
/** So many are one measurement: the quickest of one alone is not quick where much is late. */
const TOGETHER = 2;
/** What is compared with it: a second earlier, or as much as there is at the beginning. */
const EARLIER = 5;
/** So far from the others is no delay: the sender counts from another time. */
const ANEW_MS = 10_000;

interface Slot {
  beganMs: number;
  leastMs: number;
}

export class PathDelay {
  /** The last fifths of a second in which anything came. */
  readonly #slots: Slot[] = [];
  #nowMs = Number.POSITIVE_INFINITY;
  #sinceMs: number | undefined;
  #queueMs = 0;
  #trendMsPerS = 0;

  /** The quickest of the last 0.4 s above the quickest of all, ms. */
  get queueMs(): number {
    return this.#queueMs;
  }

  /** How much the delay grew within a second, ms per s; below zero while it shrinks. */
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
    const last = this.#slots.at(-1)?.leastMs ?? transitMs;
    if (Math.abs(transitMs - last) > ANEW_MS) this.restart();
    this.#sinceMs ??= arrivedMs;
    if (arrivedMs - this.#sinceMs >= SLOT_MS) this.#close(arrivedMs);
    this.#nowMs = Math.min(this.#nowMs, transitMs);
  }

  restart(): void {
    this.#slots.length = 0;
    this.#nowMs = Number.POSITIVE_INFINITY;
    this.#sinceMs = undefined;
    this.#queueMs = 0;
    this.#trendMsPerS = 0;
  }

  #close(arrivedMs: number): void {
    const slots = this.#slots;
    slots.push({ beganMs: this.#sinceMs ?? arrivedMs, leastMs: this.#nowMs });
    if (slots.length > SLOTS) slots.shift();
    this.#sinceMs = arrivedMs;
    this.#nowMs = Number.POSITIVE_INFINITY;
    const now = leastOf(slots.slice(-TOGETHER));
    this.#queueMs = now - leastOf(slots);
    const earlier = Math.min(EARLIER, slots.length - TOGETHER);
    if (earlier < TOGETHER) return;
    const before = slots.slice(-TOGETHER - earlier, -earlier);
    // From begin to begin: a pause between them belongs to what grew meanwhile.
    const beganMs = slots.at(-TOGETHER)?.beganMs ?? 0;
    const seconds = (beganMs - (before[0]?.beganMs ?? 0)) / 1000;
    this.#trendMsPerS = (now - leastOf(before)) / seconds;
  }
}

function leastOf(slots: readonly Slot[]): number {
  return slots.reduce((least, { leastMs }) => Math.min(least, leastMs), Number.POSITIVE_INFINITY);
}
