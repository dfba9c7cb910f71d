/**
 * Microphone and loudspeaker through PortAudio (naudiodon), as two streams: a duplex stream in
 * which nothing is written deadlocks. A starved stream recovers seconds late, so the loudspeaker
 * is always written to; trouble restarts a stream (restarting.ts).
 *
 * Delay, measured on PulseAudio's null sinks with chirps, mouth to ear without the jitter buffer's
 * share: buffers of 20 ms both ways 110 ms; 10 ms in and 12.5 ms out, as here, 74 ms. A
 * loudspeaker with 10 ms goes down once it was starved: PulseAudio's ALSA plugin then takes every
 * buffer for played at once. PULSE_LATENCY_MSEC would shorten it further, but a stream that has it
 * and is starved may stop for ever.
 */
import type { Clock } from './clock.js';
import {
  FRAME_MS,
  FRAME_SAMPLES,
  type InputDevice,
  type OutputDevice,
  SAMPLE_RATE_HZ,
} from './device.js';
import type { InputStream, Naudiodon, OutputStream, StreamOptions } from './naudiodon.js';
import { Resampler } from './resample.js';
import { Restarting, type Sought } from './restarting.js';

const BYTES_PER_SAMPLE = 2;
/** Chunks that wait in the binding while this thread is held up: what more there is, is lost. */
const INPUT_QUEUE = 32;
/** Chunks that wait to be played beside the one that plays. Each one more is 10 ms of delay. */
const OUTPUT_QUEUE = 1;
/** What the device asks for, and gives, at a time. */
const INPUT_BUFFER_MS = 10;
const OUTPUT_BUFFER_MS = 12.5;
/** PortAudio has two of its buffers; asked later than this, all that there was had been played. */
const DRY_MS = (OUTPUT_QUEUE + 1) * FRAME_MS + 2 * OUTPUT_BUFFER_MS;
/** Tried in this order; a device that takes none of them cannot be used. */
const FORMATS: readonly Format[] = [
  { sampleRate: SAMPLE_RATE_HZ, channelCount: 1 },
  { sampleRate: SAMPLE_RATE_HZ, channelCount: 2 },
  { sampleRate: 44_100, channelCount: 1 },
  { sampleRate: 44_100, channelCount: 2 },
];

type Format = Pick<StreamOptions, 'sampleRate' | 'channelCount'>;

export interface PortAudioChoice extends Sought {
  binding: Naudiodon;
  clock: Clock;
}

export class PortAudioInput extends Restarting implements InputDevice {
  overruns = 0;
  /** The binding does not say: a buffer of the device, and one of PortAudio. */
  readonly latencyMs = 2 * INPUT_BUFFER_MS - FRAME_MS;
  readonly #binding: Naudiodon;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  readonly #chunk = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  #onFrame: (frame: Int16Array) => void = () => undefined;
  #stream: InputStream | undefined;

  constructor(from: PortAudioChoice) {
    super(from.clock, FRAME_MS, false, from);
    this.#binding = from.binding;
  }

  start(onFrame: (frame: Int16Array) => void): void {
    this.#onFrame = onFrame;
    this.begin();
  }

