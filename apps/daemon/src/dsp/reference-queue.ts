/**
 * What the loudspeaker was given, kept until the microphone's frame that it belongs with. The echo
 * canceller wants one frame of each, always the same distance apart; a sound card calls for them
 * in bursts and in any order, stops one and not the other, and its two clocks drift apart.
 *
 *   pushed   … │ r │ r │ r │ r │          depth = pushed - pulled: 3 here
 *   pulled   … │ r │ ▲ next                lowest of a second = what is kept for no burst's sake
 *
 * So frames are counted, never just taken: a frame that was due and not there yet is silence, and is
 * left out when it comes. Once a second the lowest depth is looked at. Too deep for three seconds,
 * frames are left out; too shallow for as long, some are given twice. Either makes the echo path 10
 * ms shorter or longer, which the canceller must learn anew: hence never for a single hiccup. At
 * 100 ppm of drift it happens every 100 s.
 */
import { FRAME_SAMPLES } from './stage.js';

const CAPACITY_FRAMES = 64;
/** Pulls between two looks at the lowest depth. */
const WINDOW_PULLS = 100;
/** Looks that must agree. */
const AGREEING = 3;
/** So many frames owed, and the loudspeaker has stopped: the next one begins anew. */
const MOST_OWED = 20;
/** Of slack above the target that is left alone, so that drift does not make it go to and fro. */
const SLACK = 1;

/** Frames by which a latency must have changed. */
const WORTH_MOVING = 3;

/** The deepest that a queue can be held: half of it is for bursts. */
export const MOST_HELD_FRAMES = CAPACITY_FRAMES / 2;

export class ReferenceQueue {
  /** Times that the distance was changed. */
  resyncs = 0;
  /** Pulls that found nothing while the loudspeaker was playing. */
  missing = 0;
  readonly #frames = Array.from({ length: CAPACITY_FRAMES }, () => new Float32Array(FRAME_SAMPLES));
  readonly #silence = new Float32Array(FRAME_SAMPLES);
  /** Depth to keep before a pull: the frame itself, and what is held back. */
  #target: number;
  #pushed = 0;
  #pulled = 0;
  /** The loudspeaker has, as far as is known; and so the microphone, below. */
  #isStopped = true;
  #isMicrophoneStopped = false;
  #pulls = 0;
  #lowest = Number.POSITIVE_INFINITY;
  readonly #lows = new Float64Array(AGREEING);
  #looks = 0;

  /** @param heldFrames by how much the reference is to be late, 0 to MOST_HELD_FRAMES */
  constructor(heldFrames = 0) {
    this.#target = depthOf(heldFrames);
  }

  /** From now on by so much, unless it is nearly as much already: to move costs what was learnt. */
  hold(heldFrames: number): void {
    const target = depthOf(heldFrames);
    if (Math.abs(target - this.#target) >= WORTH_MOVING) this.#target = target;
  }

  /** A frame of 16-bit samples that goes to the loudspeaker; it is copied. */
  push(frame: Int16Array): void {
    if (this.#isStopped) this.#begin();
    if (this.#pushed - this.#pulled >= CAPACITY_FRAMES) this.#isMicrophoneStopped = true;
    const slot = this.#slot(this.#pushed);
    for (let i = 0; i < FRAME_SAMPLES; i++) slot[i] = frame[i]! / 32_768;
    this.#pushed++;
  }

  /** The frame for the microphone's next one; silence where there is none. Valid until a push. */
  pull(): Float32Array {
    if (this.#isStopped) return this.#silence;
    if (this.#isMicrophoneStopped) this.#goOn();
    const depth = this.#pushed - this.#pulled;
    this.#lowest = Math.min(this.#lowest, depth);
    const frame = depth > 0 ? this.#slot(this.#pulled) : this.#silence;
    if (depth <= 0) this.missing++;
    this.#pulled++;
    if (depth <= -MOST_OWED) this.#isStopped = true;
    else if (++this.#pulls === WINDOW_PULLS) this.#look();
    return frame;
  }

  #slot(index: number): Float32Array {
    return this.#frames[index % CAPACITY_FRAMES]!;
  }

  /** With silence before the first frame, as deep as it is to stay. */
  #begin(): void {
    this.#isStopped = false;
    this.#isMicrophoneStopped = false;
    this.#pulled = this.#pushed;
    for (let held = 1; held < this.#target; held++) this.#slot(this.#pushed++).fill(0);
    this.#forget();
  }

  /** With the frames that are there: which ones the microphone missed is not known. */
  #goOn(): void {
    this.#isMicrophoneStopped = false;
    this.#pulled = this.#pushed - this.#target;
    this.#forget();
  }

  #forget(): void {
    this.#pulls = 0;
    this.#looks = 0;
    this.#lowest = Number.POSITIVE_INFINITY;
  }

  #look(): void {
    this.#lows[this.#looks++ % AGREEING] = this.#lowest;
    this.#pulls = 0;
    this.#lowest = Number.POSITIVE_INFINITY;
    if (this.#looks < AGREEING) return;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const low of this.#lows) {
      least = Math.min(least, low);
      most = Math.max(most, low);
    }
    if (least > this.#target + SLACK) this.#move(least - this.#target);
    else if (most < this.#target) this.#move(most - this.#target);
  }

  /** Leaves frames out, or, where negative, gives them once more. */
  #move(frames: number): void {
    // Before the first frame there is nothing to give again, and older ones are overwritten.
    const oldest = Math.max(0, this.#pushed - CAPACITY_FRAMES);
    this.#pulled = Math.max(oldest, this.#pulled + frames);
    this.resyncs++;
    this.#forget();
  }
}

/** The depth before a pull, of a reference that is to be so late. */
function depthOf(heldFrames: number): number {
  return 1 + Math.max(0, Math.min(MOST_HELD_FRAMES, Math.floor(heldFrames)));
}
