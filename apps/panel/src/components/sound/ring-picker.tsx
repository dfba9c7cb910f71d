'use client';
/** Where an incoming call is heard. */
import { type RingChoice, ringChoice, type SoundDevice } from '@kyberline/shared/devices';
import { Field } from '../ui/field';
import { Select } from '../ui/select';
import { ringOptions } from './device-choices';

type Props = {
  choice: RingChoice;
  /** Whether it rings at all. */
  isOn: boolean;
  devices: readonly SoundDevice[];
  onChoose: (choice: RingChoice) => void;
};

export function RingPicker({ choice, isOn, devices, onChoose }: Props) {
  return (
    <Field label="Ringing" hint={hint(choice, isOn)}>
      {(control) => (
        <Select
          {...control}
          value={choice}
          options={ringOptions(devices, choice)}
          onChange={(value) => {
            const next = ringChoice.safeParse(value).data;
            if (next !== undefined) onChoose(next);
          }}
        />
      )}
    </Field>
  );
}

function hint(choice: RingChoice, isOn: boolean): string {
  if (!isOn) return 'The ringtone is switched off, below.';
  return choice === 'panel'
    ? 'An incoming call is heard from this page, while it is open.'
    : "Kyberline's own program rings there, also when this page is closed.";
}
