/** Samples on their way to a loudspeaker, which asks for them in frames of whatever length. */

export class Tape {
  #at = 0;

  /** @param repeats at its end it begins again; otherwise silence follows */
  constructor(
    private readonly samples: Int16Array,
    private readonly repeats = false,
  ) {}

  /** Everything has been handed out; never so of one that repeats. */
  get isOver(): boolean {
    return !this.repeats && this.#at >= this.samples.length;
  }

  /** Writes all of the frame. */
  fill(frame: Int16Array): void {
    for (let filled = 0; filled < frame.length; ) {
      if (this.repeats && this.#at >= this.samples.length) this.#at = 0;
      const part = this.samples.subarray(this.#at, this.#at + frame.length - filled);
      if (part.length === 0) {
        frame.fill(0, filled);
        return;
      }
      frame.set(part, filled);
      filled += part.length;
      this.#at += part.length;
    }
  }
}
