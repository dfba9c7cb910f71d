/**
 * The way to a sound card: our own binding of PortAudio (rings.ts), or naudiodon (portaudio.ts) where
 * it is asked for or ours was not compiled. ARCHITECTURE.md has the figures that decided.
 */
import type { PortAudio } from '@kyberline/portaudio';
import type { BindingName } from './binding-names.js';
import type { Clock } from './clock.js';
import type { InputDevice, OutputDevice } from './device.js';
import { Cards, loadRings } from './native.js';
import { loadNaudiodon, lookingFor, type Naudiodon, type SoundCards } from './naudiodon.js';
import { PortAudioInput, PortAudioOutput } from './portaudio.js';
import type { Sought } from './restarting.js';
import { RingInput, RingOutput } from './rings.js';

export interface SoundBinding {
  /** Brings the list up to date, where that takes time. @returns undefined where it is */
  look?(): Promise<void> | undefined;
  list(): SoundCards;
  input(sought: Sought): InputDevice;
  output(sought: Sought): OutputDevice;
}

export type LoadedBinding =
  | { binding: SoundBinding; why?: never }
  | { binding?: never; why: string };

export function overRings(binding: PortAudio, clock: Clock): SoundBinding {
  const cards = new Cards(binding, clock);
  return {
    look: () => cards.look(),
    list: () => cards.list,
    input: (sought) => new RingInput({ ...sought, cards, clock }),
    output: (sought) => new RingOutput({ ...sought, cards, clock }),
  };
}

export function overNaudiodon(binding: Naudiodon, clock: Clock): SoundBinding {
  return {
    list: lookingFor(binding, clock),
    input: (sought) => new PortAudioInput({ ...sought, binding, clock }),
    output: (sought) => new PortAudioOutput({ ...sought, binding, clock }),
  };
}

/** Takes a moment. @returns the sentence that says why where neither loads */
export function loadBinding(wanted: BindingName, clock: Clock): LoadedBinding {
  const rings = wanted === 'rings' ? loadRings() : undefined;
  if (rings?.binding) return { binding: overRings(rings.binding, clock) };
  const other = loadNaudiodon();
  if (other.binding) return { binding: overNaudiodon(other.binding, clock) };
  return { why: rings?.why ?? other.why };
}
