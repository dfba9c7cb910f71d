/**
 * The jitter buffer: opened frames in, out in order of their place on the call's timeline. It holds
 * encoded bytes; who takes a frame decodes it. Places are 10 ms each; a frame of 20 ms takes two.
 *
 *            next                      end
 *     played │ 41 │ 42 │ -- │ 44   45 │        ◄── put(46)
 *            └─ take() ─► frame, or 'missing': conceal 10 ms
 *
 * How long a frame waits here is not this file's: playout-delay.ts measures and playout.ts stretches.
 * Here is what happens when the wait was too short. Nothing here at its turn: 10 ms are concealed but
 * `next` stays, since frames may only be late (`debt`). If they turn out lost, the gap is skipped at no
 * further cost; if they come, the delay has grown, and nothing more was lost. After HOLD_PLACES the
 * stream counts as interrupted, and goes on with whatever comes next.
 * Delay never ratchets: LONGEST_PLACES above what it may be, the buffer is cut back at once.
 *
 * Every frame that is put is accounted for, at any moment:
 *   received = played + late + duplicate + discarded + buffered
 * and so is every 10 ms that did not wait for a first frame: it was played, or counted as concealed.
 * Repairs (earlier frames that a later packet carries, redundancy.ts) are a column of their own: they
 * are in none of those, whether they are here, were taken or were dropped.
 */
import { type Frame, FrameRing, type Slot } from './frame-ring.js';

export type { Frame } from './frame-ring.js';

export const PLACE_MS = 10;
/** 1.28 s: what a path may jump ahead without being a new beginning. */
const RING_PLACES = 128;
/** 200 ms beyond what is wanted: never worth keeping, nor is a frame this far behind its fellows. */
const LONGEST_PLACES = 20;
/** 200 ms without any frame: interrupted. */
const HOLD_PLACES = 20;
/** So many frames behind `next` and none before it: the sender counts anew. */
const LATE_IN_A_ROW = 25;

export interface JitterCounters {
  received: number;
  played: number;
  /** Came after its turn. */
  late: number;
  /** Its place was taken already. */
  duplicate: number;
  /** Was here and was dropped, so that the delay shrinks. */
  discarded: number;
  /** Never came in time, in whole frames: passed over without being played. */
  lost: number;
  /** Stretches of 10 ms that had to be made up. */
  concealed: number;
  /** Lost packets whose frame a later packet brought in time. */
  repaired: number;
}

type Stage = 'empty' | 'playing' | 'interrupted';

export class JitterBuffer {
  readonly counters: JitterCounters = {
    received: 0,
    played: 0,
    late: 0,
    duplicate: 0,
    discarded: 0,
    lost: 0,
    concealed: 0,
    repaired: 0,
  };
  /** What may wait here before it counts as too much, in places: the target of the delay. */
  wantedPlaces = 1;
  readonly #ring: FrameRing;
  #stage: Stage = 'empty';
  #next = 0;
  /** The place behind the newest frame. */
  #end = 0;
  #buffered = 0;
  /** Nothing below this is wanted any more: it was played, passed or given up. */
  #floor = 0;
  /** Places concealed while `next` stood still. */
  #debt = 0;
  #held = 0;
  #lateInARow = 0;
  #framePlaces = 1;
  #lostPlaces = 0;
  #hasJumped = false;
  #hasTaken = false;
  /** Nothing was taken since it began or began anew. */
  #isUntouched = true;

  /** @param mostBytes the longest payload that is kept */
  constructor(mostBytes: number) {
    this.#ring = new FrameRing(RING_PLACES, mostBytes);
  }

  /** Frames that came by themselves and are here now. */
  get buffered(): number {
    return this.#buffered;
  }

  /** The place behind the newest frame so far. */
  get following(): number {
    return this.#end;
  }

  /** The place that is taken next. */
  get next(): number {
    return this.#next;
  }

  /** Before there is anything to continue. */
  get isWaiting(): boolean {
    return this.#stage === 'empty';
  }

  /** Places from `next` to the end, missing ones included; 0 while none is here. */
  get depth(): number {
    return this.#stage === 'empty' ? 0 : Math.max(0, this.#end - this.#next);
  }

