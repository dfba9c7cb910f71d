/** One row of the call history as the panel and the command read it. */
import { z } from 'zod';
import { endReason } from './endings.js';
import { callId, fingerprint, suiteId, userName } from './ids.js';

export const historyEntry = z.object({
  callId,
  peer: userName,
  peerFingerprint: fingerprint.optional(),
  direction: z.enum(['outgoing', 'incoming']),
  startedAt: z.number(),
  connectedAt: z.number().optional(),
  endedAt: z.number().optional(),
  endReason: endReason.optional(),
  endSentence: z.string().optional(),
  suite: suiteId.optional(),
  /** Seconds of voice, 0 if it never connected. */
  durationSeconds: z.number(),
});
export type HistoryEntry = z.infer<typeof historyEntry>;
