/**
 * The one stream of a device that is being opened, which a sound system may take its time for: what
 * opens when it is no longer wanted is closed again, and one that hangs is asked for nothing more.
 */
export class Opening {
  /** Of all that were begun. */
  count = 0;
  #is = 0;
  #isAsked = false;

  /** @throws while the one before has not been answered: a sound system that hangs gets no more of them */
  begin(): number {
    if (this.#isAsked) throw new Error('The sound system has not answered yet.');
    this.#isAsked = true;
    this.#is = ++this.count;
    return this.#is;
  }

  answered(): void {
    this.#isAsked = false;
  }

  end(): void {
    this.#is = 0;
  }

  isStill(opening: number): boolean {
    return this.#is === opening;
  }

  failed(opening: number, trouble: () => void): void {
    if (this.isStill(opening)) trouble();
  }
}