  /** Places from `next` on that could be taken without anything missing. */
  get ready(): number {
    let at = this.#next;
    for (let slot = this.#ring.at(at); slot; slot = this.#ring.at(at)) at += slot.places;
    return this.#stage === 'playing' ? at - this.#next : 0;
  }

  /** True once after sound was left out between what was taken and what is taken next. */
  takeJump(): boolean {
    const hasJumped = this.#hasJumped;
    this.#hasJumped = false;
    return hasJumped;
  }

  /** One opened frame; `payload` is copied. */
  put(index: number, places: number, codec: number, payload: Uint8Array): void {
    const { counters } = this;
    counters.received++;
    this.#framePlaces = places;
    if (this.#stage === 'interrupted' && index >= this.#next) this.#resume(index);
    else if (this.#stage === 'empty' || index >= this.#next + RING_PLACES) this.#begin(index);
    if (index < this.#next && !this.#reachBack(index)) return;
    this.#lateInARow = 0;
    const slot = this.#ring.at(index);
    if (slot) {
      // A repair was quicker: what came by itself is the better witness of what arrived.
      if (slot.isRepair) {
        slot.isRepair = false;
        counters.repaired--;
        this.#buffered++;
      } else counters.duplicate++;
      return;
    }
    this.#fill(index, places, codec, payload);
    this.#buffered++;
    const { wantedPlaces } = this;
    if (this.depth > wantedPlaces + LONGEST_PLACES) this.#cutTo(Math.max(wantedPlaces, places));
  }

  /**
   * An earlier frame that a later packet carries: taken where it is still missing, else nothing.
   * @returns whether it was taken
   */
  repair(index: number, places: number, codec: number, payload: Uint8Array): boolean {
    if (this.#stage !== 'playing' || index < this.#next || index >= this.#end) return false;
    if (this.#ring.at(index) || this.#ring.at(index - 1)?.places === 2) return false;
    this.#fill(index, places, codec, payload).isRepair = true;
    this.counters.repaired++;
    return true;
  }

  /** The next frame, or 'missing' where 10 ms must be made up, or 'waiting' before there is any. */
  take(): Frame | 'missing' | 'waiting' {
    if (this.#stage === 'empty') return 'waiting';
    this.#isUntouched = false;
    this.#hasTaken = true;
    if (this.#stage === 'playing') {
      while (this.depth > 0) {
        const slot = this.#release(this.#next);
        if (slot) {
          this.#pass(slot);
          this.#debt = 0;
          this.#held = 0;
          this.counters.played += slot.isRepair ? 0 : 1;
          return slot;
        }
        this.#lose(1);
        this.#next++;
        if (this.#debt === 0) {
          this.counters.concealed++;
          return 'missing';
        }
        this.#debt--;
      }
      this.#held++;
      if (this.#held >= HOLD_PLACES) this.#stage = 'interrupted';
    }
    this.#debt++;
    this.counters.concealed++;
    return 'missing';
  }

  /** The first frame, or one so far ahead that what is here has no more to do with it. */
  #begin(index: number): void {
    if (this.#stage !== 'empty') this.#cutTo(0);
    this.#floor = this.#stage === 'empty' ? index - LONGEST_PLACES : this.#end;
    this.#floor = Math.max(this.#floor, index - LONGEST_PLACES);
    this.#stage = 'playing';
    this.#startAt(index);
  }

  /** The first frame after an interruption, however long. */
  #resume(index: number): void {
    this.#stage = 'playing';
    this.#lose(Math.min(index - this.#next, this.#missed));
    this.#floor = this.#next;
    this.#startAt(index);
  }

  #startAt(index: number): void {
    this.#next = index;
    this.#end = index;
    this.#debt = 0;
    this.#held = 0;
    this.#hasJumped = this.#hasTaken;
    this.#isUntouched = true;
  }

  /** A frame before `next`: welcome while nothing has been taken since the beginning, else late. */
  #reachBack(index: number): boolean {
    if (
      this.#isUntouched &&
      this.#stage === 'playing' &&
      index >= this.#floor &&
      this.#end - index <= LONGEST_PLACES
    ) {
      this.#next = index;
      return true;
    }
    this.counters.late++;
    this.#lateInARow++;
    if (this.#lateInARow >= LATE_IN_A_ROW) {
      this.#cutTo(0);
      this.#stage = 'empty';
      this.#lateInARow = 0;
    }
    return false;
  }

  /** Drops the oldest until no more than `places` are ahead. */
  #cutTo(places: number): void {
    let gaps = 0;
    while (this.depth > places) {
      const slot = this.#release(this.#next);
      if (slot) {
        this.#pass(slot);
        if (!slot.isRepair) this.counters.discarded++;
      } else {
        this.#next++;
        gaps++;
      }
    }
    this.#lose(Math.min(gaps, this.#missed));
    this.#debt = 0;
    this.#hasJumped = this.#hasTaken;
  }

  /**
   * How many places a gap can have cost, whose far end has only now come: turns that were concealed,
   * and what was played meanwhile of what waited. A sender that jumps ahead has not lost the rest.
   */
  get #missed(): number {
    return this.#debt + this.wantedPlaces;
  }

  /** Beyond a frame, and beyond one that stands in its second half, as a liar may send it. */
  #pass({ places }: Slot): void {
    this.#next++;
    if (places === 1) return;
    const inside = this.#release(this.#next++);
    if (inside && !inside.isRepair) this.counters.discarded++;
  }

  #lose(places: number): void {
    this.#lostPlaces += places;
    this.counters.lost += Math.floor(this.#lostPlaces / this.#framePlaces);
    this.#lostPlaces %= this.#framePlaces;
  }

  #fill(index: number, places: number, codec: number, payload: Uint8Array): Slot {
    this.#end = Math.max(this.#end, index + places);
    return this.#ring.fill(index, places, codec, payload);
  }

  #release(index: number): Slot | undefined {
    const slot = this.#ring.at(index);
    if (!slot) return undefined;
    slot.full = false;
    if (!slot.isRepair) this.#buffered--;
    return slot;
  }
}
