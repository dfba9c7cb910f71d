'use client';
/** Microphone and speaker, with a meter to try the microphone. */
import type { Levels, StateSnapshot } from '@kyberline/shared/snapshot';
import { Mic } from 'lucide-react';
import { DevicePicker } from '../sound/device-picker';
import { VoiceLine } from '../sound/voice-line';
import { Button } from '../ui/button';
import { Section } from './section';

type Props = {
  state: StateSnapshot;
  levels: Levels | undefined;
  testing: boolean;
  onTest: (on: boolean) => void;
  onChange: (change: { input?: string; output?: string }) => void;
};

export function SoundSettings({ state, levels, testing, onTest, onChange }: Props) {
  const { settings, devices, input, output } = state;
  return (
    <Section
      title="Sound"
      intro="Kyberline's own program uses these, not the browser, so calls go on when this page is closed."
    >
      <DevicePicker
        end="input"
        choice={settings.input}
        inUse={input}
        devices={devices}
        onChoose={(choice) => onChange({ input: choice })}
      />
      <div className="rounded-2xl border border-line bg-surface p-5">
        {testing ? (
          <VoiceLine label="Your microphone" decibel={levels?.input} tick={levels}>
            <p className="mb-2 text-sm text-soft">Say something: the line moves with your voice.</p>
          </VoiceLine>
        ) : (
          <p className="text-sm text-soft">See whether the microphone hears you.</p>
        )}
        <Button size="small" className="mt-4" onClick={() => onTest(!testing)}>
          <Mic aria-hidden />
          {testing ? 'Stop the test' : 'Test the microphone'}
        </Button>
      </div>
      <DevicePicker
        end="output"
        choice={settings.output}
        inUse={output}
        devices={devices}
        onChoose={(choice) => onChange({ output: choice })}
      />
    </Section>
  );
}