  protected open(deviceId: number): void {
    const { stream, format } = firstThatOpens((one) =>
      this.#binding.AudioIO({ inOptions: options(deviceId, one, INPUT_BUFFER_MS, INPUT_QUEUE) }),
    );
    const read = reader(format, this.#chunk);
    this.#stream = stream;
    this.#filled = 0;
    stream.on('data', (bytes: Buffer) => {
      if (stream !== this.#stream || !this.isWanted) return;
      if (this.alive() > INPUT_QUEUE * FRAME_MS) this.overruns++;
      this.#take(read(bytes));
    });
    stream.on('error', () => this.#ended(stream));
    stream.on('close', () => this.#ended(stream));
    stream.start();
  }

  protected async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (!stream) return;
    stream.removeAllListeners('data');
    await this.closing((done) => stream.quit(done));
  }

  #ended(stream: InputStream): void {
    if (stream === this.#stream) this.trouble();
  }

  #take(samples: Int16Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#frame[this.#filled++] = samples[i]!;
      if (this.#filled < FRAME_SAMPLES) continue;
      this.#filled = 0;
      this.#onFrame(this.#frame);
    }
  }
}

export class PortAudioOutput extends Restarting implements OutputDevice {
  underruns = 0;
  /** The binding does not say: what may be queued, and PortAudio's two buffers. */
  readonly latencyMs = (OUTPUT_QUEUE + 1) * FRAME_MS + 2 * OUTPUT_BUFFER_MS - FRAME_MS;
  readonly #binding: Naudiodon;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #fill: (frame: Int16Array) => void = () => undefined;
  #stream: OutputStream | undefined;

  constructor(from: PortAudioChoice) {
    super(from.clock, FRAME_MS, true, from);
    this.#binding = from.binding;
  }

  start(fill: (frame: Int16Array) => void): void {
    this.#fill = fill;
    this.begin();
  }

  protected open(deviceId: number): void {
    const { stream, format } = firstThatOpens((one) =>
      this.#binding.AudioIO({ outOptions: options(deviceId, one, OUTPUT_BUFFER_MS, OUTPUT_QUEUE) }),
    );
    const write = writer(format);
    this.#stream = stream;
    stream.on('error', () => this.#ended(stream));
    stream.on('close', () => this.#ended(stream));
    // The binding copies a chunk and answers when there is room for the next one.
    const next = (error?: Error | null) => {
      if (stream !== this.#stream || !this.isWanted) return;
      if (error) this.trouble();
      else stream.write(write(this.#next()), next);
    };
    // Something is queued before the device first asks.
    next();
    stream.start();
  }

  protected async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream) await this.closing((done) => stream.quit(done));
  }

  #ended(stream: OutputStream): void {
    if (stream === this.#stream) this.trouble();
  }

  #next(): Int16Array {
    if (this.alive() > DRY_MS) this.underruns++;
    this.#fill(this.#frame);
    return this.#frame;
  }
}

/** Opens a stream in the first format that the device takes. @throws what the last one threw */
function firstThatOpens<S>(open: (format: Format) => S): { stream: S; format: Format } {
  let cause: unknown;
  for (const format of FORMATS) {
    try {
      return { stream: open(format), format };
    } catch (refusal) {
      cause = refusal;
    }
  }
  throw cause;
}

function options(
  deviceId: number,
  format: Format,
  bufferMs: number,
  maxQueue: number,
): StreamOptions {
  const perMs = format.sampleRate / 1000;
  return {
    ...format,
    deviceId,
    framesPerBuffer: Math.round(perMs * bufferMs),
    highwaterMark: perMs * FRAME_MS * format.channelCount * BYTES_PER_SAMPLE,
    maxQueue,
    sampleFormat: 16,
    closeOnError: false,
  };
}

/** From a device's bytes to 10 ms at 48 kHz, mono; `chunk` is used again for each. */
function reader(
  { sampleRate, channelCount }: Format,
  chunk: Int16Array,
): (bytes: Buffer) => Int16Array {
  const resampler =
    sampleRate === SAMPLE_RATE_HZ ? undefined : new Resampler(sampleRate, SAMPLE_RATE_HZ);
  let mono = new Int16Array(0);
  let out = chunk;
  return (bytes) => {
    const samples = Math.floor(bytes.length / BYTES_PER_SAMPLE / channelCount);
    if (mono.length !== samples) mono = new Int16Array(samples);
    for (let i = 0; i < samples; i++) {
      let sum = 0;
      for (let c = 0; c < channelCount; c++) {
        sum += bytes.readInt16LE(BYTES_PER_SAMPLE * (i * channelCount + c));
      }
      mono[i] = sum / channelCount;
    }
    if (!resampler) return mono;
    const length = resampler.outputSamples(samples);
    if (out.length < length) out = new Int16Array(length);
    return out.subarray(0, resampler.process(mono, out));
  };
}

/** The inverse of `reader`. The bytes are the writer's own and valid until its next call. */
function writer({ sampleRate, channelCount }: Format): (samples: Int16Array) => Buffer {
  const resampler =
    sampleRate === SAMPLE_RATE_HZ ? undefined : new Resampler(SAMPLE_RATE_HZ, sampleRate);
  const most = (sampleRate * FRAME_MS) / 1000;
  const scratch = new Int16Array(most);
  const bytes = Buffer.alloc(most * channelCount * BYTES_PER_SAMPLE);
  return (samples) => {
    const length = resampler ? resampler.process(samples, scratch) : samples.length;
    const from = resampler ? scratch : samples;
    for (let i = 0; i < length; i++) {
      for (let c = 0; c < channelCount; c++) {
        bytes.writeInt16LE(from[i]!, BYTES_PER_SAMPLE * (i * channelCount + c));
      }
    }
    return bytes.subarray(0, length * channelCount * BYTES_PER_SAMPLE);
  };
}
