/**
 * How much a loudspeaker's ring keeps in hand: what a callback takes, and a margin for the time
 * until this thread has its turn. Each time that the ring ran short the margin grows; it shrinks
 * when that much was to spare for a while, which no one hears.
 */
import type { Stream } from '@kyberline/portaudio';
import type { Clock } from './clock.js';

const STEP_MS = 2.5;
const MOST_MS = 20;
const SPARE_FOR_MS = 20_000;

export class Margin {
  #marginMs = STEP_MS;
  #callbackFrames: number;
  #misses = 0;
  #since: number;

  constructor(
    private readonly stream: Stream,
    private readonly perMs: number,
    callbackMs: number,
    private readonly clock: Clock,
  ) {
    this.#callbackFrames = perMs * callbackMs;
    this.#since = clock.now();
    this.#apply();
  }

  /** To be called on each wake-up. @returns whether the ring ran short since the last time */
  adapt(): boolean {
    const { misses, callbackFrames } = this.stream;
    const isShort = misses > this.#misses;
    this.#misses = misses;
    this.#callbackFrames = Math.max(this.#callbackFrames, callbackFrames);
    if (isShort) this.#become(this.#marginMs + STEP_MS);
    else if (this.clock.now() - this.#since >= SPARE_FOR_MS) {
      const spareMs = this.stream.takeLeastLeft() / this.perMs;
      this.#become(this.#marginMs - (spareMs >= 1.5 * STEP_MS ? STEP_MS : 0));
    }
    this.#apply();
    return isShort;
  }

  #become(ms: number): void {
    this.#marginMs = Math.min(MOST_MS, Math.max(STEP_MS, ms));
    this.#since = this.clock.now();
    this.stream.takeLeastLeft();
  }

  #apply(): void {
    this.stream.wakeAt = Math.round(this.#callbackFrames + this.perMs * this.#marginMs);
  }
}
