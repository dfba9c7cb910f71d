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
 *
 * Until its MODE has come, an epoch's first frame is placed by when it arrived: frames leave in a
 * steady rhythm, and older ones may still be on their way, whose places it must not take.
 */

/** An epoch's frames live 5 s past the next one's begin (SPEC 8), so three are never exceeded. */
const EPOCHS_KEPT = 4;
/** A frame is never placed further than this behind the newest one by its arrival alone. */
const MOST_SKIPPED = 10;
/** How fast the quickest way through the network is forgotten, so that a longer one is learned. */
const FORGET_MS_PER_FRAME = 0.5;
/** MODEs cannot move an epoch further than this, however many: a call has 2^36 frames at most. */
const FURTHEST = 2 ** 45;

export class Timeline {
  readonly #frameMs: number;
  readonly #offsets = new Map<number, number>();
  /** When frame 0 would have come by the quickest way; undefined before there was a frame. */
  #originMs: number | undefined;
  /** Our index minus the sender's, once a MODE has told the sender's. */
  #shift: number | undefined;

  /** @param frameMs 10 or 20 */
  constructor(frameMs: number) {
    this.#frameMs = frameMs;
  }

  /** A MODE: in `epoch`, the frame with `counter` is the sender's `frame`th since its first. */
  base(epoch: number, counter: number, frame: number): void {
    const known = this.#offsets.get(epoch);
    if (known !== undefined) this.#shift = counter + known - frame;
    else {
      const offset = frame + (this.#shift ?? 0) - counter;
      if (Math.abs(offset) > FURTHEST) return;
      this.#keep(epoch, offset);
    }
    this.#shift ??= 0;
  }

  /**
   * The running index of a frame that has just arrived.
   * @param following the index behind the newest frame so far
   * @param nowMs on the receiver's clock
   */
  indexOf(epoch: number, counter: number, following: number, nowMs: number): number {
    const known = this.#offsets.get(epoch);
    if (known === undefined) {
      this.#keep(epoch, this.#placeOf(following + counter, nowMs) - counter);
    }
    const index = counter + this.#offsets.get(epoch)!;
    this.#learn(nowMs - index * this.#frameMs);
    return index;
  }

  /** @param least the index that it would have if no older frame were missing any more */
  #placeOf(least: number, nowMs: number): number {
    if (this.#originMs === undefined) return least;
    const due = Math.round((nowMs - this.#originMs) / this.#frameMs);
    return Math.min(Math.max(due, least), least + MOST_SKIPPED);
  }

  #learn(originMs: number): void {
    const before = this.#originMs ?? originMs;
    // So much later than before is no delay: the sender paused, or counts from another time.
    const isAnew = originMs - before > MOST_SKIPPED * this.#frameMs;
    this.#originMs = isAnew ? originMs : Math.min(before + FORGET_MS_PER_FRAME, originMs);
  }

  #keep(epoch: number, offset: number): void {
    this.#offsets.set(epoch, offset);
    for (const old of this.#offsets.keys()) {
      if (this.#offsets.size <= EPOCHS_KEPT) break;
      this.#offsets.delete(old);
    }
  }
}
