'use client';
/** First run, step two: the microphone hears, the speaker is the right one. */
import type { Levels, StateSnapshot } from '@kyberline/shared/snapshot';
import { DevicePicker } from '../sound/device-picker';
import { VoiceLine } from '../sound/voice-line';
import { Button } from '../ui/button';

/** Louder than this is a voice or a knock, not a quiet room. */
const HEARD_DB = -42;

type Props = {
  state: StateSnapshot;
  levels: Levels | undefined;
  onChange: (change: { input?: string; output?: string }) => void;
  onNext: () => void;
};

export function SoundStep({ state, levels, onChange, onNext }: Props) {
  const { input, output, settings, devices } = state;
  return (
    <div className="grid grid-cols-1 gap-8">
      <div>
        <h1 className="font-display text-4xl leading-tight sm:text-5xl sm:leading-tight">
          Say something
        </h1>
        <p className="mt-4 max-w-xl text-lg text-soft">
          The line moves when the microphone hears you. Your system may ask whether Kyberline may
          use it: allow that. Nothing is sent anywhere yet.
        </p>
      </div>
      <div className="rounded-3xl border border-line bg-surface px-6 py-8">
        <VoiceLine label="Your microphone" decibel={levels?.input} tick={levels} />
        <p role="status" className="mt-4 text-soft">
          {microphoneSentence(state, levels)}
        </p>
      </div>
      <div className="grid gap-6 sm:grid-cols-2">
        <DevicePicker
          end="input"
          choice={settings.input}
          inUse={input}
          devices={devices}
          onChoose={(choice) => onChange({ input: choice })}
        />
        <DevicePicker
          end="output"
          choice={settings.output}
          inUse={output}
          devices={devices}
          onChoose={(choice) => onChange({ output: choice })}
        />
      </div>
      <div>
        <Button look="accent" size="large" onClick={onNext}>
          Continue
        </Button>
      </div>
    </div>
  );
}

function microphoneSentence({ input }: StateSnapshot, levels: Levels | undefined): string {
  if (input.state === 'failed') return `The microphone does not work: ${input.why}`;
  if (input.state === 'restarting') return 'The microphone is being opened again…';
  if (input.kind === 'silence') {
    return 'There is no microphone here. You can still make a call; the others hear silence.';
  }
  if (input.state === 'closed') return 'Opening the microphone…';
  if (levels !== undefined && levels.input > HEARD_DB) return 'The microphone hears you.';
  return 'The microphone is open. It is quiet.';
}
