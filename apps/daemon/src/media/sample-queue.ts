/**
 * Decoded sound between the jitter buffer and the loudspeaker, at most a few tens of ms: frames come
 * in whole, turns of 10 ms are taken, and what is here can be made shorter or longer in between.
 */
import { SAMPLES_PER_MS } from '../codec/codec.js';

const CUT_SAMPLES = 5 * SAMPLES_PER_MS;

export class SampleQueue {
  readonly #samples: Int16Array;
  #length = 0;

  /** @param most samples that ever wait; the caller sees to it that there is room */
  constructor(most: number) {
    this.#samples = new Int16Array(most);
  }

  get length(): number {
    return this.#length;
  }

  /** Where `samples` more will stand: written by the caller, then counted by `grow`. */
  room(samples: number): Int16Array {
    return this.#samples.subarray(this.#length, this.#length + samples);
  }

  grow(samples: number): void {
    this.#length += samples;
  }

  /** What waits, the next to be played first; may be changed in place, then `resize`d. */
  get waiting(): Int16Array {
    return this.#samples.subarray(0, this.#length);
  }

  /** All of the store, for what makes it longer in place. */
  get store(): Int16Array {
    return this.#samples;
  }

  resize(samples: number): void {
    this.#length = samples;
  }

  /** The oldest samples, as many as `out` holds and no more than there are; the rest is zeros. */
  take(out: Int16Array): void {
    const taken = Math.min(out.length, this.#length);
    out.set(this.#samples.subarray(0, taken));
    out.fill(0, taken);
    this.drop(taken);
  }

  /** Forgets the oldest. */
  drop(samples: number): void {
    const dropped = Math.min(samples, this.#length);
    this.#samples.copyWithin(0, dropped, this.#length);
    this.#length -= dropped;
  }

  clear(): void {
    this.#samples.fill(0, 0, this.#length);
    this.#length = 0;
  }
}

/**
 * Where no period is found and the delay has to go: 5 ms fade into the 5 ms behind them.
 * @returns the samples that are left
 */
export function cut(samples: Int16Array): number {
  const later = samples.subarray(CUT_SAMPLES, 2 * CUT_SAMPLES);
  for (let i = 0; i < CUT_SAMPLES; i++) {
    samples[i] = samples[i]! + ((later[i]! - samples[i]!) * i) / CUT_SAMPLES;
  }
  samples.copyWithin(CUT_SAMPLES, 2 * CUT_SAMPLES);
  return samples.length - CUT_SAMPLES;
}
