/** What every device without a sound card shares: a description, and a turn of 10 ms without drift. */
import type { DeviceKind } from '@kyberline/shared/devices';
import { type Cancel, type Clock, pace } from './clock.js';
import { FRAME_MS, FRAME_SAMPLES, Standing } from './device.js';

export abstract class Paced {
  protected readonly standing: Standing;
  protected readonly frame = new Int16Array(FRAME_SAMPLES);
  #stop: Cancel | undefined;

  constructor(
    protected readonly clock: Clock,
    private readonly about: { choice: string; kind: DeviceKind; name: string; why: string },
  ) {
    this.standing = new Standing(about);
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
    this.standing.enter('closed', this.about.why);
  }

  protected run(turn: () => void): void {
    this.#stop ??= pace(this.clock, FRAME_MS, turn);
    this.standing.enter('running', this.about.why);
  }
}
