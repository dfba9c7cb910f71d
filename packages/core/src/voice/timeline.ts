/**
 * From packet counters to one running frame index. Counters start anew with every epoch; MODE
 * says where an epoch's counter stands on the sender's clock (SPEC 9, counter-to-time base):
 *
 *   epoch 4   … 2998 2999 │                     index = counter + offset[epoch]
 *   epoch 5              │ 0 1 2 …
 *   index     … 8998 8999 9000 9001 9002 …
 *
 * An epoch that is being played is never moved: a MODE that disagrees with it (the sender's
 * program was started again, or the frames came before their MODE) moves where later ones go.
 */

/** An epoch's frames live 5 s past the next one's begin (SPEC 8), so three are never exceeded. */
const EPOCHS_KEPT = 4;

export class Timeline {
  readonly #offsets = new Map<number, number>();
  /** Our index minus the sender's, once a MODE has told the sender's. */
  #shift: number | undefined;

  /** A MODE: in `epoch`, the frame with `counter` is the sender's `frame`th since its first. */
  base(epoch: number, counter: number, frame: number): void {
    const known = this.#offsets.get(epoch);
    if (known !== undefined) this.#shift = counter + known - frame;
    else this.#keep(epoch, frame + (this.#shift ?? 0) - counter);
    this.#shift ??= 0;
  }

  /**
   * The running index of a frame.
   * @param following what the epoch's first frame is taken for while no MODE has told: the index
   *   behind the newest frame so far
   */
  indexOf(epoch: number, counter: number, following: number): number {
    const known = this.#offsets.get(epoch);
    if (known !== undefined) return counter + known;
    this.#keep(epoch, following);
    return counter + following;
  }

  #keep(epoch: number, offset: number): void {
    this.#offsets.set(epoch, offset);
    for (const old of this.#offsets.keys()) {
      if (this.#offsets.size <= EPOCHS_KEPT) break;
      this.#offsets.delete(old);
    }
  }
}
