/** Which of the devices that are there a choice means. Pure. */
import type { SoundDevice } from '@kyberline/shared/devices';
import type { SoundCards } from './naudiodon.js';

export type End = 'input' | 'output';

export interface Candidate {
  /** PortAudio's number for it, of the list that was asked. */
  deviceId: number;
  name: string;
  /** The sentence that says why it is this one. */
  why: string;
}

/** The likeliest first. */
export type Candidates = [Candidate, ...Candidate[]];

/** `default`, or a device's number or name; with `id`, the one of that number if names are shared. */
export type Wish = 'default' | { wanted: string; id?: number };

const WORDS: Record<End, string> = { input: 'microphone', output: 'loudspeaker' };

/**
 * The devices to try, or the sentence that says why there is none.
 * A device that a person named is never replaced by another one.
 */
export function candidates(end: End, wish: Wish, cards: SoundCards): Candidates | string {
  const usable = cards.devices.filter((device) => channels(device, end) > 0);
  if (usable.length === 0) {
    return `There is no ${WORDS[end]} on this machine, or no sound server runs, so there is silence. Plug one in or start the server, and it is found by itself.`;
  }
  if (wish !== 'default') {
    const { wanted } = wish;
    const device =
      usable.find(({ id, name }) => Number(id) === wish.id && name === wanted) ??
      usable.find(({ id }) => id === wanted) ??
      usable.find(({ name }) => name === wanted);
    if (device) return [candidate(device, 'Chosen in the settings.')];
    return `The ${WORDS[end]} “${wanted}” is not there, so there is silence. Plug it in or choose another one in the settings.`;
  }
  const own = usable.find(({ id }) => Number(id) === cards.defaults[end]);
  const first = own ?? usable[0]!;
  const others = usable.filter((device) => device !== first);
  return [
    candidate(first, own ? 'The system’s own choice.' : `The first ${WORDS[end]} found.`),
    ...others.map((each) => candidate(each, `Used since “${first.name}” does not open.`)),
  ];
}

function candidate(device: SoundDevice, why: string): Candidate {
  return { deviceId: Number(device.id), name: device.name, why };
}

function channels(device: SoundDevice, end: End): number {
  return end === 'input' ? device.inputChannels : device.outputChannels;
}
