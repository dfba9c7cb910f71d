/** How a voice is treated before it leaves, and how it travels: what a person can switch. */
import { z } from 'zod';

/** `opus` compressed, `pcm48` uncompressed, `pcm16` uncompressed as the replaced system sent it. */
export const codecName = z.enum(['opus', 'pcm48', 'pcm16']);
export type CodecName = z.infer<typeof codecName>;

/** What is done to the microphone's sound; each by itself, at any time. */
export const processing = z.object({
  /** Rumble below 80 Hz goes. */
  highPass: z.boolean(),
  /** What the loudspeaker plays is taken out of what the microphone hears. */
  echoCancellation: z.boolean(),
  noiseSuppression: z.boolean(),
  /** The voice is brought to one loudness, and never clips. */
  autoGain: z.boolean(),
  /** Pitch and sound of the voice are changed, anew for each call; words and rhythm are not. */
  disguise: z.boolean(),
});
export type Processing = z.infer<typeof processing>;

export const USUAL_PROCESSING: Processing = {
  highPass: true,
  echoCancellation: true,
  noiseSuppression: true,
  autoGain: true,
  disguise: false,
};

/** The microphone as it is, for tests, benches and the echo contact. */
export const NO_PROCESSING: Processing = {
  highPass: false,
  echoCancellation: false,
  noiseSuppression: false,
  autoGain: false,
  disguise: false,
};

/** What is wrong with what leaves here, each with a sentence of its own for the person. */
export const voiceWarning = z.enum([
  'speaking-while-muted',
  'silent-microphone',
  'clipping',
  'echo-heard-by-others',
]);
export type VoiceWarning = z.infer<typeof voiceWarning>;
