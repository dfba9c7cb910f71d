/** Sound devices as a person sees them. */
import { z } from 'zod';

/** `portaudio` = a sound card, `file` = WAV in and WAV out, `silence` = paced zeros, output dropped. */
export const deviceKind = z.enum(['portaudio', 'file', 'silence', 'echo']);
export type DeviceKind = z.infer<typeof deviceKind>;

/**
 * A choice in one string, as options and settings take it:
 * `default`, `portaudio:<id or name>`, `file:<path>`, `silence`.
 */
export const deviceChoice = z
  .string()
  .min(1)
  .max(1024)
  .regex(
    /^(default|silence|portaudio:.+|file:.+)$/,
    'default, silence, portaudio:NAME or file:PATH',
  );
export type DeviceChoice = z.infer<typeof deviceChoice>;

/** Where an incoming call is heard: in the browser's page, or on a loudspeaker of the engine's. */
export const ringChoice = z.union([z.literal('panel'), deviceChoice]);
export type RingChoice = z.infer<typeof ringChoice>;

export const soundDevice = z.object({
  id: z.string(),
  name: z.string(),
  inputChannels: z.number().int(),
  outputChannels: z.number().int(),
  isDefault: z.boolean(),
});
export type SoundDevice = z.infer<typeof soundDevice>;

/** What one end of the sound path is using now, and the sentence that says why. */
export const deviceInUse = z.object({
  choice: z.string(),
  kind: deviceKind,
  name: z.string(),
  why: z.string(),
  state: z.enum(['closed', 'running', 'restarting', 'failed']),
});
export type DeviceInUse = z.infer<typeof deviceInUse>;
