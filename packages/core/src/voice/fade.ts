/**
 * What is heard through a loss: the decoder's guess for as long as a guess is good, then the
 * background, and the voice again when it is back.
 *
 *   frames   good │ lost lost lost │ lost … lost │ lost │ good
 *   guess     1 ───────────────────╲             0      ╱ 1          full for 30 ms, gone at 120 ms
 *   noise     0                     ╲────────────1 ─────╲ 0          what is missing of the power
 *                                                        5 ms
 *
 * A guess gets worse with time and would drone on, or, in Opus (RFC 6716 section 4.4), sink into a
 * silence that the background never had. Guess and noise are not alike, so their powers add up: the
 * gain of the noise is what is left of 1, squared. Whatever made the guess also has to join it to the
 * frame that follows, as Opus and `PitchRepeat` do; here only gains change, and never by a jump.
 */
import type { ComfortNoise } from './comfort-noise.js';

const FULL_FRAMES = 3;
const GONE_FRAMES = 12;
/** 5 ms at 48 kHz. */
const RETURN_SAMPLES = 240;

export class Fade {
  readonly #noise: ComfortNoise;
  /** Frames concealed in a row. */
  #concealed = 0;

  /** @param noise is told of every frame that is heard, and is this one's alone */
  constructor(noise: ComfortNoise) {
    this.#noise = noise;
  }

  /** A frame of 480 samples that arrived: mixed (in place) with the background if one was lost. */
  hear(frame: Int16Array): void {
    this.#noise.hear(frame);
    const gain = guessGain(this.#concealed);
    this.#concealed = 0;
    if (gain === 1) return;
    const start = frame.subarray(0, RETURN_SAMPLES);
    ramp(start, gain, 1);
    this.#noise.mix(start, noiseGain(gain), 0);
  }

  /** A guess at a frame that is not there: made (in place) into what is heard. */
  conceal(frame: Int16Array): void {
    const from = guessGain(this.#concealed);
    if (this.#concealed < GONE_FRAMES) this.#concealed++;
    const to = guessGain(this.#concealed);
    if (to === 1) return;
    ramp(frame, from, to);
    this.#noise.mix(frame, noiseGain(from), noiseGain(to));
  }
}

/** How much of the guess is heard after so many frames in its stead. */
function guessGain(frames: number): number {
  const part = (frames - FULL_FRAMES) / (GONE_FRAMES - FULL_FRAMES);
  return Math.min(1, Math.max(0, 1 - part));
}

const noiseGain = (guess: number) => Math.sqrt(1 - guess * guess);

function ramp(frame: Int16Array, from: number, to: number): void {
  const step = (to - from) / frame.length;
  for (let i = 0; i < frame.length; i++) frame[i] = Math.round(frame[i]! * (from + step * i));
}
