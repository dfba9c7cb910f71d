/**
 * The jitter buffer: opened frames in, one frame a turn out, in order of their index. It holds
 * encoded bytes; who takes a frame decodes it. A turn is 20 ms of the output device's own clock.
 *
 *            next                      highest
 *     played │ 41 │ 42 │ -- │ 44 │ 45 │        ◄── put(46)
 *            └─ take() ─► frame, or 'missing': conceal
 *
 * Target. `targetFrames` are kept without being given back: with two, a frame waits 40 ms at most,
 * so one that comes 20 ms later than its fellows can always be in time. Playing starts with
 * `startFrames`: with one, the delay is what the path turns out to need, at the price of a
 * concealed turn or two in the first second; with two it is 10 ms more on average, for all time.
 * Nothing here at its turn: the turn is concealed but `next` stays, since frames may only be late
 * (`debt`). If they turn out lost, the gap is skipped at no further cost; if they come, the delay
 * has grown, and nothing more was lost. After HOLD_TURNS the stream counts as interrupted.
 * Delay never ratchets: past LONGEST_FRAMES the buffer is cut back to its target at once, and a
 * lasting surplus is given back frame by frame, in quiet where there is quiet (`surplus`).
 *
 * Every frame that is put is accounted for, at any moment:
 *   received = played + late + duplicate + discarded + buffered
 * and so is every turn that did not wait for a first frame: turns = played + concealed.
 */

/** One second and a bit: what a path may jump ahead without being a new beginning. */
const RING_FRAMES = 64;
/** 200 ms: more delay than this is never worth keeping, nor is a frame this far behind its fellows. */
const LONGEST_FRAMES = 10;
/** 200 ms without any frame: interrupted, so fill up again before playing on. */
const HOLD_TURNS = 10;
/** Half a second of frames behind `next` and none before it: the sender counts anew. */
const LATE_IN_A_ROW = 25;
/** A surplus is one that lasted 2 s; after 4 s it is given back in mid-word too. */
const CALM_TURNS = 100;
const PATIENCE_TURNS = 200;
/** Give back at once, a frame every 100 ms, while this far above the target. */
const FAR_ABOVE_FRAMES = 3;
const FAR_ABOVE_TURNS = 5;

export interface JitterCounters {
  received: number;
  played: number;
  /** Came after its turn. */
  late: number;
  /** Its index was here already. */
  duplicate: number;
  /** Was here and was dropped, so that the delay shrinks. */
  discarded: number;
  /** Never came in time: passed over without being played. */
  lost: number;
  /** Turns at which something had to be made up. */
  concealed: number;
}

interface Slot {
  index: number;
  full: boolean;
  bytes: Uint8Array;
  /** The filled part of `bytes`. */
  payload: Uint8Array;
}

type Stage = 'empty' | 'filling' | 'playing' | 'interrupted' | 'refilling';

export class JitterBuffer {
  readonly counters: JitterCounters = {
    received: 0,
    played: 0,
    late: 0,
    duplicate: 0,
    discarded: 0,
    lost: 0,
    concealed: 0,
  };
  readonly targetFrames: number;
  readonly #startFrames: number;
  readonly #slots: Slot[];
  #stage: Stage = 'empty';
  #next = 0;
  #highest = -1;
  #buffered = 0;
  /** Nothing below this is wanted any more while filling: it was played, passed or given up. */
  #floor = 0;
  /** Turns concealed while `next` stood still. */
  #debt = 0;
  #held = 0;
  #lateInARow = 0;
  /** The last `#calm` turns all found more than the target here, and at least this. */
  #leastDepth = Number.POSITIVE_INFINITY;
  #calm = 0;

