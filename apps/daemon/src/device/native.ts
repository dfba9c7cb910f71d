/**
 * Our own binding of PortAudio, which may not be there: it compiles at install, and a machine
 * without a compiler runs without it.
 */
import { load, type PortAudio } from '@kyberline/portaudio';
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

const NONE: SoundCards = { devices: [], defaults: { input: -1, output: -1 } };
/** A list as old as this is still true. */
const FRESH_MS = 500;

/**
 * Looks for devices; empty where there is no sound system. PortAudio looks only when it is
 * initialised, which takes 35 ms or more and cannot be done while a stream is open; until then the
 * answer is the one of before, whose ids are those that the open streams came from.
 */
export function lookingForCards(binding: PortAudio, clock: Clock): () => SoundCards {
  let last = NONE;
  let at: number | undefined;
  return () => {
    if (at !== undefined && clock.now() - at < FRESH_MS) return last;
    last = look(binding);
    at = clock.now();
    return last;
  };
}

function look(binding: PortAudio): SoundCards {
  try {
    binding.refresh();
    const { defaultHostApi, hostApis } = binding.hostApis();
    const { defaultInput: input = -1, defaultOutput: output = -1 } = hostApis[defaultHostApi] ?? {};
    const devices = binding.devices().map((device) => ({
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
