/**
 * What the microphone says on its way to the calls: processed as the person switched it (dsp/chain.ts),
 * with the loudspeaker's sound as the echo canceller's reference, and watched for what the person
 * ought to be told.
 *
 *   device ──► copy ──► chain ──► every call that talks
 *                         ▲  └──► watch ──► warnings
 *   loudspeaker, 10 ms at a time
 *
 * The chain's parts are loaded when they are first wanted, and not where nothing is to be processed.
 */
import { meanSquare, toDbfs } from '@kyberline/core/voice/level';
import type { Processing, VoiceWarning } from '@kyberline/shared/voice';
import { FRAME_SAMPLES } from '../device/device.js';
import { SpeechChain } from '../dsp/chain.js';
import { Disguise } from '../dsp/disguise.js';
import type { Stage } from '../dsp/stage.js';
import { VoiceActivity } from '../dsp/voice-activity.js';
import { CaptureWatch } from '../dsp/warnings.js';

/** Frames between two questions for the devices' latencies, which are smoothed: 1 s. */
const ALIGNED_EVERY = 100;

export interface MicrophoneParts {
  random(bytes: number): Uint8Array;
  /** Each frame as it may leave; it is the microphone's own, and valid during the call only. */
  capture(frame: Int16Array): void;
  /** Whether nobody is to hear what is captured now. */
  isMuted(): boolean;
  /** Of both devices together, ms, as they state it now. */
  deviceDelayMs(): number;
  warn(sentence: string): void;
}

export class Microphone {
  #watch = new CaptureWatch();
  /** Whether anything was captured since the watch began. */
  #isWatching = false;
  readonly #activity = new VoiceActivity();
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #untilAligned = ALIGNED_EVERY;
  readonly #played = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  /** What the loudspeaker was given since the microphone's last frame; two frames at most. */
  #hasPlayed = false;
  #wanted: Processing;
  #chain: SpeechChain | undefined;
  #opening: Promise<void> | undefined;
  #disguise: Stage | undefined;

  constructor(
    private readonly parts: MicrophoneParts,
    wanted: Processing,
  ) {
    this.#wanted = wanted;
  }

  get warnings(): readonly VoiceWarning[] {
    return this.#watch.warnings;
  }

  /** Look-ahead and filters of what is heard now, ms. */
  get delayMs(): number {
    return this.#chain?.delayMs ?? 0;
  }

  /** Holds from a frame soon on; resolves when everything that it needs has been loaded. */
  use(wanted: Processing): Promise<void> {
    this.#wanted = wanted;
    return this.ready();
  }

  /** Loads what the switches need: before a call, so that it begins as it will go on. */
  async ready(): Promise<void> {
    const { highPass, echoCancellation, noiseSuppression, autoGain, disguise } = this.#wanted;
    if (highPass || echoCancellation || noiseSuppression || autoGain || disguise) {
      this.#opening ??= this.#open();
      await this.#opening;
    }
    this.#settle();
  }

  /** A call begins: whoever is disguised is another one than in the last call. */
  beginCall(): void {
    this.#disguise = undefined;
    this.#settle();
  }

  /** Nobody listens now: what was so is no news when somebody does again. */
  rest(): void {
    if (!this.#isWatching) return;
    this.#isWatching = false;
    this.#watch = new CaptureWatch();
  }

  /** A frame of the device, which stays its own. */
  captured(frame: Int16Array): void {
    this.#frame.set(frame);
    if (this.#untilAligned-- === 0) {
      this.#untilAligned = ALIGNED_EVERY;
      this.#chain?.align(this.parts.deviceDelayMs());
    }
    if (this.#chain) this.#chain.capture(this.#frame);
    // A voice that is to be another one leaves as that or not at all.
    else if (this.#wanted.disguise) this.#frame.fill(0);
    this.#isWatching = true;
    this.#watch.note({
      captured: frame,
      sent: this.#frame,
      reference: this.#hasPlayed ? this.#played : undefined,
      isMuted: this.parts.isMuted(),
      isSpeech: this.#isSpeech(),
    });
    this.#hasPlayed = false;
    this.parts.capture(this.#frame);
  }

  /** What the loudspeaker is given, in whatever pieces. */
  heard(samples: Int16Array): void {
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + FRAME_SAMPLES - this.#filled);
      this.#played.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < FRAME_SAMPLES) continue;
      this.#filled = 0;
      this.#hasPlayed = true;
      this.#chain?.reference(this.#played);
    }
  }

  close(): void {
    this.#chain?.close();
    this.#chain = undefined;
  }

  /** By the chain's word where there is one. */
  #isSpeech(): boolean {
    if (this.#chain) return this.#chain.isSpeech;
    this.#activity.note(toDbfs(meanSquare(this.#frame)), undefined);
    return this.#activity.isSpeech;
  }

  async #open(): Promise<void> {
    try {
      this.#chain = await SpeechChain.open();
    } catch (cause) {
      const kind = cause instanceof Error ? cause.name : typeof cause;
      this.parts.warn(
        `Echo, noise and loudness cannot be treated here, nor a voice disguised (${kind}). Voice leaves as it is, and with the disguise on not at all.`,
      );
    }
  }

  #settle(): void {
    const { highPass, echoCancellation, noiseSuppression, autoGain, disguise } = this.#wanted;
    if (disguise) this.#disguise ??= new Disguise(this.parts.random);
    else this.#disguise = undefined;
    this.#chain?.use({
      highPass,
      echo: echoCancellation,
      noise: noiseSuppression,
      gain: autoGain,
      disguise: this.#disguise,
    });
  }
}
