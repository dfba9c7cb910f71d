/**
 * From a choice in words to the two devices that are used, and the sentence that says why:
 *
 *   default         PortAudio's own default where it has one, else silence
 *   portaudio:X     the device with that id, else that name
 *   file:PATH       a WAV file, as microphone or as recording
 *   silence, echo   as they say
 */
import type { SoundDevice } from '@kyberline/shared/devices';
import { Problem } from '../problem.js';
import type { Clock } from './clock.js';
import type { InputDevice, OutputDevice } from './device.js';
import { openEcho } from './echo.js';
import { FileInput, FileOutput } from './file.js';
import { type Loaded, listDevices, loadNaudiodon, type Naudiodon } from './naudiodon.js';
import { PortAudioInput, PortAudioOutput } from './portaudio.js';
import { SilentInput, SilentOutput } from './silence.js';
import { Speech } from './speech.js';

type End = 'input' | 'output';

/** Never rejects: what cannot be had is replaced by silence, and says why. */
export async function chooseDevices(
  input: string,
  output: string,
  clock: Clock,
  load: () => Loaded = loadNaudiodon,
): Promise<{ input: InputDevice; output: OutputDevice; devices: SoundDevice[] }> {
  if (input === 'echo' && output === 'echo') return { ...(await openEcho(clock)), devices: [] };
  // Nothing else of the process needs the sound system, and asking for it takes a while.
  const needed = [input, output].some((choice) => /^(default|portaudio:)/.test(choice));
  const loaded = needed ? load() : undefined;
  const devices = loaded?.binding ? listDevices(loaded.binding) : [];
  return {
    input: await openInput(input, clock, loaded, devices),
    output: openOutput(output, clock, loaded, devices),
    devices,
  };
}

async function openInput(
  choice: string,
  clock: Clock,
  loaded: Loaded | undefined,
  devices: readonly SoundDevice[],
): Promise<InputDevice> {
  if (choice.startsWith('file:')) {
    const path = choice.slice('file:'.length);
    try {
      await (await Speech.open(path)).close();
      return new FileInput(clock, choice, path);
    } catch (cause) {
      return new SilentInput(clock, choice, cause instanceof Problem ? cause.message : UNREADABLE);
    }
  }
  const found = find('input', choice, loaded, devices);
  return typeof found === 'string'
    ? new SilentInput(clock, choice, found)
    : new PortAudioInput({ ...found, clock, choice });
}

function openOutput(
  choice: string,
  clock: Clock,
  loaded: Loaded | undefined,
  devices: readonly SoundDevice[],
): OutputDevice {
  if (choice.startsWith('file:')) {
    return new FileOutput(clock, choice, choice.slice('file:'.length));
  }
  const found = find('output', choice, loaded, devices);
  return typeof found === 'string'
    ? new SilentOutput(clock, choice, found)
    : new PortAudioOutput({ ...found, clock, choice });
}

const UNREADABLE = 'The file cannot be read. Name a WAV file that is there.';
const WORDS: Record<End, string> = { input: 'microphone', output: 'loudspeaker' };

/** The PortAudio device that a choice means, or the sentence that says why it is silence. */
function find(
  end: End,
  choice: string,
  loaded: Loaded | undefined,
  devices: readonly SoundDevice[],
): { binding: Naudiodon; deviceId: number; name: string; why: string } | string {
  if (choice === 'silence' || !loaded) return 'Silence was chosen.';
  const { binding, why } = loaded;
  if (!binding) return why;
  const usable = devices.filter((device) => channels(device, end) > 0);
  if (usable.length === 0) {
    return `There is no ${WORDS[end]} on this machine, or no sound server runs, so there is silence. Plug one in and choose it in the settings.`;
  }
  if (choice === 'default') {
    const device = usable.find((each) => each.isDefault) ?? usable[0]!;
    const why = device.isDefault ? 'The system’s own choice.' : `The first ${WORDS[end]} found.`;
    return { binding, deviceId: Number(device.id), name: device.name, why };
  }
  const wanted = choice.slice('portaudio:'.length);
  const device =
    usable.find(({ id }) => id === wanted) ?? usable.find(({ name }) => name === wanted);
  if (!device) {
    return `The ${WORDS[end]} “${wanted}” is not there, so there is silence. Plug it in or choose another one in the settings.`;
  }
  return {
    binding,
    deviceId: Number(device.id),
    name: device.name,
    why: 'Chosen in the settings.',
  };
}

function channels(device: SoundDevice, end: End): number {
  return end === 'input' ? device.inputChannels : device.outputChannels;
}
