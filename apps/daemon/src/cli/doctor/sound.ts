/** From the daemon's state: is there something to speak into and something to hear with? */
import type { DeviceInUse } from '@kyberline/shared/devices';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { CANNOT_LOAD } from '../../device/naudiodon.js';
import { about, type Finding } from './finding.js';

const sound = about('sound');
const engine = about('engine');

export function checkEngine({ engine: { state, problem, udpPort } }: StateSnapshot): Finding[] {
  if (state === 'running')
    return [engine.ok(`The sound engine is running, on UDP port ${udpPort}.`)];
  const why = problem ?? 'It says nothing about why: look at what the daemon prints.';
  if (state === 'starting') return [engine.note('The sound engine is still starting.')];
  return [engine.wrong(`The sound engine ${WENT[state]}. ${why}`)];
}

const WENT = { restarting: 'is being restarted', failed: 'cannot run' } as const;

/** Nothing while the engine does not run: it alone can tell. @param platform as Node names it */
export function checkSound(state: StateSnapshot, platform: string): Finding[] {
  const { settings, devices, input, output } = state;
  if (state.engine.state !== 'running') return [];
  const isChosen = (choice: string) => choice === 'silence' || choice.startsWith('file:');
  const ends = [
    { what: 'microphone', device: input, choice: settings.input, has: 'inputChannels' },
    {
      what: 'loudspeaker',
      device: output,
      choice: settings.output,
      has: 'outputChannels',
    },
  ] as const;
  const needed = ends.filter(({ choice }) => !isChosen(choice));
  if (devices.length === 0 && needed.length > 0) {
    // Where PortAudio itself is missing, no sound server that is started can be heard of.
    const unloaded = needed.find(({ device: { why } }) => why.startsWith(CANNOT_LOAD));
    if (unloaded) return [sound.wrong(unloaded.device.why)];
    return [sound.wrong(`No sound card and no sound server were found. ${startSound(platform)}`)];
  }
  return ends.map(({ what, device, choice, has }) => {
    if (isChosen(choice)) return sound.note(`The ${what} is ${choice}, as you chose.`);
    if (device.kind !== 'silence' && !devices.some((each) => each[has] > 0)) {
      return sound.wrong(
        `There is no ${what}. Plug one in, or switch it on in the system's settings.`,
      );
    }
    return judge(what, device);
  });
}

function judge(what: string, device: DeviceInUse): Finding {
  if (device.state === 'failed' || device.state === 'restarting' || device.kind === 'silence') {
    return sound.wrong(
      `The ${what} cannot be used: ${device.why} Choose another one with "kyberline settings" ("kyberline devices" lists them).`,
    );
  }
  return sound.ok(`The ${what} is ${device.name}.`);
}

function startSound(platform: string): string {
  return platform === 'linux'
    ? 'Start one ("systemctl --user start pipewire-pulse", or "pulseaudio --start"), or plug a headset in; without sound you can still call with "kyberline settings input silence".'
    : "Plug a headset in, or look at the system's sound settings.";
}
