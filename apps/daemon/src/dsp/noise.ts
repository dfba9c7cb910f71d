/**
 * Noise suppression by RNNoise (Valin, "A hybrid DSP/deep learning approach to real-time full-band
 * speech enhancement", MMSP 2018), compiled to WebAssembly. Gains in 22 bands, set every 10 ms by a
 * small recurrent network, which also says how likely the frame is voice.
 */
/// <reference path="./rnnoise.d.ts" />
import RNNoise, { type RnnoiseModule } from '@echogarden/rnnoise-wasm';
import { FRAME_MS, FRAME_SAMPLES, type Stage } from './stage.js';

/**
 * RNNoise wants the range of 16-bit samples, and hears a loud fan that hums for a voice: at -30 dBFS
 * it lets 10 dB less of it go than at -42. Hence 12 dB softer; speech does not suffer from it.
 */
const SCALE = 32_768 / 4;
const BYTES_PER_FLOAT = 4;
/**
 * This much of the sound stays as it came, -20 dB: a pause that is dead silent sounds like a call
 * that broke, and what the network takes for noise by mistake is not gone altogether. More of it is
 * understood better (STOI, by 0.005 for each 6 dB) and leaves more of the noise.
 */
const KEPT = 0.1;

export class NoiseSuppressor implements Stage {
  /** Windows of 20 ms overlap by half: what leaves is the frame before. */
  readonly delayMs = FRAME_MS;
  /** That the frame just processed is voice, 0 to 1. */
  voiceProbability = 0;
  readonly #module: RnnoiseModule;
  readonly #state: number;
  readonly #buffer: number;
  readonly #before = new Float32Array(FRAME_SAMPLES);

  /** One state and one frame of the module's memory, until `close`. */
  static async open(): Promise<NoiseSuppressor> {
    return new NoiseSuppressor(await loaded());
  }

  private constructor(module: RnnoiseModule) {
    this.#module = module;
    if (module._rnnoise_get_frame_size() !== FRAME_SAMPLES) {
      throw new Error(`RNNoise with frames of ${module._rnnoise_get_frame_size()} samples`);
    }
    this.#state = module._rnnoise_create(0);
    this.#buffer = module._malloc(FRAME_SAMPLES * BYTES_PER_FLOAT);
  }

  process(frame: Float32Array): void {
    const at = this.#buffer / BYTES_PER_FLOAT;
    const heap = this.#module.HEAPF32;
    for (let i = 0; i < FRAME_SAMPLES; i++) heap[at + i] = frame[i]! * SCALE;
    this.voiceProbability = this.#module._rnnoise_process_frame(
      this.#state,
      this.#buffer,
      this.#buffer,
    );
    // Read anew: memory that grew is another array.
    const out = this.#module.HEAPF32;
    const wet = (1 - KEPT) / SCALE;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const came = frame[i]!;
      frame[i] = wet * out[at + i]! + KEPT * this.#before[i]!;
      this.#before[i] = came;
    }
  }

  close(): void {
    this.#module._rnnoise_destroy(this.#state);
    this.#module._free(this.#buffer);
  }
}

let module: Promise<RnnoiseModule> | undefined;

/** Compiled once in a process; its instances share nothing but the code and the weights. */
function loaded(): Promise<RnnoiseModule> {
  module ??= RNNoise();
  return module;
}
