/**
 * What one call sounds like: opened payloads in, a turn's sound out, at the loudspeaker's own pace.
 *
 *   put   timeline (one index through all epochs and codecs) → measures → jitter buffer
 *   play  jitter buffer → decode | conceal, fade, comfort noise → samples that wait
 *         → shorter or longer by a pitch period → at our loudspeaker's rate (drift) → level
 *
 * How much waits: playout-delay.ts measures, delay-histogram.ts says how much is needed.
 */
import { CODEC_IDS } from '@kyberline/core/call/control';
import { DelayHistogram } from '@kyberline/core/voice/delay-histogram';
import { Drift } from '@kyberline/core/voice/drift';
import { type Frame, JitterBuffer, PLACE_MS } from '@kyberline/core/voice/jitter';
import { LevelMeter, meanSquare } from '@kyberline/core/voice/level';
import { InterarrivalJitter, LossWindow } from '@kyberline/core/voice/loss';
import { PAYLOAD_TYPES, type PacketHeader } from '@kyberline/core/voice/packet';
import { PathDelay } from '@kyberline/core/voice/path-delay';
import { PlayoutDelay } from '@kyberline/core/voice/playout-delay';
import { type Arrived, Reception } from '@kyberline/core/voice/reception';
import { ABSENT, emptyVoicePayload, readVoicePayload } from '@kyberline/core/voice/redundancy';
import { Stretcher } from '@kyberline/core/voice/stretch';
import { Timeline } from '@kyberline/core/voice/timeline';
import { MOST_BLOCK_BYTES, SAMPLES_PER_MS } from '../codec/codec.js';
import type { Codecs } from '../codec/codecs.js';
import { PCM16_BYTES } from '../codec/pcm.js';
import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ } from '../device/device.js';
import { DriftResampler } from '../dsp/drift-resampler.js';
import { Decoders } from './decoders.js';
import type { PlayoutTiming } from './latency.js';
import { cut, SampleQueue } from './sample-queue.js';

/** The share of frames that are to be in time. */
const QUANTILE = 0.99;
/** 5 s of frames of 10 ms. */
const LOSS_FRAMES = 500;
/** A jump this long is a new beginning, which says nothing about delays. */
const JUMP_PLACES = 128;
/** Stretching wants as much at once: every pitch period fits in twice. */
const STRETCH_SAMPLES = 30 * SAMPLES_PER_MS;
/** The least of it in which a period can still be found. */
const LEAST_STRETCH_SAMPLES = 15 * SAMPLES_PER_MS;
/** What waits decoded, at most: a stretch, a frame of 20 ms and a pitch period. */
const QUEUE_SAMPLES = 80 * SAMPLES_PER_MS;
const BARE_PLACES = 2;
/** A queue that was as long, and is as short again, was of our own making (core's bitrate.ts). */
const LONG_QUEUE_MS = 80;
const QUIET_QUEUE_MS = 20;

export class Playout {
  readonly jitter = new JitterBuffer(MOST_BLOCK_BYTES);
  readonly level = new LevelMeter();
  readonly path = new PathDelay();
  readonly #timeline = new Timeline();
  readonly #payload = emptyVoicePayload();
  readonly #reception = new Reception();
  readonly #arrivals = new InterarrivalJitter();
  readonly #histogram = new DelayHistogram(FRAME_MS);
  readonly #delay = new PlayoutDelay();
  readonly #losses = new LossWindow(LOSS_FRAMES);
  readonly #stretcher = new Stretcher(SAMPLE_RATE_HZ);
  readonly #queue = new SampleQueue(QUEUE_SAMPLES);
  readonly #drift = new Drift();
  readonly #resampler = new DriftResampler(FRAME_SAMPLES);
  /** At the loudspeaker's rate: a few samples more than a turn took. */
  readonly #resampled = new SampleQueue(2 * this.#resampler.mostSamples);
  #turnMs = FRAME_MS;
  /** Of what arrived last. */
  #frameMs = FRAME_MS;
  /** What the loudspeaker has asked for since the first turn. */
  #askedMs = 0;
  readonly #decoders: Decoders;
  #lastIndex: number | undefined;
  /** Whether what was taken last was really here. */
  #isSound = false;
  #wasQueued = false;

