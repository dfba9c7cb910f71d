/**
 * The PortAudio binding, which may not be there: it compiles at install, and a machine without a
 * compiler runs without it. Types are ours, of the part that is used.
 */
import { createRequire } from 'node:module';
import type { Readable, Writable } from 'node:stream';
import type { SoundDevice } from '@kyberline/shared/devices';

export interface StreamOptions {
  deviceId: number;
  channelCount: 1 | 2;
  sampleFormat: 16;
  sampleRate: number;
  framesPerBuffer: number;
  /** Bytes; the binding spells it so. */
  highwaterMark: number;
  /** Buffers queued between the binding and PortAudio. */
  maxQueue: number;
  closeOnError: false;
}

interface Controls {
  start(): void;
  /** Waits for what is queued, then closes the device. */
  quit(done: () => void): void;
}

export type InputStream = Readable & Controls;
export type OutputStream = Writable & Controls;

interface DeviceInfo {
  id: number;
  name: string;
  maxInputChannels: number;
  maxOutputChannels: number;
  defaultSampleRate: number;
}

export interface Naudiodon {
  getDevices(): DeviceInfo[];
  getHostAPIs(): {
    defaultHostAPI: number;
    HostAPIs: { defaultInput: number; defaultOutput: number }[];
  };
  AudioIO(options: { inOptions: StreamOptions }): InputStream;
  AudioIO(options: { outOptions: StreamOptions }): OutputStream;
}

/** undefined where it is not installed or does not load. Loading PortAudio takes a moment. */
export function loadNaudiodon(): Naudiodon | undefined {
  try {
    return createRequire(import.meta.url)('naudiodon') as Naudiodon;
  } catch {
    return undefined;
  }
}

/** What PortAudio finds now; empty where there is no sound system. */
export function listDevices(binding: Naudiodon): SoundDevice[] {
  const { defaultHostAPI, HostAPIs } = binding.getHostAPIs();
  const host = HostAPIs[defaultHostAPI];
  return binding.getDevices().map((device) => ({
    id: String(device.id),
    name: device.name,
    inputChannels: device.maxInputChannels,
    outputChannels: device.maxOutputChannels,
    isDefault: device.id === host?.defaultInput || device.id === host?.defaultOutput,
  }));
}
