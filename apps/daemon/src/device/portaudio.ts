/**
 * Microphone and loudspeaker through PortAudio (naudiodon), as two streams: a duplex stream in
 * which nothing is written deadlocks. Buffers are a frame long, and no more is queued than the
 * device needs; the loudspeaker is always written to, silence if need be, because a starved
 * stream recovers seconds late. Trouble restarts a stream.
 */
import type { Clock } from './clock.js';
import {
  FRAME_MS,
  FRAME_SAMPLES,
  type InputDevice,
  type OutputDevice,
  SAMPLE_RATE_HZ,
  Standing,
} from './device.js';
import type { InputStream, Naudiodon, OutputStream } from './naudiodon.js';

const BYTES_PER_SAMPLE = 2;
const FRAME_BYTES = FRAME_SAMPLES * BYTES_PER_SAMPLE;
/** No sound for this long: the stream hangs. */
const STALLED_MS = 2_000;
const RETRY_MS = [250, 500, 1_000, 2_000] as const;

export interface PortAudioChoice {
  binding: Naudiodon;
  clock: Clock;
  choice: string;
  deviceId: number;
  name: string;
  why: string;
}

/** What both ends do about trouble: note it, wait, open again. */
abstract class Restarting {
  protected readonly standing: Standing;
  protected readonly from: PortAudioChoice;
  #wanted = false;
  #failures = 0;
  #cancel: () => void = () => undefined;
  #aliveAt = 0;

  constructor(from: PortAudioChoice) {
    const { choice, name, why } = from;
    this.from = from;
    this.standing = new Standing({ choice, kind: 'portaudio', name, why });
  }

  get inUse() {
    return this.standing.inUse;
  }

  onChange(listener: () => void): void {
    this.standing.onChange(listener);
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    this.#cancel();
    await this.close();
    this.standing.enter('closed', this.from.why);
  }

  protected begin(): void {
    this.#wanted = true;
    this.#open();
  }

  protected get isWanted(): boolean {
    return this.#wanted;
  }

  /** A frame went through: the stream is well. */
  protected alive(): void {
    this.#aliveAt = this.from.clock.now();
    this.#failures = 0;
    this.standing.enter('running', this.from.why);
  }

  protected trouble(): void {
    if (!this.#wanted) return;
    const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]!;
    const why = `${this.from.name} stopped or cannot be opened, and is tried again. Check that it is plugged in and not in use.`;
    this.standing.enter(this.#failures > RETRY_MS.length ? 'failed' : 'restarting', why);
    this.#cancel();
    this.#cancel = this.from.clock.after(wait, () => {
      void this.close().then(() => {
        if (this.#wanted) this.#open();
      });
    });
  }

  protected abstract open(): void;
  protected abstract close(): Promise<void>;

  #open(): void {
    this.#aliveAt = this.from.clock.now();
    try {
      this.open();
      this.#watch();
    } catch {
      this.trouble();
    }
  }

  #watch(): void {
    this.#cancel();
    this.#cancel = this.from.clock.after(STALLED_MS, () => {
      if (this.from.clock.now() - this.#aliveAt >= STALLED_MS) this.trouble();
      else this.#watch();
    });
  }
}

/** Closes a stream for certain within this time; a hung binding must not hang the engine. */
const CLOSE_MS = 1_000;

function closing(clock: Clock, quit: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(CLOSE_MS, resolve);
    try {
      quit(() => {
        cancel();
        resolve();
      });
    } catch {
      cancel();
      resolve();
    }
  });
}

export class PortAudioInput extends Restarting implements InputDevice {
  overruns = 0;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  #onFrame: (frame: Int16Array) => void = () => undefined;
  #stream: InputStream | undefined;

  start(onFrame: (frame: Int16Array) => void): void {
    this.#onFrame = onFrame;
    this.begin();
  }

  protected open(): void {
    const stream = this.from.binding.AudioIO({ inOptions: options(this.from.deviceId) });
    this.#stream = stream;
    this.#filled = 0;
    stream.on('data', (bytes: Buffer) => {
      if (stream === this.#stream && this.isWanted) this.#take(bytes);
    });
    stream.on('error', () => this.trouble());
    stream.on('close', () => {
      if (stream === this.#stream) this.trouble();
    });
    stream.start();
  }

  protected async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (!stream) return;
    stream.removeAllListeners('data');
    await closing(this.from.clock, (done) => stream.quit(done));
  }

  /** Whatever length comes, frames of 20 ms go on. */
  #take(bytes: Buffer): void {
    this.alive();
    for (let at = 0; at + 1 < bytes.length; at += BYTES_PER_SAMPLE) {
      this.#frame[this.#filled++] = bytes.readInt16LE(at);
      if (this.#filled < FRAME_SAMPLES) continue;
      this.#filled = 0;
      this.#onFrame(this.#frame);
    }
  }
}

export class PortAudioOutput extends Restarting implements OutputDevice {
  underruns = 0;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  /** The binding keeps a buffer until PortAudio has taken it, so they are gone round. */
  readonly #buffers = Array.from({ length: BUFFERS }, () => Buffer.alloc(FRAME_BYTES));
  #turn = 0;
  #fill: (frame: Int16Array) => void = () => undefined;
  #stream: OutputStream | undefined;
  #lastAskedMs: number | undefined;

  start(fill: (frame: Int16Array) => void): void {
    this.#fill = fill;
    this.begin();
  }

  protected open(): void {
    const stream = this.from.binding.AudioIO({ outOptions: options(this.from.deviceId) });
    this.#stream = stream;
    this.#lastAskedMs = undefined;
    stream.on('error', () => this.trouble());
    stream.on('close', () => {
      if (stream === this.#stream) this.trouble();
    });
    const next = (error?: Error | null) => {
      if (stream !== this.#stream || !this.isWanted) return;
      if (error) this.trouble();
      else stream.write(this.#next(), next);
    };
    // Something is queued before the device first asks.
    next();
    stream.start();
  }

  protected async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream) await closing(this.from.clock, (done) => stream.quit(done));
  }

  #next(): Buffer {
    const now = this.from.clock.now();
    // Asked this late, the device had played all that it had.
    if (this.#lastAskedMs !== undefined && now - this.#lastAskedMs > DRY_MS) this.underruns++;
    this.#lastAskedMs = now;
    this.alive();
    this.#fill(this.#frame);
    const buffer = this.#buffers[this.#turn]!;
    this.#turn = (this.#turn + 1) % BUFFERS;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      buffer.writeInt16LE(this.#frame[i]!, i * BYTES_PER_SAMPLE);
    }
    return buffer;
  }
}

/** Frames queued in the binding: one that plays and one that waits. */
const QUEUED_FRAMES = 2;
const BUFFERS = 8;
/** The queue and the device's own buffer are empty after this long without a frame. */
const DRY_MS = (QUEUED_FRAMES + 2) * FRAME_MS;

function options(deviceId: number) {
  return {
    deviceId,
    channelCount: 1,
    sampleFormat: 16,
    sampleRate: SAMPLE_RATE_HZ,
    framesPerBuffer: FRAME_SAMPLES,
    highwaterMark: FRAME_BYTES,
    maxQueue: QUEUED_FRAMES,
    closeOnError: false,
  } as const;
}
