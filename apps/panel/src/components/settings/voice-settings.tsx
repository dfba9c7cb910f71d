'use client';
/** How one's own voice is treated before it leaves, and how it travels. */
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { type CodecName, codecName, type Processing } from '@kyberline/shared/voice';
import { CODEC_WORDS, PROCESSING_WORDS } from '../../words/voice-words';
import { RadioCards } from '../ui/radio-cards';
import { Switch } from '../ui/switch';
import { Section } from './section';

type Props = {
  settings: StateSnapshot['settings'];
  onChange: (change: { codec?: CodecName; processing?: Partial<Processing> }) => void;
};

export function VoiceSettings({ settings, onChange }: Props) {
  return (
    <Section
      title="Your voice"
      intro="Done on this machine, before anything is encrypted. A change holds at once, in a call too."
    >
      {PROCESSING_WORDS.map(({ name, label, hint }) => (
        <Switch
          key={name}
          label={label}
          hint={hint}
          checked={settings.processing[name]}
          onChange={(on) => onChange({ processing: { [name]: on } })}
        />
      ))}
      <div>
        <p className="mb-2.5 font-medium">How it travels</p>
        <RadioCards
          label="How your voice travels"
          value={settings.codec}
          cards={codecName.options.map((value) => ({ value, ...CODEC_WORDS[value] }))}
          onChange={(value) => {
            const codec = codecName.safeParse(value).data;
            if (codec !== undefined) onChange({ codec });
          }}
        />
      </div>
    </Section>
  );
}
