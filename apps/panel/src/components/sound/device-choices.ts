/** The sound devices as a list to choose from. */
import type { DeviceInUse, RingChoice, SoundDevice } from '@kyberline/shared/devices';
import type { Option } from '../ui/select';

/** The choice that stands for a file; its path is typed beside the list. */
export const FILE_CHOICE = 'file:';

/**
 * Every choice for one end of the sound path, the present one included even if its device is
 * away now.
 */
export function deviceOptions(
  end: 'input' | 'output',
  devices: readonly SoundDevice[],
  choice: string,
  inUse: DeviceInUse,
): Option[] {
  const options: Option[] = [
    ...present(end, devices),
    end === 'input'
      ? { value: 'silence', label: 'No microphone', hint: 'The others hear silence.' }
      : { value: 'silence', label: 'No speaker', hint: 'Nothing is played.' },
    end === 'input'
      ? { value: FILE_CHOICE, label: 'A sound file', hint: 'Plays a WAV file to the others.' }
      : { value: FILE_CHOICE, label: 'A sound file', hint: 'Writes what you hear to a WAV file.' },
  ];
  if (!choice.startsWith(FILE_CHOICE) && !options.some((option) => option.value === choice)) {
    options.push({
      value: choice,
      label: inUse.choice === choice ? inUse.name : choice.replace(/^portaudio:/, ''),
    });
  }
  return options;
}

/** The same for the ringtone: this page, or any device that can play. */
export function ringOptions(devices: readonly SoundDevice[], choice: RingChoice): Option[] {
  const options: Option[] = [
    { value: 'panel', label: 'This page', hint: 'Your browser plays the ringtone.' },
    ...present('output', devices),
  ];
  if (options.some((option) => option.value === choice)) return options;
  const label = choice === 'silence' ? 'No speaker' : choice.replace(/^(portaudio|file):/, '');
  return [...options, { value: choice, label }];
}

/** What the system uses, and each device that is there. */
function present(end: 'input' | 'output', devices: readonly SoundDevice[]): Option[] {
  const fitting = devices.filter((device) => fits(device, end));
  const standard = fitting.find((device) => device.isDefault);
  return [
    {
      value: 'default',
      label: 'Whatever the system uses',
      ...(standard === undefined ? {} : { hint: standard.name }),
    },
    ...fitting.map((device) => ({ value: `portaudio:${device.id}`, label: device.name })),
  ];
}

function fits(device: SoundDevice, end: 'input' | 'output'): boolean {
  return (end === 'input' ? device.inputChannels : device.outputChannels) > 0;
}
