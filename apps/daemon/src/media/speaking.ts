/**
 * From captured sound to voice payloads: 10 ms in, a payload whenever a frame of the present mode is
 * full. What is said never changes a payload's length or when it comes (SPEC 11); codec, rate, frame
 * length and redundancy do, and those follow from the person's choice and the peer's reports alone.
 *
 *   10 ms ──► 1 or 2 of them ──► encode ──► 0x10 bare │ 0x11 with timestamp and earlier frames
 */
import type { CodecName } from '@kyberline/core/call/body';
import { CODEC_IDS } from '@kyberline/core/call/control';
import {
  codecKbps,
  type RateState,
  type ReceiverReport,
  startRate,
  stepRate,
  stepWithoutReport,
} from '@kyberline/core/voice/bitrate';
import { CaptureClock } from '@kyberline/core/voice/capture-clock';
import { PAYLOAD_TYPES } from '@kyberline/core/voice/packet';
import {
  RedundancyHistory,
  type VoiceFields,
  writeVoicePayload,
} from '@kyberline/core/voice/redundancy';
import { type Encoder, FRAMES_OF, type FrameMs, MOST_BLOCK_BYTES } from '../codec/codec.js';
import type { Codecs } from '../codec/codecs.js';
import { FRAME_MS, FRAME_SAMPLES } from '../device/device.js';

const LONGEST_FRAME_MS = 20;
const TICKS_PER_MS = 48;
const WORD = 2 ** 32;

/** How voice leaves: what MODE says of it, and what is shown. */
export interface SendMode {
  codec: CodecName;
  frameMs: FrameMs;
  /** Of the codec alone. */
  bitrateKbps: number;
  redundancy: number;
}

export class Speaking {
  #codec: CodecName;
  /** What the person chose: holds from the next frame on. */
  #chosen: CodecName;
  #encoder: Encoder;
  #frameMs: FrameMs;
  #rate: RateState;
  readonly #frame = new Int16Array((LONGEST_FRAME_MS / FRAME_MS) * FRAME_SAMPLES);
  #filled = 0;
  readonly #block = new Uint8Array(MOST_BLOCK_BYTES);
  readonly #history = new RedundancyHistory(MOST_BLOCK_BYTES);
  readonly #fields: VoiceFields = { timestamp: 0, frameMs: FRAME_MS, codec: 0, redundant: 0 };
  /** Where the frame stands that is being filled, 48 kHz ticks since the call's first. */
  #ticks = 0;
  #hasChanged = false;
  /** Frames of 10 ms that are left out before the next payload's frame. */
  #skipped = 0;
  readonly #captured = new CaptureClock();

  /**
   * @param allowed the codecs that the peer understands, the one to begin with first
   * @throws RangeError if there is none
   */
  constructor(
    private readonly allowed: readonly CodecName[],
    private readonly codecs: Codecs,
    now: number,
  ) {
    this.#rate = startRate(now);
    const [first] = allowed;
    if (!first) throw new RangeError('a call without a codec');
    this.#codec = first;
    this.#chosen = this.#codec;
    this.#encoder = codecs.encoder(this.#codec);
    this.#frameMs = FRAMES_OF[this.#codec][0];
  }

