/**
 * PortAudio (native code in this folder, compiled at install by build.mjs): what devices there are,
 * and streams over rings. Between PortAudio's callback and this thread stands a ring in shared
 * memory; neither ever waits for the other (stream.h).
 *
 *   const portaudio = load();
 *   portaudio.look((found) => …);
 *   portaudio.open({ direction: 'input', … , onWake: () => mic?.read(samples) }, (opened) => …);
 *   … await mic.close();
 *
 * Whatever may wait for a sound system is done on a thread of its own. Nothing here prints. What
 * PortAudio refuses is an Error with its words, given in the place of what was asked for.
 */
import { createRequire } from 'node:module';

export interface DeviceInfo {
  /** Good until devices are looked for anew. */
  id: number;
  name: string;
  /** Place in the list of `hostApis`. */
  hostApi: number;
  maxInputChannels: number;
  maxOutputChannels: number;
  defaultSampleRate: number;
  /** What the device would like for short delays, s. */
  lowInputLatency: number;
  lowOutputLatency: number;
}

export interface Found {
  devices: DeviceInfo[];
  /** -1 where there is none, as for devices. */
  defaultHostApi: number;
  hostApis: { name: string; defaultInput: number; defaultOutput: number }[];
}

export interface StreamOptions {
  direction: 'input' | 'output';
  deviceId: number;
  channels: number;
  sampleRate: number;
  /** Of one callback; 0 = whatever suits the device. */
  framesPerBuffer: number;
  /** Of the device's buffer, s. */
  suggestedLatency: number;
  /** What the ring holds at least; rounded up to a power of two. */
  ringFrames: number;
  /** Of silence, that an output's ring begins with. */
  filledFrames: number;
  /** An input wakes with at least so many frames in the ring, an output with at most. */
  wakeAt: number;
  /** May come before the stream does. On this thread; once for several wake-ups in a row, and once more when the stream ends. */
  onWake(): void;
}

export interface Stream {
  /** Frames, interleaved samples of 16 bits. */
  readonly channels: number;
  /** Seconds, as PortAudio says of its own buffers when it has opened. */
  readonly latency: number;
  /** Frames in the ring. */
  readonly waiting: number;
  /** Times that the callback was called: a stream in which this stands still is stalled. */
  readonly callbacks: number;
  /** Frames of the last one. */
  readonly callbackFrames: number;
  /** Callbacks that found no room in the ring (input) or too little to play (output). */
  readonly misses: number;
  /** Frames that were dropped or were silence therefore. */
  readonly missedFrames: number;
  /** Callbacks that PortAudio told of an overflow or underflow of its own. */
  readonly xruns: number;
  /** Age of what the last callback brought, or time until what it took is heard, s; 0 = unknown. */
  readonly deviceLatency: number;
  /** The fewest frames that a callback of an output left in the ring since this was last asked. */
  takeLeastLeft(): number;
  /** The stream has ended, by itself or since it was closed. */
  readonly hasEnded: boolean;
  /** See `StreamOptions`; may be set at any time. */
  wakeAt: number;
  /**
   * To be called a few times a second: a callback's thread that spins, as PortAudio's does over
   * PulseAudio's ALSA plugin where a loudspeaker stands still, gets the lowest priority meanwhile.
   * @returns the share of a processor that it took since the last call, 0 where that is unknown
   */
  tame(): number;
  /** Takes up to as many samples as fit into `into`, in whole frames. @returns how many */
  read(into: Int16Array): number;
  /** Puts in what there is room for, in whole frames. @returns how many samples */
  write(from: Int16Array): number;
  /**
   * Aborts. The promise stays open for as long as a sound system hangs, which keeps nothing else
   * waiting, not even the end of the process.
   */
  close(): Promise<void>;
}

export interface PortAudio {
  readonly version: string;
  /**
   * Looks for devices anew; while a stream is open, PortAudio only says again what there was.
   * @param done called once, later, or never where a sound system hangs
   */
  look(done: (found: Found | Error) => void): void;
  /** Opens and starts. @param done as for `look` */
  open(options: StreamOptions, done: (opened: Stream | Error) => void): void;
}

interface Native {
  version(): string;
  look(done: (found: Found | Error) => void): void;
  open(
    isInput: boolean,
    deviceId: number,
    channels: number,
    sampleRate: number,
    framesPerBuffer: number,
    suggestedLatency: number,
    ringFrames: number,
    filledFrames: number,
    wakeAt: number,
    onWake: () => void,
    done: (opened: Opened | Error) => void,
  ): void;
  tame(handle: object): number;
  close(handle: object): Promise<void>;
}

