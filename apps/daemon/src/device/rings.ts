/**
 * Microphone and loudspeaker through PortAudio by our own binding (@kyberline/portaudio), as two
 * streams. Between PortAudio's callback and this thread is a ring, so that neither waits for the
 * other. Trouble restarts a stream (restarting.ts).
 *
 * The loudspeaker has as little in hand as goes well here: a ring that ran short holds 2.5 ms more,
 * until it has had them to spare for a while; a device that ran dry again and again gets a buffer of
 * twice the length. PortAudio gives ALSA four periods a buffer where nobody names their length.
 *
 * Delay from PulseAudio's null sink to null sink, measured with chirps (npm run bench -- device-loop),
 * frames of 10 ms in between and a loudspeaker's buffer of
 *
 *   5 ms    21 ms, 10 % of a processor
 *   7.5     30 ms,  8 %
 *   10      38 ms,  7 %
 *   naudiodon, 10 and 12.5 ms: 80 ms, 6 %
 *
 * Medians of one run each, 16 to 22 s, on two processors that other programs used as well, so good
 * for the order and not for the last ms. Where no processor is to spare, PulseAudio without real-time
 * priority lets all of them run dry.
 * One that ran dry is silent for about 100 ms. PULSE_LATENCY_MSEC makes nothing shorter here.
 */
import type { Stream } from '@kyberline/portaudio';
import type { Clock } from './clock.js';
import { FRAME_MS, FRAME_SAMPLES, type InputDevice, type OutputDevice } from './device.js';
import type { Cards } from './native.js';
import { Opening } from './opening.js';
import { Restarting, type Sought } from './restarting.js';
import { type Format, openStream, reader, writer } from './ring-formats.js';
import { Margin } from './ring-margin.js';

/** The device's own buffer; a callback gives or takes a quarter of it. */
const INPUT_BUFFER_MS = 10;
const OUTPUT_BUFFER_MS = 10;
const CALLBACKS_PER_BUFFER = 4;
/** A loudspeaker whose device runs dry so often within so long, but for its start, gets more. */
const MOST_BUFFER_MS = 40;
const DRY_TIMES = 3;
const DRY_WITHIN_MS = 10_000;
/** PulseAudio's null sinks take 2 s to wake. */
const STARTS_MS = 3_000;
/** What waits while this thread is held up; what more there is, is lost. */
const INPUT_RING_MS = 320;
const OUTPUT_RING_MS = 80;
/** A loudspeaker asks for so much at a time: whoever answers has to have all of it (media/playout.ts). */
const TURN_MS = 5;
/** Share of a new value in the smoothed delay. */
const SMOOTHING = 1 / 32;

export interface RingChoice extends Sought {
  cards: Cards;
  clock: Clock;
}

export class RingInput extends Restarting implements InputDevice {
  readonly #cards: Cards;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  /** By streams that are closed, and by this one. */
  #lost = 0;
  #lostNow = 0;
  #delay = new Delay();
  #onFrame: (frame: Int16Array) => void = () => undefined;
  readonly #opening = new Opening();
  #stream: Stream | undefined;

  constructor(from: RingChoice) {
    super(from.clock, FRAME_MS, false, from);
    this.#cards = from.cards;
  }

  get overruns(): number {
    return this.#lost + this.#lostNow;
  }

  get latencyMs(): number {
    return this.#stream ? Math.max(0, this.#delay.ms - FRAME_MS) : 0;
  }

  start(onFrame: (frame: Int16Array) => void): void {
    this.#onFrame = onFrame;
    this.begin();
  }

