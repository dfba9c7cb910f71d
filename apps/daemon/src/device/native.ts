/**
 * Our own binding of PortAudio, which may not be there: it compiles at install, and a machine
 * without a compiler runs without it.
 */
import {
  type DeviceInfo,
  type Found,
  load,
  type PortAudio,
  type Stream,
  type StreamOptions,
} from '@kyberline/portaudio';
import type { Clock } from './clock.js';
import { CANNOT_LOAD, type SoundCards } from './naudiodon.js';

export type LoadedRings = { binding: PortAudio; why?: never } | { binding?: never; why: string };

/** Loading PortAudio takes a moment. @returns the sentence that says why where it does not load */
export function loadRings(from: () => PortAudio = load): LoadedRings {
  try {
    return { binding: from() };
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

const NOTHING: Found = { devices: [], defaultHostApi: -1, hostApis: [] };
/** A list as old as this is still true. */
const FRESH_MS = 500;
/** A sound system that has not answered by then is as good as none, until it does. */
const ANSWERS_MS = 2_000;

/**
 * The sound cards that PortAudio finds, and the way to them. It looks only when it is initialised,
 * which takes 35 ms or more, beside this thread, and cannot be done while a stream is open: until then
 * the list is the one of before, whose ids are those that the open streams came from.
 */
export class Cards {
  #found = NOTHING;
  #at: number | undefined;
  #looking: Promise<void> | undefined;

  constructor(
    private readonly binding: PortAudio,
    private readonly clock: Clock,
  ) {}

  /** As of the last look; empty where there is no sound system. */
  get list(): SoundCards {
    const { devices, defaultHostApi, hostApis } = this.#found;
    const { defaultInput: input = -1, defaultOutput: output = -1 } = hostApis[defaultHostApi] ?? {};
    return {
      devices: devices.map((device) => ({
        id: String(device.id),
        name: device.name,
        inputChannels: device.maxInputChannels,
        outputChannels: device.maxOutputChannels,
        isDefault: device.id === input || device.id === output,
      })),
      defaults: { input, output },
    };
  }

  /** Brings the list up to date. @returns undefined where it is */
  look(): Promise<void> | undefined {
    if (this.#at !== undefined && this.clock.now() - this.#at < FRESH_MS) return undefined;
    this.#looking ??= this.#look();
    return Promise.race([this.#looking, this.#patience()]);
  }

  device(id: number): (DeviceInfo & { isAlsa: boolean }) | undefined {
    const device = this.#found.devices.find((each) => each.id === id);
    return device && { ...device, isAlsa: this.#found.hostApis[device.hostApi]?.name === 'ALSA' };
  }

  open(options: StreamOptions, done: (opened: Stream | Error) => void): void {
    this.binding.open(options, done);
  }

  async #look(): Promise<void> {
    const found = await new Promise<Found | Error>((resolve) => this.binding.look(resolve));
    // Where it cannot be initialised there is no sound system, for now.
    this.#found = found instanceof Error ? NOTHING : found;
    this.#at = this.clock.now();
    this.#looking = undefined;
  }

  #patience(): Promise<void> {
    return new Promise((resolve) => this.clock.after(ANSWERS_MS, resolve));
  }
}
