/**
 * Tests of the sound devices without a call. `recording`: what the microphone says is kept for three
 * seconds, as it would leave here, and then played. `speaker`: a chime on the loudspeaker.
 *
 *   idle ── recording ──► playing ──► idle          idle ── tone ──► idle
 *
 * A device takes a while to open, and silence stands in for it meanwhile (sound.ts); what is
 * recorded or played begins when the device itself does, or after a while without it.
 */
import type { SoundTest } from '@kyberline/shared/snapshot';
import { SAMPLE_RATE_HZ } from '../device/device.js';
import { chime } from './bells.js';
import { Tape } from './tape.js';

export type RehearsalTest = 'recording' | 'speaker';
type End = 'input' | 'output';

const RECORDED = 3 * SAMPLE_RATE_HZ;
/** So long a device may take to open, in samples. */
const PATIENCE = 2 * SAMPLE_RATE_HZ;
/** After the last sound, until what the device holds back is heard as well. */
const TAIL = 0.3 * SAMPLE_RATE_HZ;

export interface RehearsalParts {
  /** Whether the device itself is heard or asks, and no stand-in. */
  isRunning(end: End): boolean;
  changed(state: SoundTest): void;
}

export class Rehearsal {
  #state: SoundTest = 'idle';
  #waited = 0;
  #after = 0;
  #recorded = 0;
  readonly #recording = new Int16Array(RECORDED);
  #tape = new Tape(this.#recording);

  constructor(private readonly parts: RehearsalParts) {}

  /** A recording needs both ends from the first on, as a call does: opening one may stir the other. */
  get needs(): Record<End, boolean> {
    const isRecording = this.#state === 'recording' || this.#state === 'playing';
    return { input: isRecording, output: this.#state !== 'idle' };
  }

  /** Begins this test, whichever was under way. */
  start(test: RehearsalTest): void {
    if (test === 'recording') {
      this.#recorded = 0;
      this.#enter('recording');
    } else {
      this.#play(chime(), 'tone');
    }
  }

  stop(): void {
    this.#recording.fill(0);
    this.#enter('idle');
  }

  /** A frame of the microphone. */
  capture(frame: Int16Array): void {
    if (this.#state !== 'recording' || !this.#hasBegun('input', frame.length)) return;
    const part = frame.subarray(0, RECORDED - this.#recorded);
    this.#recording.set(part, this.#recorded);
    this.#recorded += part.length;
    if (this.#recorded === RECORDED) this.#play(this.#recording, 'playing');
  }

  /** Writes all of a frame for the loudspeaker; false, and nothing is written, if none is due. */
  fill(frame: Int16Array): boolean {
    if (this.#state !== 'playing' && this.#state !== 'tone') return false;
    if (!this.#hasBegun('output', frame.length)) {
      frame.fill(0);
      return true;
    }
    if (this.#tape.isOver) this.#after += frame.length;
    this.#tape.fill(frame);
    if (this.#after > TAIL) this.stop();
    return true;
  }

  #play(samples: Int16Array, as: 'playing' | 'tone'): void {
    this.#tape = new Tape(samples);
    this.#after = 0;
    this.#enter(as);
  }

  #hasBegun(end: End, samples: number): boolean {
    if (this.#waited < PATIENCE && !this.parts.isRunning(end)) {
      this.#waited += samples;
      return false;
    }
    this.#waited = PATIENCE;
    return true;
  }

  #enter(state: SoundTest): void {
    this.#waited = 0;
    if (state === this.#state) return;
    this.#state = state;
    this.parts.changed(state);
  }
}
