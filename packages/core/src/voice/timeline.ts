/**
 * From what packets say of time to one running index, in places of 10 ms. A packet of type 0x11 has
 * its timestamp; a bare one (0x10, 20 ms) has only its counter, and counters start anew with every
 * epoch; MODE says where an epoch's counter stands on the sender's clock (SPEC 9, counter-to-time
 * base):
 *
 *   epoch 4   … 2998 2999 │                     index = 2 counter + offset[epoch]
 *   epoch 5               │ 0 1 2 …
 *   index     … 8996 8998 9000 9002 9004 …
 *
 * An epoch that is being played is never moved: a MODE that disagrees with it (the sender's
 * program was started again, or the frames came before their MODE) moves where later ones go. But a
 * MODE of frames that are still to come may leave room before them: a microphone gave nothing for a
 * while. And behind packets with timestamps, whose frames may be shorter, a MODE says anew where bare
 * ones stand.
 *
 * Until its MODE has come, an epoch's first frame is placed by when it arrived: frames leave in a
 * steady rhythm, and older ones may still be on their way, whose places it must not take.
 */

const PLACE_MS = 10;
const TICKS_PER_PLACE = 480;
const WORD = 2 ** 32;
/** A bare frame is 20 ms. */
const PLACES_PER_BARE_FRAME = 2;
/** An epoch's frames live 5 s past the next one's begin (SPEC 8), so three are never exceeded. */
const EPOCHS_KEPT = 4;
/** A frame is never placed further than this (200 ms) behind the newest by its arrival alone. */
const MOST_SKIPPED = 20;
/** A sender that was started again is never placed further than this (10 s) behind what it said before. */
const MOST_PAUSE = 1_000;
/** A newer packet with a timestamp so much older (1.28 s): its sender counts from another time. */
const ANEW_PLACES = 128;
/** How fast the quickest way through the network is forgotten, so that a longer one is learned. */
const FORGET_MS_PER_FRAME = 0.5;
/**
 * Neither MODEs nor timestamps move anything further than this, however many: a call has 2^37 places
 * at most, and where adding 1 adds nothing, a loop over indices never ends.
 */
const FURTHEST = 2 ** 45;

export class Timeline {
  readonly #offsets = new Map<number, number>();
  /** When place 0 would have come by the quickest way; undefined before there was a frame. */
  #originMs: number | undefined;
  /** Our index minus the sender's, once anything has told the sender's. */
  #shift: number | undefined;
  /** The epoch whose newest packet had its timestamp: counters have said nothing since. */
  #timedEpoch: number | undefined;
  /** The last timestamp, in ticks that do not wrap. */
  #ticks: number | undefined;
  #isAnew = false;
  /** Of the epoch whose bare frame came last, the highest counter. */
  #bareEpoch: number | undefined;
  #highestBare = -1;

  /** A MODE: in `epoch`, the bare frame with `counter` begins at the sender's `place`. */
  base(epoch: number, counter: number, place: number): void {
    const known = this.#offsets.get(epoch);
    const at = PLACES_PER_BARE_FRAME * counter;
    const isPlayed = known !== undefined && epoch !== this.#timedEpoch;
    const isHole =
      isPlayed &&
      this.#shift !== undefined &&
      epoch === this.#bareEpoch &&
      counter > this.#highestBare &&
      place + this.#shift > at + known;
    if (isPlayed && !isHole) this.#moveTo(at + known - place);
    else {
      const offset = place + (this.#shift ?? 0) - at;
      if (Math.abs(offset) > FURTHEST) return;
      this.#keep(epoch, offset);
      if (epoch === this.#timedEpoch) this.#timedEpoch = undefined;
    }
    this.#shift ??= 0;
  }

  /**
   * The running index of a bare frame that has just arrived.
   * @param following the index behind the newest frame so far
   * @param nowMs on the receiver's clock
   */
  indexOf(epoch: number, counter: number, following: number, nowMs: number): number {
    const at = PLACES_PER_BARE_FRAME * counter;
    const known = this.#offsets.get(epoch);
    const isBehindTimed = epoch === this.#timedEpoch;
    // Frames of 10 ms between the bare ones have made their old offset too great, until MODE comes.
    const isTooFar = isBehindTimed && at + (known ?? 0) > following + MOST_SKIPPED;
    if (known === undefined || isTooFar) {
      const least = isBehindTimed ? following : following + at;
      this.#keep(epoch, this.#placeOf(least, nowMs) - at);
    }
    if (epoch !== this.#bareEpoch || counter > this.#highestBare) this.#highestBare = counter;
    this.#bareEpoch = epoch;
    const index = at + this.#offsets.get(epoch)!;
    this.#learn(nowMs - index * PLACE_MS);
    return index;
  }

  /**
   * The running index of a frame that has its timestamp (48 kHz ticks modulo 2^32).
   * @param isNewest no packet with a higher counter, or of a newer epoch, was here before
   */
  indexAt(
    epoch: number,
    timestamp: number,
    isNewest: boolean,
    following: number,
    nowMs: number,
  ): number {
    if (isNewest) this.#timedEpoch = epoch;
    const place = Math.floor(this.#unwrap(timestamp) / TICKS_PER_PLACE);
    const index = place + (this.#shift ?? 0);
    const isAnew = isNewest && index < following - ANEW_PLACES;
    if (isAnew) {
      this.#isAnew = true;
      this.#moveTo(this.#placeOf(following, nowMs, MOST_PAUSE) - place);
    }
    this.#shift ??= 0;
    this.#learn(nowMs - (place + this.#shift) * PLACE_MS);
    return place + this.#shift;
  }

  /**
   * True once after the sender began to count from another time: how long its packets are on the
   * way cannot be compared with what was before.
   */
  takeAnew(): boolean {
    const isAnew = this.#isAnew;
    this.#isAnew = false;
    return isAnew;
  }

  /** What stands on the sender's own timeline at `ticks` has this index here, in places. */
  placeOfTicks(ticks: number): number {
    return ticks / TICKS_PER_PLACE + (this.#shift ?? 0);
  }

  #unwrap(timestamp: number): number {
    const last = this.#ticks ?? timestamp;
    const ahead = (timestamp - (last % WORD) + WORD) % WORD;
    // The nearer of the two ways round; below zero for what was sent before the first that came.
    const ticks = last + (ahead < WORD / 2 ? ahead : ahead - WORD);
    this.#ticks = Math.abs(ticks) > FURTHEST ? timestamp : ticks;
    return this.#ticks;
  }

  #moveTo(shift: number): void {
    if (Math.abs(shift) <= FURTHEST) this.#shift = shift;
  }

  /** @param least the index that it would have if no older frame were missing any more */
  #placeOf(least: number, nowMs: number, most = MOST_SKIPPED): number {
    if (this.#originMs === undefined) return least;
    const due = Math.round((nowMs - this.#originMs) / PLACE_MS);
    return Math.min(Math.max(due, least), least + most);
  }

  #learn(originMs: number): void {
    const before = this.#originMs ?? originMs;
    // So much later than before is no delay: the sender paused, or counts from another time.
    const isAnew = originMs - before > MOST_SKIPPED * PLACE_MS;
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
