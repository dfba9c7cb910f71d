/**
 * A stage's place in the chain, which is switched on, off or over to another stage while people talk.
 *
 *   off ─► warming ─► fading in ─► on ─► fading out ─► off
 *          heard by nobody, so that what is left in its memory of an hour ago has left it
 *
 * A place whose sound is secret (a disguise) gives silence instead of what came, from the moment that
 * a stage is wanted until it is heard.
 *
 * The fades are linear over one frame of 10 ms. A stage that delays makes the sound jump by its delay
 * there: the two meet in the fade, and there is no click.
 */
import { FRAME_MS, FRAME_SAMPLES, type Stage } from './stage.js';

/** Beyond the stage's own delay. */
const WARMING_FRAMES = 8;

type Phase = 'off' | 'warming' | 'fading-in' | 'on';

export class Switched {
  #wanted: Stage | undefined;
  #stage: Stage | undefined;
  #phase: Phase = 'off';
  #warm = 0;
  readonly #came = new Float32Array(FRAME_SAMPLES);

  /** @param isSecret what comes must not be heard where a stage is wanted */
  constructor(private readonly isSecret = false) {}

  /** From the next frame on; undefined is off. */
  use(stage: Stage | undefined): void {
    this.#wanted = stage;
  }

  /** That `process` would do nothing. */
  get isIdle(): boolean {
    return this.#phase === 'off' && this.#wanted === undefined;
  }

  /** The stage that is heard now. */
  get heard(): Stage | undefined {
    return this.#phase === 'on' ? this.#stage : undefined;
  }

  process(frame: Float32Array): void {
    if (this.#wanted !== this.#stage && this.#phase !== 'on') this.#begin();
    const stage = this.#stage;
    if (stage === undefined) return;
    if (this.#phase === 'on' && this.#wanted === stage) {
      stage.process(frame);
      return;
    }
    this.#came.set(frame);
    if (this.#phase === 'warming') {
      stage.process(this.#came);
      if (this.isSecret) frame.fill(0);
      if (--this.#warm <= 0) this.#phase = 'fading-in';
      return;
    }
    stage.process(frame);
    if (this.isSecret && this.#wanted) this.#came.fill(0);
    if (this.#phase === 'fading-in') {
      fade(this.#came, frame, frame);
      this.#phase = 'on';
    } else {
      fade(frame, this.#came, frame);
      this.#stage = undefined;
      this.#phase = 'off';
    }
  }

  #begin(): void {
    this.#stage = this.#wanted;
    this.#phase = this.#stage === undefined ? 'off' : 'warming';
    this.#warm = WARMING_FRAMES + Math.ceil((this.#stage?.delayMs ?? 0) / FRAME_MS);
  }
}

/** From one sound to another; `out` may be either. */
function fade(from: Float32Array, to: Float32Array, out: Float32Array): void {
  for (let i = 0; i < FRAME_SAMPLES; i++) {
    const part = (i + 1) / FRAME_SAMPLES;
    out[i] = from[i]! * (1 - part) + to[i]! * part;
  }
}
