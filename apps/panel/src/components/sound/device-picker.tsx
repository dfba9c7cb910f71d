'use client';
/** One end of the sound path: which device, and the sentence that says why. */
import type { DeviceInUse, SoundDevice } from '@kyberline/shared/devices';
import { useState } from 'react';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { deviceOptions, FILE_CHOICE } from './device-choices';

type Props = {
  end: 'input' | 'output';
  choice: string;
  inUse: DeviceInUse;
  devices: readonly SoundDevice[];
  onChoose: (choice: string) => void;
};

export function DevicePicker({ end, choice, inUse, devices, onChoose }: Props) {
  const [typing, setTyping] = useState(false);
  const isFile = typing || choice.startsWith(FILE_CHOICE);
  return (
    <div className="grid grid-cols-1 gap-3">
      <Field label={end === 'input' ? 'Microphone' : 'Speaker'} hint={inUse.why}>
        {(control) => (
          <Select
            {...control}
            value={isFile ? FILE_CHOICE : choice}
            options={deviceOptions(end, devices, choice, inUse)}
            onChange={(next) => {
              setTyping(next === FILE_CHOICE);
              if (next !== FILE_CHOICE) onChoose(next);
            }}
          />
        )}
      </Field>
      {isFile && (
        <FilePath
          key={choice}
          path={choice.startsWith(FILE_CHOICE) ? choice.slice(FILE_CHOICE.length) : ''}
          onChoose={(path) => {
            setTyping(false);
            onChoose(`${FILE_CHOICE}${path}`);
          }}
        />
      )}
    </div>
  );
}

function FilePath({ path, onChoose }: { path: string; onChoose: (path: string) => void }) {
  const [typed, setTyped] = useState(path);
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== '') onChoose(typed.trim());
      }}
    >
      <Input
        aria-label="Path of the WAV file"
        placeholder="/home/anna/hello.wav"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit" size="normal" className="h-12" disabled={typed.trim() === ''}>
        Use it
      </Button>
    </form>
  );
}
