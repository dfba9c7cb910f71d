/**
 * The ringtone on a loudspeaker of its own: while a call rings here and the person wants to hear it
 * there rather than in the browser. The device is open only so long, and all that takes time, as
 * finding and closing it does, is done beside the voice path.
 */
import type { OutputDevice } from '../device/device.js';
import { ringtone } from './bells.js';
import { Tape } from './tape.js';

export interface RingingParts {
  /** Never rejects: what cannot be had is silence, and says why. */
  open(choice: string): Promise<OutputDevice>;
  warn(sentence: string): void;
}

export class Ringing {
  #wanted: string | undefined;
  #rings: { on: string; device: OutputDevice } | undefined;
  #work: Promise<void> = Promise.resolve();
  #samples: Int16Array | undefined;

  constructor(private readonly parts: RingingParts) {}

  /** Rings on this device from now on; without one it is silent from the next frame on. */
  use(output: string | undefined): void {
    if (output === this.#wanted) return;
    this.#wanted = output;
    this.#work = this.#work
      .then(() => this.#settle())
      .catch((cause: unknown) => this.#failed(cause));
  }

  /** Resolves when the device is closed. */
  async close(): Promise<void> {
    this.use(undefined);
    await this.#work;
  }

  async #settle(): Promise<void> {
    const rings = this.#rings;
    if (rings && rings.on !== this.#wanted) {
      this.#rings = undefined;
      await rings.device.stop();
    }
    const wanted = this.#wanted;
    if (wanted === undefined || this.#rings) return;
    const device = await this.parts.open(wanted);
    // Taken or declined while the device was looked for: it has not been opened yet.
    if (wanted !== this.#wanted) return;
    const { kind, why } = device.inUse;
    if (kind === 'silence' && wanted !== 'silence') {
      this.parts.warn(`A call rings and cannot be heard: ${why}`);
    }
    this.#rings = { on: wanted, device };
    this.#samples ??= ringtone();
    const tape = new Tape(this.#samples, true);
    device.start((frame) => {
      if (this.#wanted === wanted) tape.fill(frame);
      else frame.fill(0);
    });
  }

  #failed(cause: unknown): void {
    const kind = cause instanceof Error ? cause.name : typeof cause;
    this.parts.warn(`A call rings and cannot be heard: the loudspeaker failed (${kind}).`);
  }
}
