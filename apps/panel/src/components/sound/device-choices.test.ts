import type { DeviceInUse, SoundDevice } from '@kyberline/shared/devices';
import { describe, expect, it } from 'vitest';
import { deviceOptions, ringOptions } from './device-choices';

const headset: SoundDevice = {
  id: '3',
  name: 'Headset',
  inputChannels: 1,
  outputChannels: 2,
  isDefault: true,
};
const speaker: SoundDevice = {
  id: '4',
  name: 'Speaker',
  inputChannels: 0,
  outputChannels: 2,
  isDefault: false,
};
const inUse: DeviceInUse = {
  choice: 'portaudio:9',
  kind: 'portaudio',
  name: 'Old microphone',
  why: '',
  state: 'failed',
};

describe('the devices to choose from', () => {
  it('lists only what can record as a microphone', () => {
    const values = deviceOptions('input', [headset, speaker], 'default', inUse).map((o) => o.value);
    expect(values).toEqual(['default', 'portaudio:3', 'silence', 'file:']);
  });

  it("lists what can play as a speaker and names the system's own", () => {
    const options = deviceOptions('output', [headset, speaker], 'default', inUse);
    expect(options[0]).toMatchObject({ value: 'default', hint: 'Headset' });
    expect(options.map((o) => o.value)).toContain('portaudio:4');
  });

  it('keeps showing the chosen device while it is unplugged', () => {
    const options = deviceOptions('input', [headset], 'portaudio:9', inUse);
    expect(options.at(-1)).toEqual({ value: 'portaudio:9', label: 'Old microphone' });
  });
});

describe('where it can ring', () => {
  it('is this page first, then whatever plays', () => {
    const microphone = { ...headset, id: '5', outputChannels: 0 };
    const options = ringOptions([headset, speaker, microphone], 'panel');
    expect(options.map((o) => o.value)).toEqual(['panel', 'default', 'portaudio:3', 'portaudio:4']);
  });

  it('is still shown as it was chosen while the device is away', () => {
    expect(ringOptions([headset], 'portaudio:Desk').at(-1)).toEqual({
      value: 'portaudio:Desk',
      label: 'Desk',
    });
    expect(ringOptions([], 'silence').at(-1)).toEqual({ value: 'silence', label: 'No speaker' });
  });
});