  get mode(): SendMode {
    const { redundancy } = this.#rate;
    const codec = this.#codec;
    const isOpus = codec === 'opus';
    return {
      codec,
      frameMs: this.#frameMs,
      bitrateKbps: isOpus ? codecKbps(this.#rate) : PCM_KBPS[codec],
      redundancy: isOpus ? redundancy : 0,
    };
  }

  /** Of packets that carry it (SPEC 9). */
  get payloadType(): number {
    return this.#codec === 'pcm16' ? PAYLOAD_TYPES.pcm16 : PAYLOAD_TYPES.voice;
  }

  get lookaheadMs(): number {
    return this.#encoder.lookaheadMs;
  }

  /** Where the next payload's frame begins, for MODE: 48 kHz ticks since the call's first. */
  get timestamp(): number {
    return this.#ticks;
  }

  /** Which place of the timeline the sound has that is captured at that moment; 48 kHz ticks. */
  ticksAt(now: number): number | undefined {
    return this.#captured.ticksAt(now);
  }

  /** True once after codec or frame length have changed, so that MODE should say so. */
  takeChange(): boolean {
    const hasChanged = this.#hasChanged;
    this.#hasChanged = false;
    return hasChanged;
  }

  /** Goes over to another codec, with the next frame. False if the peer does not understand it. */
  use(codec: CodecName): boolean {
    if (!this.allowed.includes(codec)) return false;
    this.#chosen = codec;
    return true;
  }

  /** Voice may flow from now on: what the network is like is still to be learnt. */
  begin(now: number): void {
    this.#rate = startRate(now);
  }

  reported(report: ReceiverReport, now: number): void {
    this.#rate = stepRate(this.#rate, report, now);
  }

  /** No report came by now; called every few tens of ms. */
  unreported(now: number): void {
    this.#rate = stepWithoutReport(this.#rate, now);
  }

  /**
   * Takes 10 ms. @returns the length of the payload that is now at `out[at ..]`, 0 if none is due
   */
  take(samples: Int16Array, out: Uint8Array, at: number, now: number): number {
    if (this.#filled === 0) {
      this.#passSkipped();
      this.#adapt();
    }
    this.#frame.set(samples, this.#filled);
    this.#filled += FRAME_SAMPLES;
    this.#captured.note(now, this.#ticks + this.#filled);
    if (this.#filled < this.#frameMs * TICKS_PER_MS) return 0;
    const frame = this.#frame.subarray(0, this.#filled);
    this.#filled = 0;
    return this.#payload(frame, out, at);
  }

  /**
   * The microphone gave nothing for so many frames of 10 ms: what comes next stands where it was
   * captured, or all that follows would seem to have been longer on its way.
   */
  skip(frames: number): void {
    this.#skipped += frames;
  }

  /** What `take` made was not sent after all: a bare frame's place is told by its counter alone. */
  unsent(): void {
    if (this.#codec === 'pcm16') this.#ticks -= this.#frameMs * TICKS_PER_MS;
  }

  /** Nothing of what was said stays behind. */
  end(): void {
    this.#encoder.free();
    this.#history.clear();
    this.#frame.fill(0);
    this.#block.fill(0);
  }

  #passSkipped(): void {
    if (this.#skipped === 0) return;
    this.#ticks += this.#skipped * FRAME_SAMPLES;
    this.#skipped = 0;
    if (this.#codec === 'pcm16') this.#hasChanged = true;
  }

  #payload(frame: Int16Array, out: Uint8Array, at: number): number {
    const fields = this.#fields;
    fields.timestamp = this.#ticks % WORD;
    fields.frameMs = this.#frameMs;
    fields.codec = CODEC_IDS[this.#codec];
    fields.redundant = this.#codec === 'opus' ? this.#rate.redundancy : 0;
    this.#ticks += frame.length;
    if (this.#codec === 'pcm16') return this.#encoder.encode(frame, out, at);
    const bytes = this.#encoder.encode(frame, this.#block, 0);
    const blocks = this.#history.add(fields, this.#block.subarray(0, bytes));
    return writeVoicePayload(out, at, fields, blocks);
  }

  /** Between two frames: none is lost, cut or of two kinds. */
  #adapt(): void {
    const frameMs = this.#frameMs;
    if (this.#chosen !== this.#codec) {
      this.#encoder.free();
      this.#codec = this.#chosen;
      this.#encoder = this.codecs.encoder(this.#codec);
      this.#history.clear();
      this.#hasChanged = true;
    }
    const possible = FRAMES_OF[this.#codec];
    this.#frameMs = possible.find((each) => each === this.#rate.frameMs) ?? possible[0];
    this.#encoder.setBitrate(codecKbps(this.#rate));
    if (frameMs !== this.#frameMs) this.#hasChanged = true;
  }
}

const PCM_KBPS = { opus: 0, pcm16: 256, pcm48: 768 } as const;
