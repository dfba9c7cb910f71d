import type { Found, PortAudio, Stream } from '@kyberline/portaudio';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';
import { VirtualClock } from './clock-virtual.js';
import { Cards, loadRings } from './native.js';

const failing = (code: string, message: string) =>
  loadRings(() => {
    throw Object.assign(new Error(message), { code });
  });

describe('our own binding', () => {
  it('that was not compiled says to install a compiler', () => {
    const { binding, why } = failing('MODULE_NOT_FOUND', "Cannot find module 'x'\nRequire stack:");
    expect(binding).toBeUndefined();
    expect(why).toContain("PortAudio cannot be loaded here (Cannot find module 'x')");
    expect(why).toContain('build-essential');
    expect(why).not.toContain('Require stack');
  });

  it('that misses a library says which one to install', () => {
    const { why } = failing('ERR_DLOPEN_FAILED', 'libasound.so.2: cannot open');
    expect(why).toContain('libasound.so.2: cannot open');
    expect(why).toContain('libasound2-plugins');
  });

  it('that is compiled here loads, and lists devices without a word', async (context) => {
    const { binding, why } = loadRings();
    if (!binding) return context.skip(why);
    expect(binding.version).toContain('PortAudio');
    const cards = new Cards(binding, systemClock);
    await cards.look();
    const { devices, defaults } = cards.list;
    for (const { id, name } of devices) expect([id, name]).not.toContain('');
    expect(Number.isInteger(defaults.input)).toBe(true);
  });

  it('refuses in PortAudio’s own words', async (context) => {
    const { binding, why } = loadRings();
    if (!binding) return context.skip(why);
    const opened = await new Promise<Stream | Error>((resolve) =>
      binding.open(
        {
          ...{ direction: 'input', deviceId: 4321, channels: 1, sampleRate: 48_000 },
          ...{ framesPerBuffer: 0, suggestedLatency: 0.01, ringFrames: 4800 },
          ...{ filledFrames: 0, wakeAt: 480, onWake: () => undefined },
        },
        resolve,
      ),
    );
    expect(opened).toMatchObject({ message: 'Invalid device' });
  });
});

describe('the list of sound cards', () => {
  const FOUND = {
    defaultHostApi: 1,
    hostApis: [
      { name: 'OSS', defaultInput: -1, defaultOutput: -1 },
      { name: 'ALSA', defaultInput: 0, defaultOutput: 1 },
    ],
    devices: [
      { id: 0, name: 'Camera', hostApi: 1, maxInputChannels: 1, maxOutputChannels: 0 },
      { id: 1, name: 'Headset', hostApi: 1, maxInputChannels: 1, maxOutputChannels: 2 },
      { id: 2, name: 'Speakers', hostApi: 0, maxInputChannels: 0, maxOutputChannels: 2 },
    ],
  } as unknown as Found;
  let clock: VirtualClock;
  let cards: Cards;
  let asked: number;
  /** What PortAudio answers; nothing while it is undefined. */
  let answer: Found | Error | undefined;

  beforeEach(() => {
    clock = new VirtualClock();
    asked = 0;
    answer = FOUND;
    const binding = {
      look: (done: (found: Found | Error) => void) => {
        asked++;
        if (answer) done(answer);
      },
    };
    cards = new Cards(binding as PortAudio, clock);
  });

  it('has the defaults of the default sound system, and is looked for twice a second at most', async () => {
    await cards.look();
    expect(cards.list.defaults).toEqual({ input: 0, output: 1 });
    expect(cards.list.devices.map(({ isDefault }) => isDefault)).toEqual([true, true, false]);
    expect(cards.look()).toBeUndefined();
    expect(cards.device(1)).toMatchObject({ name: 'Headset', isAlsa: true });
    expect(cards.device(2)?.isAlsa).toBe(false);
    expect(asked).toBe(1);
    clock.advance(500);
    await cards.look();
    expect(asked).toBe(2);
  });

  it('is empty where the sound system cannot be asked', async () => {
    answer = new Error('PortAudio not initialized');
    await cards.look();
    expect(cards.list).toEqual({ devices: [], defaults: { input: -1, output: -1 } });
  });

  it('is waited for 2 s where a sound system hangs, and asked for once meanwhile', async () => {
    answer = undefined;
    let isOver = false;
    void cards.look()?.then(() => {
      isOver = true;
    });
    void cards.look();
    expect(asked).toBe(1);
    clock.advance(1_999);
    await Promise.resolve();
    expect(isOver).toBe(false);
    clock.advance(1);
    for (let n = 0; n < 5; n++) await Promise.resolve();
    expect(isOver).toBe(true);
    expect(cards.list.devices).toEqual([]);
  });
});