  protected open(deviceId: number): void {
    let onWake: () => void = () => undefined;
    const opening = this.#opening.begin();
    openStream(
      this.#cards,
      {
        ...{ direction: 'input', deviceId, onWake: () => onWake() },
        ...{ bufferMs: INPUT_BUFFER_MS, filledMs: 0 },
        ...{ ringMs: INPUT_RING_MS, wakeAtMs: FRAME_MS },
      },
      (opened) => {
        this.#opening.answered();
        if (opened instanceof Error) this.#opening.failed(opening, () => this.trouble());
        else if (!this.#opening.isStill(opening)) void opened.stream.close();
        else onWake = this.#run(opened);
      },
    );
  }

  /** @returns what is done at each wake-up */
  #run({ stream, format }: Opened): () => void {
    const perMs = format.sampleRate / 1000;
    const taken = new Int16Array(Math.round(perMs * FRAME_MS) * format.channels);
    const read = reader(format);
    this.#delay = new Delay();
    this.#filled = 0;
    this.#stream = stream;
    return () => {
      if (stream !== this.#stream || !this.isWanted) return;
      while (stream === this.#stream && stream.waiting >= stream.wakeAt) {
        const behind = stream.waiting - stream.callbackFrames;
        const age = Math.max(stream.deviceLatency * 1000, stream.callbackFrames / perMs);
        this.#delay.add(age + behind / perMs);
        this.alive();
        this.#take(read(taken.subarray(0, stream.read(taken))));
      }
      // A full ring lost what came after all of that.
      this.#lostNow = lostBy(stream);
      if (stream.hasEnded && stream === this.#stream) this.trouble();
    };
  }

  protected override look(): void {
    this.#stream?.tame();
  }

  protected async close(): Promise<void> {
    const stream = this.#stream;
    this.#opening.end();
    this.#lost += lostBy(stream);
    this.#lostNow = 0;
    this.#stream = undefined;
    if (stream) await this.closing((done) => void stream.close().then(done, done));
  }

  #take(samples: Int16Array): void {
    for (let at = 0; at < samples.length; ) {
      const piece = samples.subarray(at, at + FRAME_SAMPLES - this.#filled);
      this.#frame.set(piece, this.#filled);
      at += piece.length;
      this.#filled += piece.length;
      if (this.#filled < FRAME_SAMPLES) return;
      this.#filled = 0;
      this.#onFrame(this.#frame);
    }
  }
}

export class RingOutput extends Restarting implements OutputDevice {
  underruns = 0;
  readonly #cards: Cards;
  readonly #turn = new Int16Array((TURN_MS * FRAME_SAMPLES) / FRAME_MS);
  #delay = new Delay();
  #bufferMs = OUTPUT_BUFFER_MS;
  /** When the device ran dry, of late. */
  #dryAt: number[] = [];
  #fill: (frame: Int16Array) => void = () => undefined;
  readonly #opening = new Opening();
  #stream: Stream | undefined;

  constructor(from: RingChoice) {
    super(from.clock, TURN_MS, true, from);
    this.#cards = from.cards;
  }

  /** From `fill` to the loudspeaker, for the first sample of a turn; 0 while nothing runs. */
  get latencyMs(): number {
    return this.#stream ? this.#delay.ms : 0;
  }

  start(fill: (frame: Int16Array) => void): void {
    this.#fill = fill;
    this.#bufferMs = OUTPUT_BUFFER_MS;
    this.#dryAt = [];
    this.begin();
  }

  protected open(deviceId: number): void {
    let onWake: () => void = () => undefined;
    const opening = this.#opening.begin();
    openStream(
      this.#cards,
      {
        ...{ direction: 'output', deviceId, onWake: () => onWake() },
        // The device fills its buffer at once when it starts.
        ...{ bufferMs: this.#bufferMs, filledMs: this.#bufferMs },
        ...{ ringMs: OUTPUT_RING_MS, wakeAtMs: 0 },
      },
      (opened) => {
        this.#opening.answered();
        if (opened instanceof Error) this.#opening.failed(opening, () => this.trouble());
        else if (!this.#opening.isStill(opening)) void opened.stream.close();
        else onWake = this.#run(opened, deviceId);
      },
    );
  }

  /** @returns what is done at each wake-up */
  #run({ stream, format }: Opened, deviceId: number): () => void {
    const perMs = format.sampleRate / 1000;
    const write = writer(format);
    const margin = new Margin(stream, perMs, this.#bufferMs / CALLBACKS_PER_BUFFER, this.clock);
    const openedAt = this.clock.now();
    let xruns = 0;
    this.#delay = new Delay();
    this.#stream = stream;
    return () => {
      if (stream !== this.#stream || !this.isWanted) return;
      const isShort = margin.adapt();
      const isDry = stream.xruns > xruns;
      xruns = stream.xruns;
      if (isShort || isDry) this.underruns++;
      if (isDry && this.#isDryTooOften(openedAt)) {
        this.#lengthen(deviceId);
        return;
      }
      while (stream === this.#stream && this.isWanted && stream.waiting <= stream.wakeAt) {
        const ahead = (stream.callbackFrames + stream.waiting) / perMs;
        this.#delay.add(stream.deviceLatency * 1000 + ahead);
        this.alive();
        this.#fill(this.#turn);
        stream.write(write(this.#turn));
      }
      if (stream.hasEnded && stream === this.#stream) this.trouble();
    };
  }

  protected override look(): void {
    this.#stream?.tame();
  }

  protected async close(): Promise<void> {
    const stream = this.#stream;
    this.#opening.end();
    this.#stream = undefined;
    if (stream) await this.closing((done) => void stream.close().then(done, done));
  }

  #isDryTooOften(openedAt: number): boolean {
    const now = this.clock.now();
    if (now - openedAt < STARTS_MS) return false;
    this.#dryAt = [...this.#dryAt.filter((at) => now - at < DRY_WITHIN_MS), now];
    return this.#dryAt.length >= DRY_TIMES && this.#bufferMs < MOST_BUFFER_MS;
  }

  /** Goes on with a buffer of twice the length; it costs no more than running dry once. */
  #lengthen(deviceId: number): void {
    this.#bufferMs = Math.min(MOST_BUFFER_MS, 2 * this.#bufferMs);
    this.#dryAt = [];
    const opens = this.#opening.count;
    void this.close().then(() => {
      if (!this.isWanted || this.#opening.count !== opens) return;
      try {
        this.open(deviceId);
      } catch {
        this.trouble();
      }
    });
  }
}

type Opened = { stream: Stream; format: Format };

/** A smoothed delay. */
class Delay {
  ms = 0;
  #isFirst = true;

  add(ms: number): void {
    this.ms = this.#isFirst ? ms : this.ms + (ms - this.ms) * SMOOTHING;
    this.#isFirst = false;
  }
}

function lostBy(stream: Stream | undefined): number {
  return stream ? Math.ceil(stream.missedFrames / FRAME_SAMPLES) : 0;
}
