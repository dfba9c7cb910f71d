/**
 * Files for sound: a WAV file spoken over and over, and a WAV file that what is heard is written
 * to. The written file is a valid WAV at every moment, also of a program that was killed.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { Problem } from '../problem.js';
import type { Clock } from './clock.js';
import {
  FRAME_MS,
  FRAME_SAMPLES,
  type InputDevice,
  type OutputDevice,
  SAMPLE_RATE_HZ,
} from './device.js';
import { Paced } from './paced.js';
import { Speech } from './speech.js';
import { WAV_HEADER_BYTES, wavHeader } from './wav.js';

/** A file is read ahead until so much of it waits to be spoken. */
const AHEAD_SAMPLES = 2 * SAMPLE_RATE_HZ;
/** Of a recording of one sample a frame takes 480 slices: such a one is not read far ahead. */
const AHEAD_SLICES = 2 * FRAME_SAMPLES;
/** One second of frames is written at a time, with the header that then is true. */
const FRAMES_PER_WRITE = 1000 / FRAME_MS;
const BYTES_PER_SAMPLE = 2;

/** Speaks a recording from its beginning, again and again; silence until its first slice is read. */
export class FileInput extends Paced implements InputDevice {
  readonly overruns = 0;
  readonly latencyMs = 0;
  /** What was read and is not spoken yet; of the first slice, what stands after `#spoken`. */
  #slices: Int16Array[] = [];
  #spoken = 0;
  #ahead = 0;
  #reading: Promise<void> | undefined;
  #isWanted = false;
  #readOn: () => void = () => undefined;

  constructor(
    clock: Clock,
    choice: string,
    private readonly path: string,
  ) {
    super(clock, {
      choice,
      kind: 'file',
      name: nameOf(choice),
      why: 'A file speaks, over and over.',
    });
  }

  start(onFrame: (frame: Int16Array) => void): void {
    this.#slices = [];
    this.#spoken = 0;
    this.#ahead = 0;
    this.#isWanted = true;
    this.run(() => {
      this.#speak();
      if (!this.#hasEnough) this.#readOn();
      onFrame(this.frame);
    });
    this.#reading ??= this.#read();
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.#isWanted = false;
    this.#readOn();
    await this.#reading;
  }

  /** Fills the frame, with silence where reading is slower than speaking. */
  #speak(): void {
    for (let at = 0; at < FRAME_SAMPLES; ) {
      const slice = this.#slices[0];
      if (!slice) {
        this.frame.fill(0, at);
        return;
      }
      const part = slice.subarray(this.#spoken, this.#spoken + FRAME_SAMPLES - at);
      this.frame.set(part, at);
      at += part.length;
      this.#spoken += part.length;
      this.#ahead -= part.length;
      if (this.#spoken < slice.length) continue;
      this.#slices.shift();
      this.#spoken = 0;
    }
  }

  /** Reads until it is stopped, and never further ahead than it has to. */
  async #read(): Promise<void> {
    try {
      const speech = await Speech.open(this.path);
      try {
        while (this.#isWanted) {
          if (this.#hasEnough) await this.#untilMoreIsNeeded();
          else await this.#readSlice(speech);
        }
      } finally {
        await speech.close();
      }
    } catch (cause) {
      const { code, name } = cause as NodeJS.ErrnoException;
      const why = `The file cannot be read any more (${code ?? name}). Choose another one.`;
      if (!this.#isWanted) return;
      this.standing.enter('failed', cause instanceof Problem ? cause.message : why);
    } finally {
      this.#reading = undefined;
    }
  }

  async #readSlice(speech: Speech): Promise<void> {
    const slice = (await speech.read()) ?? (await speech.read());
    // Cut down to nothing while it was read.
    if (!slice) throw new Problem('no-file', `${this.path} is empty now. Choose another one.`);
    this.#slices.push(slice);
    this.#ahead += slice.length;
  }

  get #hasEnough(): boolean {
    return this.#ahead >= AHEAD_SAMPLES || this.#slices.length >= AHEAD_SLICES;
  }

  #untilMoreIsNeeded(): Promise<void> {
    return new Promise((resolve) => {
      this.#readOn = resolve;
    });
  }
}

/** Writes what is heard, a second at a time and off the voice's thread. A start begins anew. */
export class FileOutput extends Paced implements OutputDevice {
  readonly underruns = 0;
  readonly latencyMs = 0;
  #second = newSecond();
  #waiting = 0;
  #written = 0;
  #file: FileHandle | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(
    clock: Clock,
    choice: string,
    private readonly path: string,
  ) {
    super(clock, {
      choice,
      kind: 'file',
      name: nameOf(choice),
      why: 'What is heard goes to a file.',
    });
  }

  start(fill: (frame: Int16Array) => void): void {
    this.#written = 0;
    this.#waiting = 0;
    this.#then(async () => {
      this.#file = await open(this.path, 'w', 0o600);
      await this.#file.write(wavHeader(0), 0, WAV_HEADER_BYTES, 0);
    });
    this.run(() => {
      fill(this.frame);
      this.#keep();
    });
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.#flush();
    this.#then(async () => {
      await this.#file?.close();
      this.#file = undefined;
    });
    await this.#work;
  }

  #keep(): void {
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      this.#second.writeInt16LE(this.frame[i]!, this.#waiting + BYTES_PER_SAMPLE * i);
    }
    this.#waiting += FRAME_SAMPLES * BYTES_PER_SAMPLE;
    if (this.#waiting === this.#second.length) this.#flush();
  }

  /** Sound first, then the header that makes it part of the file. */
  #flush(): void {
    const [bytes, length, at] = [this.#second, this.#waiting, this.#written];
    if (length === 0) return;
    this.#second = newSecond();
    this.#waiting = 0;
    this.#written += length;
    const header = wavHeader(this.#written);
    this.#then(async () => {
      await this.#file?.write(bytes, 0, length, WAV_HEADER_BYTES + at);
      await this.#file?.write(header, 0, WAV_HEADER_BYTES, 0);
    });
  }

  #then(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((cause: NodeJS.ErrnoException) => {
      const why = `The recording cannot be written (${cause.code ?? cause.name}). Choose another file.`;
      this.standing.enter('failed', why);
    });
  }
}

function newSecond(): Buffer {
  return Buffer.alloc(FRAMES_PER_WRITE * FRAME_SAMPLES * BYTES_PER_SAMPLE);
}

/** The file's own name: the folders above it are nobody's business. */
function nameOf(choice: string): string {
  return choice.slice(choice.lastIndexOf('/') + 1);
}
