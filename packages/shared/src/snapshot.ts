/**
 * The daemon's one state snapshot. The panel and the command show it and derive nothing:
 * `state` arrives on every change, `levels` at 10 Hz, `counters` at 1 Hz.
 */
import { z } from 'zod';
import { deviceInUse, ringChoice, soundDevice } from './devices.js';
import { endReason } from './endings.js';
import { callId, fingerprint, registryId, suiteId, userName } from './ids.js';
import { codecName, processing, voiceWarning } from './voice.js';

/** Where a call is in its life. One word per stage that a person can tell apart. */
export const callPhase = z.enum([
  'looking-up',
  'ringing-there',
  'ringing-here',
  'connecting',
  'active',
  'reconnecting',
  'ended',
]);
export type CallPhase = z.infer<typeof callPhase>;

/** How far a contact's key is trusted on this machine (SPEC 2). */
export const trust = z.enum(['new', 'seen', 'verified', 'changed']);
export type Trust = z.infer<typeof trust>;

export const callView = z.object({
  callId,
  direction: z.enum(['outgoing', 'incoming']),
  peer: userName,
  peerFingerprint: fingerprint.optional(),
  trust,
  phase: callPhase,
  /** Unix ms; when this call was placed or first rang. */
  startedAt: z.number(),
  /** Unix ms; when voice was first allowed. */
  connectedAt: z.number().optional(),
  endedAt: z.number().optional(),
  endReason: endReason.optional(),
  /** The ending in words, ready to show. */
  endSentence: z.string().optional(),
  suite: suiteId.optional(),
  epoch: z.number().int().optional(),
  codec: z.string().optional(),
  /** The four words and emoji of SPEC 7, once both confirms have verified. */
  words: z.array(z.string()).length(4).optional(),
  emoji: z.array(z.string()).length(4).optional(),
  muted: z.boolean(),
  peerMuted: z.boolean(),
});
export type CallView = z.infer<typeof callView>;

export const registryView = z.object({
  url: z.string(),
  state: z.enum(['connecting', 'push', 'polling', 'unreachable']),
  registryId: registryId.optional(),
  /** Server's clock minus ours, ms. */
  clockOffsetMs: z.number().optional(),
  /** What is wrong and what to do, when something is. */
  problem: z.string().optional(),
});
export type RegistryView = z.infer<typeof registryView>;

export const personView = z.object({
  name: userName,
  online: z.boolean(),
  isEcho: z.boolean(),
  trust,
  /** The pinned key. */
  fingerprint: fingerprint.optional(),
  /** The key that was seen instead of the pinned one, while `trust` is `changed`. */
  newFingerprint: fingerprint.optional(),
});
export type PersonView = z.infer<typeof personView>;

/** What a test of the sound devices does now: `tone` is the loudspeaker's chime. */
export const soundTest = z.enum(['idle', 'recording', 'playing', 'tone']);
export type SoundTest = z.infer<typeof soundTest>;

export const stateSnapshot = z.object({
  version: z.string(),
  me: z.object({ name: userName, fingerprint, registered: z.boolean() }).optional(),
  settings: z.object({
    registryUrl: z.string(),
    suite: suiteId,
    input: z.string(),
    output: z.string(),
    autoAnswer: z.boolean(),
    ringtone: z.boolean(),
    ringOutput: ringChoice,
    codec: codecName,
    processing,
  }),
  registry: registryView,
  engine: z.object({
    state: z.enum(['starting', 'running', 'restarting', 'failed']),
    udpPort: z.number().int(),
    restarts: z.number().int(),
    problem: z.string().optional(),
  }),
  input: deviceInUse,
  output: deviceInUse,
  devices: z.array(soundDevice),
  soundTest,
  /** What is wrong with one's own microphone now, while a call or a meter has it open. */
  warnings: z.array(voiceWarning),
  people: z.array(personView),
  /** The calls that are alive, and each ended one for 10 s so that its ending can be read. */
  calls: z.array(callView),
  /** Grows by one whenever a row of the history changed: fetch it again. */
  historyRevision: z.number().int(),
});
export type StateSnapshot = z.infer<typeof stateSnapshot>;

/** RMS levels in dBFS, -100 (silence) to 0. */
export const levels = z.object({
  input: z.number(),
  output: z.number(),
  calls: z.array(z.object({ callId, heard: z.number() })),
});
export type Levels = z.infer<typeof levels>;

export const callCounters = z.object({
  callId,
  sent: z.number().int(),
  /** Bytes of the voice packets sent, headers and tags included. */
  sentBytes: z.number().int(),
  received: z.number().int(),
  played: z.number().int(),
  lost: z.number().int(),
  late: z.number().int(),
  duplicate: z.number().int(),
  replayed: z.number().int(),
  forged: z.number().int(),
  malformed: z.number().int(),
  /** Stretches of 10 ms that had to be made up. */
  concealed: z.number().int(),
  /** Frames whose packet was lost and which a later packet brought in time. */
  repaired: z.number().int(),
  discarded: z.number().int(),
  captured: z.number().int(),
  inputOverruns: z.number().int(),
  outputUnderruns: z.number().int(),
  /** Packets whose frame waits in the jitter buffer now: received = played + late + duplicate + discarded + buffered. */
  buffered: z.number().int(),
  /** Sound waiting in the jitter buffer now, and its target, in ms. */
  jitterBufferMs: z.number(),
  jitterTargetMs: z.number(),
  /** How long the quickest frames wait there in fact, ms. */
  jitterDelayMs: z.number(),
  /** RFC 3550 section 6.4.1 interarrival jitter, ms. */
  jitterMs: z.number(),
  /** Minimum-filtered round trip of control pings, ms; absent before the first pong. */
  roundTripMs: z.number().optional(),
  /** How much faster the peer's sound card runs than ours, parts per million. */
  driftPpm: z.number(),
  /** How this side's voice leaves now: rate of the codec alone, and earlier frames in each packet. */
  sending: z.object({
    codec: codecName,
    frameMs: z.number().int(),
    bitrateKbps: z.number(),
    redundancy: z.number().int(),
  }),
  /** From the peer's lips to this side's ear, ms, and what each stage has of it; absent until known. */
  mouthToEarMs: z.number().optional(),
  budget: z
    .object({
      inputMs: z.number(),
      framingMs: z.number(),
      processingMs: z.number(),
      codecMs: z.number(),
      networkMs: z.number(),
      waitingMs: z.number(),
      outputMs: z.number(),
    })
    .optional(),
  /** Share of the last 5 s of frames that did not arrive in time, 0 to 1. */
  lossRatio: z.number(),
});
export type CallCounters = z.infer<typeof callCounters>;

export const counters = z.object({
  calls: z.array(callCounters),
  /** Datagrams that belonged to no call. */
  strayDatagrams: z.number().int(),
  leaseWaits: z.number().int(),
});
export type Counters = z.infer<typeof counters>;

export const snapshotEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), state: stateSnapshot }),
  z.object({ type: z.literal('levels'), levels }),
  z.object({ type: z.literal('counters'), counters }),
]);
export type SnapshotEvent = z.infer<typeof snapshotEvent>;
