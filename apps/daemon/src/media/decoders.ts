/**
 * The decoders of what one peer sends, by the number that its packets carry, and what stands in for
 * what is missing: the codec's own concealment, fading into the background's noise (voice/fade.ts).
 */
import type { CodecName } from '@kyberline/core/call/body';
import { ComfortNoise } from '@kyberline/core/voice/comfort-noise';
import { Fade } from '@kyberline/core/voice/fade';
import type { Frame } from '@kyberline/core/voice/jitter';
import { codecName, type Decoder } from '../codec/codec.js';
import type { Codecs } from '../codec/codecs.js';
import { FRAME_SAMPLES } from '../device/device.js';

/** Of noise that nobody can tell from other noise. */
const SEED = 1;

export class Decoders {
  readonly #open = new Map<CodecName, Decoder>();
  readonly #fade = new Fade(new ComfortNoise(SEED));
  #current: Decoder | undefined;

  constructor(private readonly codecs: Codecs) {}

  has(codec: number): boolean {
    return codecName(codec) !== undefined;
  }

  /** Writes a frame's sound; how many samples, 0 if it could not be read. */
  decode(frame: Frame, samples: Int16Array): number {
    const name = codecName(frame.codec);
    if (!name) return 0;
    this.#current = this.#decoder(name);
    if (this.#current.decode(frame.payload, samples) !== frame.places * FRAME_SAMPLES) return 0;
    for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
      this.#fade.hear(samples.subarray(at, at + FRAME_SAMPLES));
    }
    return samples.length;
  }

  /** Writes 10 ms in the place of what is missing. */
  conceal(samples: Int16Array): void {
    if (this.#current) this.#current.conceal(samples);
    else samples.fill(0);
    this.#fade.conceal(samples);
  }

  end(): void {
    for (const decoder of this.#open.values()) decoder.free();
    this.#open.clear();
    this.#current = undefined;
  }

  #decoder(name: CodecName): Decoder {
    let decoder = this.#open.get(name);
    if (!decoder) {
      decoder = this.codecs.decoder(name);
      this.#open.set(name, decoder);
    }
    return decoder;
  }
}
