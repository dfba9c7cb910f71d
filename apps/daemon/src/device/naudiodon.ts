/**
 * The PortAudio binding, which may not be there: it compiles at install, and a machine without a
 * compiler runs without it. Types are ours, of the part that is used.
 */
import { createRequire } from 'node:module';
import type { Readable, Writable } from 'node:stream';
import type { SoundDevice } from '@kyberline/shared/devices';
import type { Clock } from './clock.js';

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

/** How the sentence begins that says why the binding is of no use; starting a sound server is no help then. */
export const CANNOT_LOAD = 'PortAudio cannot be loaded here';

export type Loaded = { binding: Naudiodon; why?: never } | { binding?: never; why: string };

/** Loading PortAudio takes a moment. @returns the sentence that says why where it does not load */
export function loadNaudiodon(
  load: (name: string) => unknown = createRequire(import.meta.url),
): Loaded {
  try {
    return { binding: load('naudiodon') as Naudiodon };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const [firstLine] = String(message).split('\n');
    return {
      why: `${CANNOT_LOAD} (${firstLine}), so there is silence. ${code === 'ERR_DLOPEN_FAILED' ? LIBRARY : COMPILER}`,
    };
  }
}

const LIBRARY =
  'Install the library that it names (Debian and Ubuntu: "sudo apt-get install libasound2-plugins" brings libasound.so.2).';
const COMPILER =
  'Install a C++ compiler (Debian and Ubuntu: "sudo apt-get install build-essential python3"), then stop and start Kyberline with "npm start", which builds it.';

/** What PortAudio finds, and the ids of its own choice; -1 if it has none. */
export interface SoundCards {
  devices: SoundDevice[];
  defaults: { input: number; output: number };
}

const NONE: SoundCards = { devices: [], defaults: { input: -1, output: -1 } };
/** A list as old as this is still true. */
const FRESH_MS = 500;

/**
 * Looks for devices; empty where there is no sound system. PortAudio itself looks only when it is
 * initialised, which takes 35 ms or more and which the binding does for every question, while no
 * stream is open. With one open the answer is that stream's, at once. And after a stream that could
 * not be opened it stays as it was until the process ends: the binding then forgets to terminate
 * what it has initialised. Ids are good for opening in any case, since they come from the same list.
 */
export function lookingFor(binding: Naudiodon, clock: Clock): () => SoundCards {
  let last = NONE;
  let at: number | undefined;
  return () => {
    if (at !== undefined && clock.now() - at < FRESH_MS) return last;
    last = look(binding);
    at = clock.now();
    return last;
  };
}

function look(binding: Naudiodon): SoundCards {
  try {
    const { defaultHostAPI, HostAPIs } = binding.getHostAPIs();
    const { defaultInput: input = -1, defaultOutput: output = -1 } = HostAPIs[defaultHostAPI] ?? {};
    const devices = binding.getDevices().map((device) => ({
      id: String(device.id),
      name: device.name,
      inputChannels: device.maxInputChannels,
      outputChannels: device.maxOutputChannels,
      isDefault: device.id === input || device.id === output,
    }));
    return { devices, defaults: { input, output } };
  } catch {
    // It cannot be initialised: as good as no sound system, for now.
    return NONE;
  }
}
