/** The sound devices as a list to choose from. */
import type { DeviceInUse, SoundDevice } from '@kyberline/shared/devices';
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
  const standard = devices.find((device) => device.isDefault && fits(device, end));
  const options: Option[] = [
    {
      value: 'default',
      label: 'Whatever the system uses',
      ...(standard === undefined ? {} : { hint: standard.name }),
    },
    ...devices
      .filter((device) => fits(device, end))
      .map((device) => ({ value: `portaudio:${device.id}`, label: device.name })),
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

function fits(device: SoundDevice, end: 'input' | 'output'): boolean {
  return (end === 'input' ? device.inputChannels : device.outputChannels) > 0;
}
