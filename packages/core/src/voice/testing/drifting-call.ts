/** A call between two sound cards, in virtual time: what its receiver notes for `Drift`. */
import { Drift } from '../drift.js';

/** How often the sender sends. */
export const FRAME_MS = 20;
/** How often the output asks. */
export const TURN_MS = 10;

/** Numbers from 0 to 1, the same in every run. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Line {
  readonly senderPpm?: number;
  readonly outputPpm?: number;
  readonly loss?: number;
  readonly seed?: number;
  /** Delay of the way for what is sent at a time; the jitter is in it. */
  readonly delayMs: (sentMs: number, random: () => number) => number;
}

/** A sender, a way and an output, in virtual time: our clock is 0 at the beginning. */
export class DriftingCall {
  readonly drift = new Drift();
  readonly #line: Line;
  readonly #random: () => number;
  #frame = 0;
  #turn = 0;
  #arrivals: { arrivedMs: number; mediaMs: number }[] = [];
  /** Added to the sender's timestamps. */
  timestampMs = 0;
  nowMs = 0;
  /** The newest of the sender's sound that is here, and what was played of it. */
  newestMs = 0;
  playedMs = -60;

  constructor(line: Line) {
    this.#line = line;
    this.#random = chance(line.seed ?? 1);
  }

  run(seconds: number, each: (call: DriftingCall) => void = () => {}): void {
    const { senderPpm = 0, outputPpm = 0, loss = 0, delayMs } = this.#line;
    const endMs = this.nowMs + seconds * 1000;
    while (this.nowMs < endMs) {
      this.nowMs = (this.#turn * TURN_MS) / (1 + outputPpm / 1e6);
      for (;;) {
        const mediaMs = this.#frame * FRAME_MS;
        const sentMs = mediaMs / (1 + senderPpm / 1e6);
        if (sentMs > this.nowMs) break;
        this.#frame++;
        if (this.#random() < loss) continue;
        const arrivedMs = sentMs + delayMs(sentMs, this.#random);
        this.#arrivals.push({ arrivedMs, mediaMs: mediaMs + this.timestampMs });
      }
      this.#arrivals.sort((a, b) => a.arrivedMs - b.arrivedMs);
      while (this.#arrivals[0] && this.#arrivals[0].arrivedMs <= this.nowMs) {
        const { arrivedMs, mediaMs } = this.#arrivals.shift()!;
        this.drift.noteArrival(arrivedMs, mediaMs);
        this.newestMs = Math.max(this.newestMs, mediaMs - this.timestampMs);
      }
      // The device asks up to 3 ms late.
      this.drift.noteOutput(this.nowMs + 3 * this.#random(), this.#turn * TURN_MS);
      this.#turn++;
      each(this);
    }
  }

  /** From the sender's microphone to our loudspeaker. */
  get delayMs(): number {
    return this.nowMs * (1 + (this.#line.senderPpm ?? 0) / 1e6) - this.playedMs;
  }
}
