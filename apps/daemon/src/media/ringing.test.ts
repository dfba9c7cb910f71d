import type { DeviceInUse } from '@kyberline/shared/devices';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OutputDevice } from '../device/device.js';
import { ringtone } from './bells.js';
import { Ringing } from './ringing.js';

/** A loudspeaker that asks when the test does. */
class Loudspeaker implements OutputDevice {
  readonly underruns = 0;
  readonly latencyMs = 0;
  closes: Promise<void> = Promise.resolve();
  #fill: ((frame: Int16Array) => void) | undefined;

  constructor(
    readonly choice: string,
    readonly kind: DeviceInUse['kind'] = 'portaudio',
  ) {}

  get isOpen(): boolean {
    return this.#fill !== undefined;
  }

  get inUse(): DeviceInUse {
    const { choice, kind } = this;
    return { choice, kind, name: choice, why: 'It is not there.', state: 'running' };
  }

  onChange(): void {}

  start(fill: (frame: Int16Array) => void): void {
    this.#fill = fill;
  }

  async stop(): Promise<void> {
    await this.closes;
    this.#fill = undefined;
  }

  ask(length: number): number[] {
    const frame = new Int16Array(length).fill(99);
    this.#fill?.(frame);
    return [...frame];
  }
}

describe('ringing on a loudspeaker of its own', () => {
  let opened: Loudspeaker[];
  let warned: string[];
  let open: (choice: string) => Promise<OutputDevice>;
  let ringing: Ringing;
  const settled = async () => {
    for (let n = 0; n < 20; n++) await Promise.resolve();
  };

  beforeEach(() => {
    [opened, warned] = [[], []];
    open = async (choice) => {
      const device = new Loudspeaker(choice, choice === 'gone' ? 'silence' : 'portaudio');
      opened.push(device);
      return device;
    };
    ringing = new Ringing({
      open: (choice) => open(choice),
      warn: (sentence) => void warned.push(sentence),
    });
  });

  it('opens the device when it begins, plays the ringtone over and over, and closes it', async () => {
    expect(opened).toEqual([]);
    ringing.use('desk');
    await settled();
    expect(opened.map(({ choice }) => choice)).toEqual(['desk']);
    const tone = [...ringtone()];
    const heard: number[] = [];
    // Frames of one length and of another, as devices ask.
    while (heard.length < tone.length + 960)
      heard.push(...opened[0]!.ask(240), ...opened[0]!.ask(480));
    expect(heard.slice(0, tone.length)).toEqual(tone);
    expect(heard.slice(tone.length)).toEqual(tone.slice(0, heard.length - tone.length));
    ringing.use(undefined);
    await settled();
    expect(opened[0]!.isOpen).toBe(false);
  });

  it('is silent from the frame after the answer, however long the device takes to close', async () => {
    ringing.use('desk');
    await settled();
    const desk = opened[0]!;
    expect(desk.ask(480).some((sample) => sample !== 0)).toBe(true);
    desk.closes = new Promise(() => undefined);
    ringing.use(undefined);
    expect(desk.ask(480)).toEqual(new Array(480).fill(0));
    await settled();
    expect(desk.ask(240)).toEqual(new Array(240).fill(0));
  });

  it('does not begin any more when the call was taken while the device was looked for', async () => {
    let found: (device: OutputDevice) => void = () => undefined;
    open = () =>
      new Promise((resolve) => {
        found = resolve;
      });
    ringing.use('desk');
    await settled();
    ringing.use(undefined);
    const desk = new Loudspeaker('desk');
    found(desk);
    await settled();
    expect(desk.isOpen).toBe(false);
  });

  it('moves to another device when that is chosen meanwhile', async () => {
    ringing.use('desk');
    await settled();
    ringing.use('kitchen');
    await settled();
    expect(opened.map(({ choice, isOpen }) => [choice, isOpen])).toEqual([
      ['desk', false],
      ['kitchen', true],
    ]);
  });

  it('says why it is not heard, and rings again with the next call whatever went wrong', async () => {
    ringing.use('gone');
    await settled();
    expect(warned).toEqual(['A call rings and cannot be heard: It is not there.']);
    const works = open;
    open = () => Promise.reject(new TypeError('secret'));
    ringing.use('desk');
    await settled();
    expect(warned[1]).toBe('A call rings and cannot be heard: the loudspeaker failed (TypeError).');
    open = works;
    ringing.use(undefined);
    ringing.use('desk');
    await settled();
    expect(opened.at(-1)).toMatchObject({ choice: 'desk', isOpen: true });
  });

  it('has closed the device when it is closed', async () => {
    ringing.use('desk');
    await settled();
    await ringing.close();
    expect(opened[0]!.isOpen).toBe(false);
  });
});