interface Opened {
  handle: object;
  memory: ArrayBuffer;
  latency: number;
}

/** Places in the ring's memory, as in stream.h. */
const WRITTEN = 0;
const READ = 1;
const WAKE_AT = 2;
const CALLBACKS = 3;
const CALLBACK_FRAMES = 4;
const MISSES = 5;
const MISSED_FRAMES = 6;
const XRUNS = 7;
const DEVICE_US = 8;
const ENDED = 9;
const LEAST_LEFT = 10;
const SLOTS = 16;
const MOST_FRAMES = 2 ** 31 - 1;

const COMPILED = '../build/Release/kyberline_portaudio.node';

/** @throws where it was not compiled, or a library is missing */
export function load(
  require: (path: string) => unknown = createRequire(import.meta.url),
): PortAudio {
  const native = require(COMPILED) as Native;
  return {
    version: native.version(),
    look: (done) => native.look(done),
    open: (options, done) => {
      const ringFrames = 2 ** Math.ceil(Math.log2(Math.max(1, options.ringFrames)));
      native.open(
        options.direction === 'input',
        options.deviceId,
        options.channels,
        options.sampleRate,
        options.framesPerBuffer,
        options.suggestedLatency,
        ringFrames,
        options.filledFrames,
        options.wakeAt,
        options.onWake,
        (opened) =>
          done(
            opened instanceof Error
              ? opened
              : new RingStream(native, opened, options.channels, ringFrames),
          ),
      );
    },
  };
}

class RingStream implements Stream {
  readonly latency: number;
  readonly #handle: object;
  readonly #slots: Int32Array;
  readonly #samples: Int16Array;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly native: Native,
    { handle, memory, latency }: Opened,
    readonly channels: number,
    private readonly frames: number,
  ) {
    this.#handle = handle;
    this.latency = latency;
    this.#slots = new Int32Array(memory, 0, SLOTS);
    this.#samples = new Int16Array(memory, SLOTS * Int32Array.BYTES_PER_ELEMENT);
    this.takeLeastLeft();
  }

  get waiting(): number {
    return (this.#get(WRITTEN) - this.#get(READ)) | 0;
  }

  get callbacks(): number {
    return this.#get(CALLBACKS) >>> 0;
  }

  get callbackFrames(): number {
    return this.#get(CALLBACK_FRAMES);
  }

  get misses(): number {
    return this.#get(MISSES) >>> 0;
  }

  get missedFrames(): number {
    return this.#get(MISSED_FRAMES) >>> 0;
  }

  get xruns(): number {
    return this.#get(XRUNS) >>> 0;
  }

  get deviceLatency(): number {
    return this.#get(DEVICE_US) / 1e6;
  }

  get hasEnded(): boolean {
    return this.#get(ENDED) !== 0;
  }

  get wakeAt(): number {
    return this.#get(WAKE_AT);
  }

  set wakeAt(frames: number) {
    Atomics.store(this.#slots, WAKE_AT, frames);
  }

  takeLeastLeft(): number {
    return Atomics.exchange(this.#slots, LEAST_LEFT, MOST_FRAMES);
  }

  tame(): number {
    return this.native.tame(this.#handle);
  }

  read(into: Int16Array): number {
    const read = this.#get(READ);
    const frames = Math.min(this.waiting, Math.floor(into.length / this.channels));
    const [start, first] = this.#place(read, frames);
    into.set(this.#samples.subarray(start, start + first));
    into.set(this.#samples.subarray(0, frames * this.channels - first), first);
    Atomics.store(this.#slots, READ, (read + frames) | 0);
    return frames * this.channels;
  }

  write(from: Int16Array): number {
    const written = this.#get(WRITTEN);
    const room = this.frames - this.waiting;
    const frames = Math.min(room, Math.floor(from.length / this.channels));
    const [start, first] = this.#place(written, frames);
    this.#samples.set(from.subarray(0, first), start);
    this.#samples.set(from.subarray(first, frames * this.channels));
    Atomics.store(this.#slots, WRITTEN, (written + frames) | 0);
    return frames * this.channels;
  }

  close(): Promise<void> {
    this.#closing ??= this.native.close(this.#handle);
    return this.#closing;
  }

  #get(slot: number): number {
    return Atomics.load(this.#slots, slot);
  }

  /** Where the frame of that number lies, and how many samples from there on fit before the end. */
  #place(at: number, frames: number): [start: number, first: number] {
    const start = at & (this.frames - 1);
    return [start * this.channels, Math.min(frames, this.frames - start) * this.channels];
  }
}
