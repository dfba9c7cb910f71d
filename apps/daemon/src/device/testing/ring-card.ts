/** A sound card for tests, over our own binding's interface: the test calls the callbacks. */
import type { Found, PortAudio, Stream, StreamOptions } from '@kyberline/portaudio';

export const CARD = { deviceId: 3, name: 'Headset', why: 'The system’s own choice.' };

/** A stream whose callback is called by the test. */
export class Ring implements Stream {
  readonly channels: number;
  readonly latency = 0.005;
  held: number[] = [];
  callbacks = 0;
  callbackFrames = 0;
  misses = 0;
  missedFrames = 0;
  xruns = 0;
  deviceLatency = 0;
  hasEnded = false;
  wakeAt: number;
  #least = 0;
  wakes = true;
  isOpen = true;
  tamed = 0;
  /** Whether `close` ever ends. */
  hangs = false;

  constructor(readonly options: StreamOptions) {
    this.channels = options.channels;
    this.wakeAt = options.wakeAt;
    this.held = new Array(options.filledFrames * this.channels).fill(0);
  }

  get waiting(): number {
    return this.held.length / this.channels;
  }

  takeLeastLeft(): number {
    const least = this.#least;
    this.#least = Number.MAX_SAFE_INTEGER;
    return least;
  }

  tame(): number {
    this.tamed++;
    return 0;
  }

  read(into: Int16Array): number {
    const taken = this.held.splice(0, into.length);
    into.set(taken);
    return taken.length;
  }

  write(from: Int16Array): number {
    this.held.push(...from);
    return from.length;
  }

  close(): Promise<void> {
    this.isOpen = false;
    return this.hangs ? new Promise(() => undefined) : Promise.resolve();
  }

  /** A microphone's callback. */
  capture(samples: number[]): void {
    this.callbacks++;
    this.callbackFrames = samples.length / this.channels;
    this.held.push(...samples);
    if (this.waiting >= this.wakeAt) this.options.onWake();
  }

  /** A loudspeaker's callback; what is missing is silence. */
  play(frames: number): number[] {
    this.callbacks++;
    this.callbackFrames = frames;
    const out = this.held.splice(0, frames * this.channels);
    if (out.length < frames * this.channels) {
      this.misses++;
      this.missedFrames += frames - out.length / this.channels;
    }
    this.#least = Math.min(this.#least, this.waiting);
    if (this.wakes && this.waiting <= this.wakeAt) this.options.onWake();
    return out;
  }
}

/** A machine with one sound card that takes some formats. */
export class Card implements PortAudio {
  readonly version = 'a test';
  rings: Ring[] = [];
  defaultSampleRate = 48_000;
  inputs = 2;
  takes: (options: StreamOptions) => boolean = () => true;

  api = 'ALSA';

  look(done: (found: Found) => void): void {
    const { defaultSampleRate, inputs: maxInputChannels } = this;
    done({
      devices: [
        {
          ...{ id: CARD.deviceId, name: CARD.name, hostApi: 0, defaultSampleRate },
          ...{ maxInputChannels, maxOutputChannels: 2 },
          ...{ lowInputLatency: 0.04, lowOutputLatency: 0.04 },
        },
      ],
      defaultHostApi: 0,
      hostApis: [{ name: this.api, defaultInput: CARD.deviceId, defaultOutput: CARD.deviceId }],
    });
  }

  /** What is said of a stream waits here while it is set. */
  waiting: (() => void)[] | undefined;

  open(options: StreamOptions, done: (opened: Ring | Error) => void): void {
    const answer = () => {
      if (!this.takes(options)) {
        done(new Error('Invalid sample rate'));
        return;
      }
      const ring = new Ring(options);
      this.rings.push(ring);
      done(ring);
    };
    if (this.waiting) this.waiting.push(answer);
    else answer();
  }

  get last(): Ring {
    return this.rings.at(-1)!;
  }
}