  constructor(codecs: Codecs) {
    this.#decoders = new Decoders(codecs);
  }

  get jitterMs(): number {
    return this.#arrivals.jitterMs;
  }

  get lossRatio(): number {
    return this.#losses.ratio;
  }

  /** How much faster than our loudspeaker the peer's microphone runs, ppm. */
  get driftPpm(): number {
    return this.#drift.ppm;
  }

  /** How long the quickest frames wait from their arrival until they are played, ms. */
  get delayMs(): number {
    return this.#delay.leastMs;
  }

  /** How long they should. */
  get targetMs(): number {
    return this.#histogram.targetMs(QUANTILE);
  }

  /** A turn takes all of its sound at once, and its last sample's frame has to be here already. */
  get #wantedMs(): number {
    return this.targetMs + this.#turnMs;
  }

  /** Where what is played stands, for the time that it took from the mouth. */
  get timing(): PlayoutTiming {
    return {
      quickestMs: this.#histogram.quickestMs,
      waitingMs: this.#delay.meanMs,
      frameMs: this.#frameMs,
      placeOfTicks: (ticks) => this.#timeline.placeOfTicks(ticks),
    };
  }

  /** What came since this was last asked. */
  arrived(): Arrived {
    return this.#reception.report();
  }

  /** A MODE of bare frames: where an epoch's counters stand on the sender's clock (48 kHz ticks). */
  base(epoch: number, counter: number, timestamp: number): void {
    this.#timeline.base(epoch, counter, Math.round(timestamp / FRAME_SAMPLES));
  }

  /**
   * An opened voice payload, which is copied. False if it is none.
   * @param isNewest no later packet of the stream was here before
   */
  put(header: PacketHeader, payload: Uint8Array, isNewest: boolean, now: number): boolean {
    const { epoch, counter, type } = header;
    const { jitter } = this;
    if (type === PAYLOAD_TYPES.pcm16) {
      if (payload.length !== PCM16_BYTES) return false;
      const index = this.#timeline.indexOf(epoch, counter, jitter.following, now);
      this.#note(header, index, BARE_PLACES, now);
      jitter.put(index, BARE_PLACES, CODEC_IDS.pcm16, payload);
      return true;
    }
    const voice = type === PAYLOAD_TYPES.voice && readVoicePayload(payload, this.#payload);
    if (!voice || voice.blockBytes > MOST_BLOCK_BYTES || !this.#decoders.has(voice.codec)) {
      return false;
    }
    const { timestamp, codec, blockBytes, offsets } = voice;
    const places = voice.frameMs / PLACE_MS;
    const index = this.#timeline.indexAt(epoch, timestamp, isNewest, jitter.following, now);
    this.#note(header, index, places, now);
    const block = (age: number) => payload.subarray(offsets[age]!, offsets[age]! + blockBytes);
    jitter.put(index, places, codec, block(0));
    // The oldest first: of frames that are late at once, the latest one counts.
    for (let age = voice.redundant; age >= 1; age--) {
      if (offsets[age] === ABSENT) continue;
      const lost = index - age * places;
      if (jitter.repair(lost, places, codec, block(age))) {
        this.#histogram.note(now, lost * PLACE_MS, true);
      }
    }
    return true;
  }

  /** Writes this turn's sound, at most 10 ms; false, and silence, before there is anything to hear. */
  play(frame: Int16Array, now: number): boolean {
    const { jitter } = this;
    const queue = this.#queue;
    if (jitter.isWaiting && queue.length === 0) {
      frame.fill(0);
      return false;
    }
    this.#turnMs = frame.length / SAMPLES_PER_MS;
    this.#drift.noteOutput(now, this.#askedMs);
    this.#askedMs += this.#turnMs;
    const ratio = this.#drift.playoutRatio(this.#delay.leastMs - this.#wantedMs);
    const resampled = this.#resampled;
    let isPaced = false;
    while (resampled.length < frame.length) {
      const wanted = frame.length - resampled.length;
      while (queue.length < wanted) this.#pull();
      if (!isPaced) this.#pace(now);
      isPaced = true;
      const part = queue.waiting.subarray(0, wanted);
      resampled.grow(
        this.#resampler.process(part, ratio, resampled.room(this.#resampler.mostSamples)),
      );
      queue.drop(wanted);
    }
    resampled.take(frame);
    this.level.note(meanSquare(frame));
    return true;
  }

  /** It is heard on a loudspeaker that was opened anew, perhaps another one. */
  outputChanged(): void {
    this.#drift.changeOutput();
  }

  /** Nothing of what was heard stays behind. */
  end(): void {
    this.#queue.clear();
    this.#resampled.clear();
    this.#resampler.restart();
    this.#decoders.end();
  }

  #note({ epoch, counter }: PacketHeader, index: number, places: number, now: number): void {
    const isJump = Math.abs(index - (this.#lastIndex ?? index)) >= JUMP_PLACES;
    if (this.#timeline.takeAnew() || isJump) {
      this.#arrivals.restart();
      this.#histogram.restart();
      this.#drift.restartSender();
      this.#delay.restart();
      this.path.restart();
    }
    this.#lastIndex = index;
    this.#reception.note(epoch, counter);
    const mediaMs = index * PLACE_MS;
    this.#frameMs = places * PLACE_MS;
    this.#arrivals.note(now, mediaMs);
    if (this.#queueIsGone()) this.#histogram.forgetDelays();
    this.#histogram.note(now, mediaMs);
    this.#drift.noteArrival(now, mediaMs);
    this.path.note(now, mediaMs + places * PLACE_MS);
  }

  /** True once after a queue on the way has drained: it is not what the way is like. */
  #queueIsGone(): boolean {
    const { queueMs } = this.path;
    if (queueMs > LONG_QUEUE_MS) this.#wasQueued = true;
    const isGone = this.#wasQueued && queueMs <= QUIET_QUEUE_MS;
    if (isGone) this.#wasQueued = false;
    return isGone;
  }

  /** The next frame, or 10 ms in its place, behind what waits. */
  #pull(): void {
    const { jitter } = this;
    const taken = jitter.take();
    this.#isSound = typeof taken !== 'string';
    if (typeof taken !== 'string') {
      // What was said before does not go on here: it fades into what is next.
      if (jitter.takeJump()) this.#conceal();
      if (this.#decode(taken)) {
        this.#losses.note(false);
        return;
      }
    }
    this.#conceal();
    this.#losses.note(true);
  }

  #decode(frame: Frame): boolean {
    const samples = this.#decoders.decode(frame, this.#queue.room(frame.places * FRAME_SAMPLES));
    this.#queue.grow(samples);
    return samples > 0;
  }

  #conceal(): void {
    this.#decoders.conceal(this.#queue.room(FRAME_SAMPLES));
    this.#queue.grow(FRAME_SAMPLES);
  }

  /** Measures how long this turn's sound waited, and does something about it where it has to. */
  #pace(now: number): void {
    const { jitter } = this;
    jitter.wantedPlaces = Math.ceil(this.#wantedMs / PLACE_MS);
    if (!this.#isSound) return;
    const waiting = this.#queue.length + this.#resampled.length + this.#resampler.delaySamples;
    const playedMs = jitter.next * PLACE_MS - waiting / SAMPLES_PER_MS;
    this.#delay.note(now - playedMs - this.#histogram.quickestMs);
    const step = this.#delay.step(this.#wantedMs);
    if (step !== 'keep') this.#stretch(step);
  }

  #stretch(step: 'shorten' | 'cut' | 'lengthen'): void {
    const queue = this.#queue;
    while (queue.length < STRETCH_SAMPLES && this.jitter.ready > 0) this.#pull();
    if (queue.length < LEAST_STRETCH_SAMPLES) return;
    const before = queue.length;
    const part = queue.waiting.subarray(0, Math.min(before, STRETCH_SAMPLES));
    if (step === 'lengthen') {
      if (before < STRETCH_SAMPLES) return;
      queue.resize(this.#stretcher.lengthen(queue.waiting, queue.store));
    } else {
      let length = this.#stretcher.shorten(part, part);
      if (length === part.length && step === 'cut') length = cut(part);
      queue.waiting.copyWithin(length, part.length);
      queue.resize(before - part.length + length);
    }
    if (queue.length !== before) this.#delay.moved((queue.length - before) / SAMPLES_PER_MS);
  }
}
