import type { PortAudio } from '@kyberline/portaudio';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock-virtual.js';
import { loadRings, lookingForCards } from './native.js';

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

  it('that is compiled here loads, and lists devices without a word', (context) => {
    const { binding, why } = loadRings();
    if (!binding) return context.skip(why);
    expect(binding.version).toContain('PortAudio');
    const { devices, defaults } = lookingForCards(binding, new VirtualClock())();
    for (const { id, name } of devices) expect([id, name]).not.toContain('');
    expect(Number.isInteger(defaults.input)).toBe(true);
  });

  it('refuses in PortAudio’s own words', (context) => {
    const { binding, why } = loadRings();
    if (!binding) return context.skip(why);
    const open = () =>
      binding.open({
        ...{ direction: 'input', deviceId: 4321, channels: 1, sampleRate: 48_000 },
        ...{ framesPerBuffer: 0, suggestedLatency: 0.01, ringFrames: 4800, wakeAt: 480 },
        onWake: () => undefined,
      });
    expect(open).toThrow('Invalid device');
  });
});

describe('the list of sound cards', () => {
  const found = { refreshes: 0, fails: false };
  const binding = {
    refresh: () => {
      found.refreshes++;
      if (found.fails) throw new Error('PortAudio not initialized');
      return true;
    },
    hostApis: () => ({
      defaultHostApi: 1,
      hostApis: [
        { name: 'OSS', defaultInput: -1, defaultOutput: -1 },
        { name: 'ALSA', defaultInput: 0, defaultOutput: 1 },
      ],
    }),
    devices: () => [
      { id: 0, name: 'Camera', maxInputChannels: 1, maxOutputChannels: 0 },
      { id: 1, name: 'Headset', maxInputChannels: 1, maxOutputChannels: 2 },
      { id: 2, name: 'Speakers', maxInputChannels: 0, maxOutputChannels: 2 },
    ],
  } as unknown as PortAudio;

  it('has the defaults of the default sound system, and is looked for twice a second at most', () => {
    const clock = new VirtualClock();
    const look = lookingForCards(binding, clock);
    expect(look().defaults).toEqual({ input: 0, output: 1 });
    expect(look().devices.map(({ isDefault }) => isDefault)).toEqual([true, true, false]);
    expect(found.refreshes).toBe(1);
    clock.advance(500);
    look();
    expect(found.refreshes).toBe(2);
  });

  it('is empty where the sound system cannot be asked', () => {
    found.fails = true;
    const look = lookingForCards(binding, new VirtualClock());
    expect(look()).toEqual({ devices: [], defaults: { input: -1, output: -1 } });
  });
});
