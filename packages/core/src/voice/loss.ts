/** What the network did to the frames: interarrival jitter (RFC 3550) and the loss ratio. */

/** RFC 3550 section 6.4.1: J += (|D| - J) / 16 over the differences in transit time. */
export class InterarrivalJitter {
  #lastTransitMs: number | undefined;
  #jitterMs = 0;

  get jitterMs(): number {
    return this.#jitterMs;
  }

  /**
   * One frame arrived.
   * @param arrivedMs on the receiver's clock
   * @param timestampMs where the frame stands on the sender's timeline; the two clocks need not
   *   agree, since only differences count
   */
  note(arrivedMs: number, timestampMs: number): void {
    const transitMs = arrivedMs - timestampMs;
    if (this.#lastTransitMs !== undefined) {
      this.#jitterMs += (Math.abs(transitMs - this.#lastTransitMs) - this.#jitterMs) / 16;
    }
    this.#lastTransitMs = transitMs;
  }

  /** The sender's timeline starts anew (section 6.4.1 compares frames of one timeline only). */
  restart(): void {
    this.#lastTransitMs = undefined;
  }
}

/** Share of the last `frames` turns at which there was no frame to play, 0 to 1. */
export class LossWindow {
  readonly #missing: Uint8Array;
  #turns = 0;
  #lost = 0;

  /** @param frames how many turns it looks back: 250 are 5 s of 20 ms frames */
  constructor(frames: number) {
    this.#missing = new Uint8Array(frames);
  }

  get ratio(): number {
    return this.#turns === 0 ? 0 : this.#lost / Math.min(this.#turns, this.#missing.length);
  }

  note(missing: boolean): void {
    const at = this.#turns % this.#missing.length;
    this.#lost += (missing ? 1 : 0) - this.#missing[at]!;
    this.#missing[at] = missing ? 1 : 0;
    this.#turns++;
  }
}
