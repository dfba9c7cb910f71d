/**
 * What a frame of the microphone goes through before it is encoded: one stage after another, each
 * in place, all at 48 kHz, mono, 10 ms. That is the frame of WebRTC's audio processing and of
 * RNNoise, so nothing is buffered between them.
 */

export const RATE_HZ = 48_000;
export const FRAME_MS = 10;
export const FRAME_SAMPLES = 480;

export interface Stage {
  /** How much later a sound leaves than it came: look-ahead and filter delay. Never changes. */
  readonly delayMs: number;
  /** FRAME_SAMPLES samples, full scale ±1, in place. Frames come in order, none is left out. */
  process(frame: Float32Array): void;
}
