/** The part of @echogarden/rnnoise-wasm that is used; the package has no types of its own. */
declare module '@echogarden/rnnoise-wasm' {
  export interface RnnoiseModule {
    /** Memory of the module, seen anew whenever it has grown. */
    readonly HEAPF32: Float32Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _rnnoise_get_frame_size(): number;
    /** @param model 0 is the one that is built in */
    _rnnoise_create(model: number): number;
    _rnnoise_destroy(state: number): void;
    /** Samples of ±32768; `out` may be `samples`. Returns the probability of voice, 0 to 1. */
    _rnnoise_process_frame(state: number, out: number, samples: number): number;
  }
  export default function RNNoise(): Promise<RnnoiseModule>;
}
