/**
 * What the registry and a daemon say to each other as JSON (SPEC 12). Bytes travel as base64.
 * Field names follow the system that this one replaces where it had the field.
 */
import { z } from 'zod';
import { callId, fingerprint, registryId, userName } from './ids.js';

export const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'base64');

export const callStatus = z.enum([
  'ringing',
  'active',
  'rejected',
  'ended',
  'missed',
  'cancelled',
  'busy',
]);
export type CallStatus = z.infer<typeof callStatus>;

/** Why a callee's daemon turned an offer down; `declined` is the person's own choice. */
export const rejectReason = z.enum([
  'declined',
  'busy',
  'stale-bundle',
  'clock-wrong',
  'key-changed',
  'refused',
]);
export type RejectReason = z.infer<typeof rejectReason>;

export const callRecord = z.object({
  call_id: callId,
  caller_username: userName,
  callee_username: userName,
  status: callStatus,
  reason: rejectReason.optional(),
  offer: base64,
  answer: base64.optional(),
  created_at: z.number().int(),
});
export type CallRecord = z.infer<typeof callRecord>;

/** First without `proof`: answered by 401 with a challenge. Then the same with `proof`. */
export const registerRequest = z.object({
  username: userName,
  bundle: base64,
  machine_id: z.string().regex(/^[0-9a-f]{32}$/),
  proof: z
    .object({
      challenge: base64,
      ed_signature: base64,
      mldsa_signature: base64,
      previous: z
        .object({
          ed_public: base64,
          mldsa_public: base64,
          ed_signature: base64,
          mldsa_signature: base64,
        })
        .optional(),
    })
    .optional(),
});
export type RegisterRequest = z.infer<typeof registerRequest>;

export const registerResponse = z.object({
  username: userName,
  fingerprint,
  registry_id: registryId,
});
export type RegisterResponse = z.infer<typeof registerResponse>;

export const challengeResponse = z.object({ challenge: base64, registry_id: registryId });
export type ChallengeResponse = z.infer<typeof challengeResponse>;

export const person = z.object({ username: userName, online: z.boolean() });
export type Person = z.infer<typeof person>;
export const peopleResponse = z.object({ users: z.array(person) });

export const bundleResponse = z.object({
  username: userName,
  online: z.boolean(),
  bundle: base64,
});
export type BundleResponse = z.infer<typeof bundleResponse>;

export const initiateRequest = z.object({
  call_id: callId,
  caller_username: userName,
  callee_username: userName,
  offer: base64,
});
export type InitiateRequest = z.infer<typeof initiateRequest>;

export const acceptRequest = z.object({ call_id: callId, answer: base64 });
export type AcceptRequest = z.infer<typeof acceptRequest>;
export const rejectRequest = z.object({
  call_id: callId,
  reason: rejectReason.default('declined'),
});
export type RejectRequest = z.infer<typeof rejectRequest>;
/** `no-answer`: the caller's own ring time is over, so the callee missed the call. */
export const hangupReason = z.enum(['no-answer']);
export type HangupReason = z.infer<typeof hangupReason>;
export const hangupRequest = z.object({ call_id: callId, reason: hangupReason.optional() });
export type HangupRequest = z.infer<typeof hangupRequest>;

export const callResponse = z.object({ call: callRecord });
export const pendingResponse = z.object({ calls: z.array(callRecord) });

export const healthResponse = z.object({
  status: z.literal('ok'),
  registry_id: registryId,
  time: z.number().int(),
  version: z.string(),
});
export type HealthResponse = z.infer<typeof healthResponse>;

/** Every refusal: a stable code and a sentence that says what to do. */
export const errorResponse = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});
export type ErrorResponse = z.infer<typeof errorResponse>;

/** Pushed over the WebSocket at /api/events. */
export const registryEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), registry_id: registryId, time: z.number().int() }),
  z.object({ type: z.literal('call'), call: callRecord }),
  z.object({ type: z.literal('presence'), username: userName, online: z.boolean() }),
  /** This name was registered from another machine; this one no longer gets its calls. */
  z.object({ type: z.literal('replaced') }),
]);
export type RegistryEvent = z.infer<typeof registryEvent>;

/**
 * Headers of a signed request (SPEC 12): the name; Unix milliseconds in decimal; 16 random bytes
 * as base64; the 64-byte Ed25519 signature as base64. What is signed as "path and query" is what
 * stands in the request line; the body of a GET, a DELETE or an upgrade counts as empty.
 */
export const SIGNED_HEADERS = {
  user: 'x-kyberline-user',
  millis: 'x-kyberline-time',
  nonce: 'x-kyberline-nonce',
  signature: 'x-kyberline-signature',
} as const;

/**
 * Where the events are pushed: a WebSocket whose upgrade request is signed as a GET. With
 * `?machine_id=` (also on the pending route) a machine whose name was taken over is told so
 * even if it was away when that happened. A client only listens; what it says closes the socket.
 */
export const EVENTS_PATH = '/api/events';

/** WebSocket close codes of the events socket, beside the standard ones. */
export const EVENTS_CLOSE = {
  /** The name now belongs to another machine; comes right after the `replaced` event. */
  replaced: 4001,
  /** The same machine opened a newer socket. */
  superseded: 4002,
  /** The name was given up. */
  unregistered: 4003,
} as const;
