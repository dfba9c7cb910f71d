/**
 * Files for sound: a WAV file spoken over and over, and a WAV file that what is heard is written
 * to. The written file is a valid WAV at every moment, also of a program that was killed.
 */
import { readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Problem } from '../problem.js';
import type { Clock } from './clock.js';
import { FRAME_SAMPLES, type InputDevice, type OutputDevice, SAMPLE_RATE_HZ } from './device.js';
import { Paced } from './paced.js';
import { resampleAll } from './resample.js';
import { readWav, WAV_HEADER_BYTES, wavHeader } from './wav.js';

/** One second of frames is written at a time, with the header that then is true. */
const FRAMES_PER_WRITE = 50;
const BYTES_PER_SAMPLE = 2;

/** @throws Problem `no-file`, `not-wav` with the path and what to do */
export function readSpeech(path: string): Int16Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new Problem('no-file', `${path} cannot be read. Name a WAV file that is there.`, {
      cause,
    });
  }
  const wav = readWav(bytes);
  if (!wav || wav.samples.length === 0) {
    throw new Problem('not-wav', `${path} is not a 16-bit PCM WAV file. Convert it to one.`);
  }
  return resampleAll(wav.samples, wav.sampleRateHz, SAMPLE_RATE_HZ);
}

/** Speaks a recording from its beginning, again and again. */
export class FileInput extends Paced implements InputDevice {
  readonly overruns = 0;

  constructor(
    clock: Clock,
    choice: string,
    private readonly samples: Int16Array,
  ) {
    super(clock, {
      choice,
      kind: 'file',
      name: nameOf(choice),
      why: 'A file speaks, over and over.',
    });
  }

  start(onFrame: (frame: Int16Array) => void): void {
    const { samples, frame } = this;
    let at = 0;
    this.run(() => {
      for (let i = 0; i < FRAME_SAMPLES; i++) {
        frame[i] = samples[at]!;
        at = (at + 1) % samples.length;
      }
      onFrame(frame);
    });
  }
}

/** Writes what is heard, a second at a time and off the voice's thread. A start begins anew. */
export class FileOutput extends Paced implements OutputDevice {
  readonly underruns = 0;
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
