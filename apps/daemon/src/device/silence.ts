/** Where there is no sound: zeros in, what is played goes nowhere, both at the right pace. */
import type { Clock } from './clock.js';
import type { InputDevice, OutputDevice } from './device.js';
import { Paced } from './paced.js';

const ABOUT = { kind: 'silence', name: 'silence' } as const;

export class SilentInput extends Paced implements InputDevice {
  readonly overruns = 0;
  readonly latencyMs = 0;

  constructor(clock: Clock, choice: string, why: string) {
    super(clock, { ...ABOUT, choice, why });
  }

  start(onFrame: (frame: Int16Array) => void): void {
    this.run(() => {
      this.frame.fill(0);
      onFrame(this.frame);
    });
  }
}

export class SilentOutput extends Paced implements OutputDevice {
  readonly underruns = 0;
  readonly latencyMs = 0;

  constructor(clock: Clock, choice: string, why: string) {
    super(clock, { ...ABOUT, choice, why });
  }

  start(fill: (frame: Int16Array) => void): void {
    this.run(() => fill(this.frame));
  }
}
