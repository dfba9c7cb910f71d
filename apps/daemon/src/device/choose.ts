/**
 * From a choice in words to the two devices that are used, and the sentence that says why:
 *
 *   default         PortAudio's own default where it has one, else another one, else silence
 *   portaudio:X     the device with that id, else that name
 *   file:PATH       a WAV file, as microphone or as recording
 *   silence, echo   as they say
 */
import type { SoundDevice } from '@kyberline/shared/devices';
import { Problem } from '../problem.js';
import type { LoadedBinding, SoundBinding } from './binding.js';
import { candidates, type End, type Wish } from './candidates.js';
import type { Clock } from './clock.js';
import type { InputDevice, OutputDevice } from './device.js';
import { openEcho } from './echo.js';
import { FileInput, FileOutput } from './file.js';
import type { SoundCards } from './naudiodon.js';
import type { Sought } from './restarting.js';
import { SilentInput, SilentOutput } from './silence.js';
import { Speech } from './speech.js';

/** What there is on this machine; `loaded` is left out where nobody asks for a sound card. */
interface Supply {
  clock: Clock;
  loaded: LoadedBinding | undefined;
  list(): SoundCards;
}

/** Never rejects: what cannot be had is replaced by silence, and says why. */
export async function chooseDevices(
  input: string,
  output: string,
  clock: Clock,
  load: () => LoadedBinding,
): Promise<{ input: InputDevice; output: OutputDevice; devices: SoundDevice[] }> {
  if (input === 'echo' && output === 'echo') return { ...(await openEcho(clock)), devices: [] };
  // Nothing else of the process needs the sound system, and asking for it takes a while.
  const needed = [input, output].some((choice) => /^(default|portaudio:)/.test(choice));
  const loaded = needed ? load() : undefined;
  await loaded?.binding?.look?.();
  const none = () => ({ devices: [], defaults: { input: -1, output: -1 } });
  const supply: Supply = { clock, loaded, list: () => loaded?.binding?.list() ?? none() };
  return {
    input: await openInput(input, supply),
    output: openOutput(output, supply),
    devices: supply.list().devices,
  };
}

async function openInput(choice: string, supply: Supply): Promise<InputDevice> {
  const { clock } = supply;
  if (choice.startsWith('file:')) {
    const path = choice.slice('file:'.length);
    try {
      await (await Speech.open(path)).close();
      return new FileInput(clock, choice, path);
    } catch (cause) {
      return new SilentInput(clock, choice, cause instanceof Problem ? cause.message : UNREADABLE);
    }
  }
  const found = find('input', choice, supply);
  return typeof found === 'string'
    ? new SilentInput(clock, choice, found)
    : found.binding.input(found);
}

function openOutput(choice: string, supply: Supply): OutputDevice {
  const { clock } = supply;
  if (choice.startsWith('file:')) {
    return new FileOutput(clock, choice, choice.slice('file:'.length));
  }
  const found = find('output', choice, supply);
  return typeof found === 'string'
    ? new SilentOutput(clock, choice, found)
    : found.binding.output(found);
}

const UNREADABLE = 'The file cannot be read. Name a WAV file that is there.';

/** How to open what a choice means, now and later, or the sentence that says why it is silence. */
function find(
  end: End,
  choice: string,
  supply: Supply,
): (Sought & { binding: SoundBinding }) | string {
  if (choice === 'silence' || !supply.loaded) return 'Silence was chosen.';
  const { binding, why } = supply.loaded;
  if (!binding) return why;
  const wish: Wish =
    choice === 'default' ? 'default' : { wanted: choice.slice('portaudio:'.length) };
  const found = candidates(end, wish, supply.list());
  if (typeof found === 'string') return found;
  // Numbers move as devices come and go: one that was chosen by its number is known by its name.
  const [first] = found;
  const known = wish === 'default' ? wish : { wanted: first.name, id: first.deviceId };
  return {
    binding,
    choice,
    first,
    look: () => binding.look?.(),
    find: () => candidates(end, known, supply.list()),
  };
}
