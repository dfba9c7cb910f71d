/**
 * A warning's memory: on after enough of a thing, off after a long enough time without. In between
 * it stays as it is, so that it neither flickers nor sticks.
 */
export class Latch {
  isOn = false;
  readonly #onFrames: number;
  readonly #forgets: number;
  readonly #offFrames: number;
  #count = 0;
  #without = 0;

  /**
   * @param onFrames so many frames with it, less `forgets` for each one without, switch it on
   * @param offFrames so many without it, one after another, switch it off
   */
  constructor(onFrames: number, forgets: number, offFrames: number) {
    this.#onFrames = onFrames;
    this.#forgets = forgets;
    this.#offFrames = offFrames;
  }

  /** Whether it is so in this frame; undefined if the frame says nothing either way. */
  note(isSo: boolean | undefined): void {
    if (isSo === undefined) return;
    this.#count = isSo
      ? Math.min(this.#onFrames, this.#count + 1)
      : Math.max(0, this.#count - this.#forgets);
    this.#without = isSo ? 0 : this.#without + 1;
    if (!this.isOn) this.isOn = this.#count >= this.#onFrames;
    else if (this.#without >= this.#offFrames) this.reset();
  }

  reset(): void {
    this.isOn = false;
    this.#count = 0;
    this.#without = 0;
  }
}
