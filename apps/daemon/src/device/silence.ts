/** Where there is no sound: zeros in, what is played goes nowhere, both at the right pace. */
import { type Cancel, type Clock, pace } from './clock.js';
import {
  FRAME_MS,
  FRAME_SAMPLES,
  type InputDevice,
  type OutputDevice,
  Standing,
} from './device.js';

abstract class Paced {
  protected readonly standing: Standing;
  protected readonly frame = new Int16Array(FRAME_SAMPLES);
  #stop: Cancel | undefined;

  constructor(
    protected readonly clock: Clock,
    choice: string,
    why: string,
  ) {
    this.standing = new Standing({ choice, kind: 'silence', name: 'silence', why });
  }

  get inUse() {
    return this.standing.inUse;
  }

  onChange(listener: () => void): void {
    this.standing.onChange(listener);
  }

  async stop(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    this.standing.enter('closed');
  }

  protected run(turn: () => void): void {
    this.#stop ??= pace(this.clock, FRAME_MS, turn);
    this.standing.enter('running');
  }
}

export class SilentInput extends Paced implements InputDevice {
  readonly overruns = 0;

  start(onFrame: (frame: Int16Array) => void): void {
    this.run(() => {
      this.frame.fill(0);
      onFrame(this.frame);
    });
  }
}

export class SilentOutput extends Paced implements OutputDevice {
  readonly underruns = 0;

  start(fill: (frame: Int16Array) => void): void {
    this.run(() => fill(this.frame));
  }
}
