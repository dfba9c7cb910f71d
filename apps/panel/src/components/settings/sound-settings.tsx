'use client';
/** Microphone, speaker and where it rings, each to be tried without a call. */
import type { RingChoice } from '@kyberline/shared/devices';
import type { Levels, StateSnapshot } from '@kyberline/shared/snapshot';
import type { VoiceWarning } from '@kyberline/shared/voice';
import { Mic, Play, Square, Volume2 } from 'lucide-react';
import { DevicePicker } from '../sound/device-picker';
import { RingPicker } from '../sound/ring-picker';
import { SoundTest } from '../sound/sound-test';
import { VoiceLine } from '../sound/voice-line';
import { VoiceNotices } from '../sound/voice-notices';
import { Section } from './section';

type Props = {
  state: StateSnapshot;
  levels: Levels | undefined;
  testing: boolean;
  onTest: (on: boolean) => void;
  onRecord: (on: boolean) => void;
  onChime: (on: boolean) => void;
  onChange: (change: { input?: string; output?: string; ringOutput?: RingChoice }) => void;
};

const RECORDING_SENTENCES: Record<StateSnapshot['soundTest'], string> = {
  idle: 'Hear yourself as the others do: three seconds are recorded, then played.',
  recording: 'Speak now: three seconds are recorded.',
  playing: 'This is how you sound.',
  tone: 'Hear yourself as the others do: three seconds are recorded, then played.',
};

/** What a test of the microphone is about; the others take a call. */
const ABOUT_DEVICE: ReadonlySet<VoiceWarning> = new Set(['silent-microphone', 'clipping']);

export function SoundSettings({ state, levels, testing, ...on }: Props) {
  const { settings, devices, input, output, soundTest } = state;
  const isRecording = soundTest === 'recording' || soundTest === 'playing';
  const isChiming = soundTest === 'tone';
  const isListening = testing || soundTest === 'recording';
  const warnings = isListening ? state.warnings.filter((each) => ABOUT_DEVICE.has(each)) : [];
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
        onChoose={(choice) => on.onChange({ input: choice })}
      />
      <div className="rounded-2xl border border-line bg-surface p-5">
        <SoundTest
          sentence={
            testing
              ? 'Say something: the line moves with your voice.'
              : 'See whether the microphone hears you.'
          }
          isOn={testing}
          begin="Test the microphone"
          end="Stop the test"
          icon={<Mic aria-hidden />}
          onTest={on.onTest}
        >
          {testing && (
            <VoiceLine
              label="Your microphone"
              decibel={levels?.input}
              tick={levels}
              className="mt-2"
            />
          )}
        </SoundTest>
        <hr className="my-5 border-line" />
        <SoundTest
          sentence={RECORDING_SENTENCES[soundTest]}
          isOn={isRecording}
          begin="Record and play"
          end="Stop the recording"
          icon={isRecording ? <Square aria-hidden /> : <Play aria-hidden />}
          onTest={on.onRecord}
        >
          {soundTest === 'recording' && !testing && (
            <VoiceLine
              label="What is recorded"
              decibel={levels?.input}
              tick={levels}
              className="mt-2"
            />
          )}
        </SoundTest>
        <VoiceNotices
          warnings={warnings}
          processing={settings.processing}
          className="not-empty:mt-6"
        />
      </div>
      <DevicePicker
        end="output"
        choice={settings.output}
        inUse={output}
        devices={devices}
        onChoose={(choice) => on.onChange({ output: choice })}
      />
      <div className="rounded-2xl border border-line bg-surface p-5">
        <SoundTest
          sentence={
            isChiming ? 'A chime of two tones is played.' : 'Hear whether the speaker plays.'
          }
          isOn={isChiming}
          begin="Play a chime"
          end="Stop the chime"
          icon={isChiming ? <Square aria-hidden /> : <Volume2 aria-hidden />}
          onTest={on.onChime}
        />
      </div>
      <RingPicker
        choice={settings.ringOutput}
        isOn={settings.ringtone}
        devices={devices}
        onChoose={(ringOutput) => on.onChange({ ringOutput })}
      />
    </Section>
  );
}
