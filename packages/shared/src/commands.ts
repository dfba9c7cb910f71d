/** Inputs of the daemon's tRPC procedures. The procedure names are the keys of `commands`. */
import { z } from 'zod';
import { deviceChoice, ringChoice } from './devices.js';
import { callId, fingerprint, suiteId, userName } from './ids.js';
import { codecName, processing } from './voice.js';

export const commands = {
  /** Take a name at the registry; makes the identity on first use. */
  register: z.object({ name: userName }),
  unregister: z.object({}),
  /** The procedure is `placeCall`: tRPC keeps `call` to itself. */
  call: z.object({ name: userName }),
  /** Without a callId: the one call to which it can apply. */
  answer: z.object({ callId: callId.optional() }),
  reject: z.object({ callId: callId.optional() }),
  hangup: z.object({ callId: callId.optional() }),
  mute: z.object({ callId: callId.optional(), muted: z.boolean() }),
  /** "They match" for the four words of a running call. */
  verifyWords: z.object({ callId, match: z.boolean() }),
  /** Trust the new key of a contact whose key changed: the one that was shown, and no newer one. */
  resetContact: z.object({ name: userName, fingerprint: fingerprint.optional() }),
  changeSettings: z.object({
    registryUrl: z.url().optional(),
    suite: suiteId.optional(),
    input: deviceChoice.optional(),
    output: deviceChoice.optional(),
    autoAnswer: z.boolean().optional(),
    ringtone: z.boolean().optional(),
    ringOutput: ringChoice.optional(),
    codec: codecName.optional(),
    /** The switches that are to change; the others stay as they are. */
    processing: processing.partial().optional(),
  }),
  /** Open the microphone for a level meter without a call, for at most 60 s at a time. */
  testMicrophone: z.object({ on: z.boolean() }),
  /** Record the microphone for three seconds, then play that. Not during a call. */
  testRecording: z.object({ on: z.boolean() }),
  /** Play a chime on the loudspeaker. Not during a call. */
  testSpeaker: z.object({ on: z.boolean() }),
  history: z.object({ limit: z.number().int().min(1).max(1000).default(200) }),
} as const;
