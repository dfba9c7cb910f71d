/**
 * Uncompressed sound, big-endian as everything on the wire is and as RFC 3551 has L16:
 *
 *   pcm16   16 kHz, 20 ms: 640 bytes a frame, the replaced system's
 *   pcm48   48 kHz, 10 ms: 960 bytes a frame, for a network with bandwidth to spare
 */
import { PitchRepeat } from '@kyberline/core/voice/pitch-repeat';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '../device/device.js';
import { Resampler } from '../device/resample.js';
import type { Decoder, Encoder } from './codec.js';

export const PCM16_BYTES = 640;
const PCM16_HZ = 16_000;
const PCM16_SAMPLES = PCM16_BYTES / 2;
const PCM48_BYTES = 960;
/** Of the resampler, each way (device/resample.ts): 16 samples of 16 kHz. */
const RESAMPLER_MS = 1;

export class Pcm48Encoder implements Encoder {
  readonly lookaheadMs = 0;

  encode(samples: Int16Array, out: Uint8Array, at: number): number {
    return write(samples, samples.length, out, at);
  }

  setBitrate(): void {
    // Uncompressed: there is one.
  }

  free(): void {
    // Nothing is held.
  }
}

export class Pcm16Encoder implements Encoder {
  readonly lookaheadMs = 2 * RESAMPLER_MS;
  readonly #down = new Resampler(SAMPLE_RATE_HZ, PCM16_HZ);
  readonly #narrow = new Int16Array(PCM16_SAMPLES);

  encode(samples: Int16Array, out: Uint8Array, at: number): number {
    return write(this.#narrow, this.#down.process(samples, this.#narrow), out, at);
  }

  setBitrate(): void {
    // Uncompressed: there is one.
  }

  free(): void {
    // Nothing is held.
  }
}

abstract class PcmDecoder implements Decoder {
  readonly #repeat = new PitchRepeat();

  decode(block: Uint8Array, samples: Int16Array): number {
    const length = this.read(block, samples);
    for (let frame = 0; frame < length; frame += FRAME_SAMPLES) {
      this.#repeat.hear(samples.subarray(frame, frame + FRAME_SAMPLES));
    }
    return length;
  }

  conceal(samples: Int16Array): void {
    this.#repeat.conceal(samples);
  }

  free(): void {
    // Nothing is held.
  }

  protected abstract read(block: Uint8Array, samples: Int16Array): number;
}

export class Pcm48Decoder extends PcmDecoder {
  protected read(block: Uint8Array, samples: Int16Array): number {
    if (block.length !== PCM48_BYTES) return 0;
    return read(block, samples);
  }
}

export class Pcm16Decoder extends PcmDecoder {
  readonly #up = new Resampler(PCM16_HZ, SAMPLE_RATE_HZ);
  readonly #narrow = new Int16Array(PCM16_SAMPLES);

  protected read(block: Uint8Array, samples: Int16Array): number {
    if (block.length !== PCM16_BYTES) return 0;
    read(block, this.#narrow);
    return this.#up.process(this.#narrow, samples);
  }
}

function write(samples: Int16Array, length: number, out: Uint8Array, at: number): number {
  for (let i = 0; i < length; i++) {
    const sample = samples[i]!;
    out[at + 2 * i] = sample >> 8;
    out[at + 2 * i + 1] = sample;
  }
  return 2 * length;
}

function read(block: Uint8Array, samples: Int16Array): number {
  const length = block.length / 2;
  for (let i = 0; i < length; i++) samples[i] = (block[2 * i]! << 8) | block[2 * i + 1]!;
  return length;
}
