/**
 * What one call sounds like: opened frames in, one frame a turn out, at the loudspeaker's own pace.
 *
 *   put   timeline (one index through all epochs) → measures → jitter buffer
 *   play  jitter buffer → decode | conceal → give back a surplus → level
 */
import { Concealer, merge } from '@kyberline/core/voice/conceal';
import { JitterBuffer } from '@kyberline/core/voice/jitter';
import { LevelMeter, meanSquare } from '@kyberline/core/voice/level';
import { InterarrivalJitter, LossWindow } from '@kyberline/core/voice/loss';
import type { PacketHeader } from '@kyberline/core/voice/packet';
import { Timeline } from '@kyberline/core/voice/timeline';
import type { Codec } from '../codec/codec.js';

/**
 * The fixed small target, 40 ms, from a start of 20 (voice/jitter.ts says what that buys). Through
 * PortAudio on PulseAudio's null sinks a microphone's frames come up to 10 ms late.
 */
export const TARGET_FRAMES = 2;
const START_FRAMES = 1;
/** 5 s of 20 ms frames. */
const LOSS_TURNS = 250;
/** Below about -50 dBFS a frame may be merged into its neighbour unheard. */
const QUIET_MEAN_SQUARE = 10_000;
/** A jump this long is a new beginning, which says nothing about jitter. */
const JUMP_FRAMES = 64;
const TIMESTAMP_PER_MS = 48;

export class Playout {
  readonly jitter: JitterBuffer;
  readonly level = new LevelMeter();
  readonly #timeline: Timeline;
  readonly #arrivals = new InterarrivalJitter();
  readonly #losses = new LossWindow(LOSS_TURNS);
  readonly #concealer: Concealer;
  readonly #merged: Int16Array;
  #lastIndex: number | undefined;

  constructor(private readonly codec: Codec) {
    this.jitter = new JitterBuffer(TARGET_FRAMES, codec.payloadBytes, START_FRAMES);
    this.#timeline = new Timeline(codec.frameMs);
    this.#concealer = new Concealer(codec.frameSamples);
    this.#merged = new Int16Array(codec.frameSamples);
  }

  get frameMs(): number {
    return this.codec.frameMs;
  }

  get jitterMs(): number {
    return this.#arrivals.jitterMs;
  }

  get lossRatio(): number {
    return this.#losses.ratio;
  }

  /** A MODE: where an epoch's counters stand on the sender's timeline (48 kHz samples). */
  base(epoch: number, counter: number, timestamp: number): void {
    const frame = Math.round(timestamp / (this.codec.frameMs * TIMESTAMP_PER_MS));
    this.#timeline.base(epoch, counter, frame);
  }

  /** An opened voice payload, which is copied. False if it is none of this codec's. */
  put({ epoch, counter, type }: PacketHeader, payload: Uint8Array, now: number): boolean {
    const { codec, jitter } = this;
    if (type !== codec.payloadType || payload.length !== codec.payloadBytes) return false;
    const index = this.#timeline.indexOf(epoch, counter, jitter.following, now);
    if (this.#lastIndex !== undefined && Math.abs(index - this.#lastIndex) >= JUMP_FRAMES) {
      this.#arrivals.restart();
    }
    this.#lastIndex = index;
    this.#arrivals.note(now, index * codec.frameMs);
    jitter.put(index, payload);
    return true;
  }

  /** Writes this turn's frame; false, and silence, before there is anything to hear. */
  play(frame: Int16Array): boolean {
    const payload = this.jitter.take();
    if (payload === 'waiting') {
      frame.fill(0);
      return false;
    }
    this.#losses.note(payload === 'missing');
    if (payload === 'missing') this.#concealer.conceal(frame);
    else {
      this.codec.decode(payload, frame);
      this.#giveBack(frame);
      this.#concealer.hear(frame);
    }
    this.level.note(meanSquare(frame));
    return true;
  }

  /** The delay is longer than it has to be: two frames become one, in quiet where there is quiet. */
  #giveBack(frame: Int16Array): void {
    const { surplus } = this.jitter;
    if (surplus === 'none') return;
    if (surplus === 'in-quiet' && meanSquare(frame) > QUIET_MEAN_SQUARE) return;
    const next = this.jitter.skip();
    if (!next || !this.codec.decode(next, this.#merged)) return;
    merge(frame, this.#merged, frame);
  }
}
