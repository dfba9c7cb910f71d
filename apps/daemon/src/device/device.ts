/**
 * The two ends of the sound path. One frame is 10 ms: 480 samples, 48 kHz, mono, 16-bit.
 *
 *   input   the device calls with a frame whenever it has captured one
 *   output  the device asks for a frame whenever it has room for one, so that its own clock paces
 *           the playback and nothing can pile up in front of it
 *
 * A device mends itself: trouble is a change of state, never an exception.
 */
import type { DeviceInUse } from '@kyberline/shared/devices';

export const SAMPLE_RATE_HZ = 48_000;
export const FRAME_MS = 10;
export const FRAME_SAMPLES = (SAMPLE_RATE_HZ * FRAME_MS) / 1000;

interface SoundEnd {
  /** What it is and how it does, as people are told. */
  readonly inUse: DeviceInUse;
  /** One listener, called whenever `inUse` has changed. */
  onChange(listener: () => void): void;
  /** Silence from here on; may be started again. Safe to call twice. */
  stop(): Promise<void>;
}

export interface InputDevice extends SoundEnd {
  /** Frames that were captured and thrown away, before the next one that is handed over. */
  readonly overruns: number;
  /** From the microphone's skin until a frame's last sample is handed over, ms, as measured now. */
  readonly latencyMs: number;
  /** The frame is the device's own and valid during the call only. */
  start(onFrame: (frame: Int16Array) => void): void;
}

export interface OutputDevice extends SoundEnd {
  /** Times that the device ran dry since the start. */
  readonly underruns: number;
  /** From the question for a frame until its first sample is heard, ms, as measured now. */
  readonly latencyMs: number;
  /** `fill` writes all of the frame that it is given, which is of 10 ms at most. */
  start(fill: (frame: Int16Array) => void): void;
}

/** The part that every device has: its description, and who wants to know of changes. */
export class Standing {
  #listener: () => void = () => undefined;
  #inUse: DeviceInUse;

  constructor(about: Omit<DeviceInUse, 'state'>) {
    this.#inUse = { ...about, state: 'closed' };
  }

  get inUse(): DeviceInUse {
    return this.#inUse;
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  enter(state: DeviceInUse['state'], why = this.#inUse.why, name = this.#inUse.name): void {
    const was = this.#inUse;
    if (state === was.state && why === was.why && name === was.name) return;
    this.#inUse = { ...was, state, why, name };
    this.#listener();
  }
}
