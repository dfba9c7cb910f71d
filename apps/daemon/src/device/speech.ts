/**
 * A WAV file as the engine's thread can bear it: read a slice at a time, so that a recording of hours
 * starts at once and no slice takes longer than a few milliseconds to mix and resample.
 *
 *   file ── 32 KiB at most ──► one channel ──► 48 kHz
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Problem } from '../problem.js';
import { SAMPLE_RATE_HZ } from './device.js';
import { Resampler } from './resample.js';
import { findSamples, mixDown, type ReadAt, type WavLayout } from './wav.js';

/** Of a file, unless a single sample of all its channels is longer. */
const SLICE_BYTES = 32_768;
/** What a slice becomes at most: of a slow recording each sample is many at our rate. */
const SLICE_SAMPLES = 65_536;
/**
 * Odd rates would need a million filter coefficients, worked out in one go. Rounded, they need a few
 * thousand, and nobody hears a pitch that is 0.3 % off at most; all usual rates are multiples.
 */
const RATE_STEP_HZ = 25;

export class Speech {
  readonly #resampler: Resampler | undefined;
  readonly #sliceBytes: number;
  /** Bytes of samples that are behind us. */
  #done = 0;
  /** All of a recording that is a single slice, which would be read hundreds of times a second. */
  #whole: Int16Array | undefined;

  private constructor(
    private readonly file: FileHandle,
    private readonly layout: WavLayout,
  ) {
    const { channels, sampleRateHz } = layout;
    const rateHz = Math.round(sampleRateHz / RATE_STEP_HZ) * RATE_STEP_HZ;
    if (rateHz !== SAMPLE_RATE_HZ) this.#resampler = new Resampler(rateHz, SAMPLE_RATE_HZ);
    const most = Math.min(SLICE_BYTES / (2 * channels), (SLICE_SAMPLES * rateHz) / SAMPLE_RATE_HZ);
    this.#sliceBytes = Math.max(1, Math.floor(most)) * 2 * channels;
  }

  /** @throws Problem `no-file`, `not-wav` with the path and what to do */
  static async open(path: string): Promise<Speech> {
    const file = await openFile(path);
    try {
      const layout = await findSamples(reader(file), (await file.stat()).size);
      if (layout && layout.bytes > 0) return new Speech(file, layout);
    } catch (cause) {
      await file.close();
      throw cannotRead(path, cause);
    }
    await file.close();
    throw new Problem('not-wav', `${path} is not a 16-bit PCM WAV file. Convert it to one.`);
  }

  /** The next stretch at 48 kHz; undefined once after the last one, then from the beginning again. */
  async read(): Promise<Int16Array | undefined> {
    const { at, bytes, channels } = this.layout;
    const wanted = Math.min(this.#sliceBytes, bytes - this.#done);
    if (wanted === 0) {
      this.#done = 0;
      return undefined;
    }
    if (this.#whole) {
      this.#done = bytes;
      return this.#whole;
    }
    const slice = await reader(this.file)(at + this.#done, wanted);
    // A file that was cut short meanwhile ends earlier.
    if (slice.length < 2 * channels) {
      this.#done = 0;
      return undefined;
    }
    this.#done += slice.length;
    const samples = this.#resampled(mixDown(slice, channels));
    if (slice.length === bytes && samples.length > 0) this.#whole = samples;
    return samples;
  }

  #resampled(mono: Int16Array): Int16Array {
    if (!this.#resampler) return mono;
    const out = new Int16Array(this.#resampler.outputSamples(mono.length));
    this.#resampler.process(mono, out);
    return out;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** A whole recording, for one that is known to be short. @throws as `Speech.open` does */
export async function readSpeech(path: string): Promise<Int16Array> {
  const speech = await Speech.open(path);
  const all: number[] = [];
  for (let part = await speech.read(); part; part = await speech.read()) {
    for (const sample of part) all.push(sample);
  }
  await speech.close();
  return Int16Array.from(all);
}

async function openFile(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK the opening of a pipe that nobody writes to never ends.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw cannotRead(path, cause);
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw cannotRead(path);
}

function cannotRead(path: string, cause?: unknown): Problem {
  return new Problem('no-file', `${path} cannot be read. Name a WAV file that is there.`, {
    cause,
  });
}

function reader(file: FileHandle): ReadAt {
  return async (at, bytes) => {
    const buffer = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, at);
    return buffer.subarray(0, bytesRead);
  };
}
