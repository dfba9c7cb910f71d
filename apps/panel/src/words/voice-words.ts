/** What the panel says about how one's own voice is treated and how it travels. */
import type { CodecName, Processing } from '@kyberline/shared/voice';

type Words = { label: string; hint: string };

export const PROCESSING_WORDS: readonly (Words & { name: keyof Processing })[] = [
  {
    name: 'highPass',
    label: 'Rumble filter',
    hint: 'Steps, wind and a humming table stay out of your voice.',
  },
  {
    name: 'echoCancellation',
    label: 'Echo cancellation',
    hint: 'What your speaker plays is taken out again, so that the others do not hear themselves.',
  },
  {
    name: 'noiseSuppression',
    label: 'Noise suppression',
    hint: 'Fans, keyboards and the street fade; your voice stays.',
  },
  {
    name: 'autoGain',
    label: 'Even loudness',
    hint: 'You are as loud close to the microphone as away from it, and never distorted.',
  },
  {
    name: 'disguise',
    label: 'Disguise your voice',
    hint: 'Every call gives you another voice. It does not hide your words, your rhythm or your accent, and whoever knows you may recognise you by them.',
  },
];

export const CODEC_WORDS: Record<CodecName, Words> = {
  opus: {
    label: 'Compressed, full band (Opus)',
    hint: 'The usual choice. Sounds as good as it can, and copes best with a poor network.',
  },
  pcm48: {
    label: 'Uncompressed, full band, 1 Mbit/s',
    hint: 'Nothing is left out. For a good network only.',
  },
  pcm16: {
    label: 'Uncompressed, narrow, as the replaced system',
    hint: 'To compare with it, and for programs that know nothing else.',
  },
};