  /**
   * @param targetFrames frames that may always be here, 1 to 9
   * @param mostBytes the longest payload that is kept
   * @param startFrames frames that are here when playing starts, 1 to `targetFrames`
   */
  constructor(targetFrames: number, mostBytes: number, startFrames = targetFrames) {
    if (!(startFrames >= 1 && startFrames <= targetFrames && targetFrames < LONGEST_FRAMES)) {
      throw new RangeError(`a jitter buffer of ${startFrames} to ${targetFrames} frames`);
    }
    this.targetFrames = targetFrames;
    this.#startFrames = startFrames;
    this.#slots = Array.from({ length: RING_FRAMES }, () => {
      const bytes = new Uint8Array(mostBytes);
      return { index: 0, full: false, bytes, payload: bytes };
    });
  }

  /** Frames that are here now. */
  get buffered(): number {
    return this.#buffered;
  }

  /** The index that would follow the newest frame so far. */
  get following(): number {
    return this.#highest + 1;
  }

  /** Whether a frame too many is here: to be given back by `skip`, if this turn is quiet or anyway. */
  get surplus(): 'none' | 'in-quiet' | 'now' {
    if (this.#stage !== 'playing' || this.#calm === 0) return 'none';
    const far = this.#leastDepth >= this.targetFrames + FAR_ABOVE_FRAMES;
    if (this.#calm >= (far ? FAR_ABOVE_TURNS : PATIENCE_TURNS)) return 'now';
    return this.#calm >= CALM_TURNS ? 'in-quiet' : 'none';
  }

  /** One opened frame; `payload` is copied. */
  put(index: number, payload: Uint8Array): void {
    this.counters.received++;
    if (this.#stage === 'empty' || index >= this.#next + RING_FRAMES) this.#begin(index);
    else if (this.#stage === 'interrupted' && index >= this.#next) this.#resume(index);
    if (index < this.#next && !this.#reachBack(index)) return;
    const slot = this.#slotOf(index);
    if (slot.full) {
      this.counters.duplicate++;
      return;
    }
    this.#lateInARow = 0;
    slot.index = index;
    slot.full = true;
    slot.bytes.set(payload);
    if (slot.payload.length !== payload.length) {
      slot.payload = slot.bytes.subarray(0, payload.length);
    }
    this.#buffered++;
    if (index > this.#highest) this.#highest = index;
    if (this.#depth > LONGEST_FRAMES) this.#cutTo(this.targetFrames);
    if (this.#stage !== 'playing' && this.#depth >= this.#startFrames) this.#start();
  }

  /**
   * What this turn plays: a frame's payload (valid until the next `put`), 'missing' where one must
   * be made up, 'waiting' before there is anything to continue.
   */
  take(): Uint8Array | 'missing' | 'waiting' {
    if (this.#stage === 'empty' || this.#stage === 'filling') return 'waiting';
    if (this.#stage === 'playing') {
      this.#watchDepth();
      for (; this.#depth > 0; this.#next++) {
        const payload = this.#release(this.#next);
        if (payload) {
          this.#next++;
          this.#debt = 0;
          this.#held = 0;
          this.counters.played++;
          return payload;
        }
        this.counters.lost++;
        if (this.#debt === 0) {
          this.#next++;
          this.counters.concealed++;
          return 'missing';
        }
        this.#debt--;
      }
      this.#held++;
      if (this.#held >= HOLD_TURNS) this.#stage = 'interrupted';
    }
    this.#debt++;
    this.counters.concealed++;
    return 'missing';
  }

  /**
   * Gives back one turn of surplus: the next frame's payload (counted as discarded, to be merged
   * into the one just taken), or undefined if the next one is missing anyway.
   */
  skip(): Uint8Array | undefined {
    if (this.#depth <= 0) return undefined;
    const payload = this.#release(this.#next++);
    if (payload) this.counters.discarded++;
    else this.counters.lost++;
    this.#watchAnew();
    return payload;
  }

  get #depth(): number {
    return this.#highest + 1 - this.#next;
  }

  /** The first frame, or one so far ahead that what is here has no more to do with it. */
  #begin(index: number): void {
    if (this.#stage === 'empty') {
      this.#stage = 'filling';
      this.#floor = index - LONGEST_FRAMES;
    } else {
      this.#cutTo(0);
      this.#stage = 'refilling';
      this.#floor = Math.max(this.#highest + 1, index - LONGEST_FRAMES);
    }
    this.#debt = 0;
    this.#next = index;
    this.#highest = index - 1;
  }

  /** The first frame after an interruption. */
  #resume(index: number): void {
    this.#stage = 'refilling';
    this.#floor = this.#next;
    this.#next = index;
    this.#highest = index - 1;
  }

  /** Enough is here. Of what never came since the interruption, as much was lost as turns passed. */
  #start(): void {
    const before = this.counters.discarded;
    this.#cutTo(this.targetFrames);
    const missing = this.#next - this.#floor - (this.counters.discarded - before);
    if (this.#stage === 'refilling') this.counters.lost += Math.min(missing, this.#debt);
    this.#stage = 'playing';
    this.#debt = 0;
    this.#held = 0;
    this.#watchAnew();
  }

  /** A frame before `next`: welcome while nothing has been played since, else late. */
  #reachBack(index: number): boolean {
    const filling = this.#stage === 'filling' || this.#stage === 'refilling';
    if (filling && index >= this.#floor && this.#highest - index < LONGEST_FRAMES) {
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

  /** Drops the oldest until no more than `frames` are ahead. */
  #cutTo(frames: number): void {
    while (this.#depth > frames) {
      if (this.#release(this.#next++)) this.counters.discarded++;
    }
  }

  #watchDepth(): void {
    if (this.#depth > this.targetFrames) {
      this.#leastDepth = Math.min(this.#leastDepth, this.#depth);
      this.#calm++;
    } else this.#watchAnew();
  }

  #watchAnew(): void {
    this.#leastDepth = Number.POSITIVE_INFINITY;
    this.#calm = 0;
  }

  #slotOf(index: number): Slot {
    return this.#slots[((index % RING_FRAMES) + RING_FRAMES) % RING_FRAMES]!;
  }

  #release(index: number): Uint8Array | undefined {
    const slot = this.#slotOf(index);
    if (!slot.full || slot.index !== index) return undefined;
    slot.full = false;
    this.#buffered--;
    return slot.payload;
  }
}
