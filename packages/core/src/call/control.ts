/**
 * Control messages (SPEC 9), as they stand inside a sealed packet of the control stream:
 *
 *   | kind u8 | body |
 *
 * Whole messages only: what exceeds one packet is cut by voice/fragment.ts. Readers return
 * `undefined` for anything that is not exactly one message.
 */
import { PACKETS_PER_KEY } from '../voice/packet.js';
import { fields, layout } from './fields.js';

export const BYE_REASONS = [
  'hung-up',
  'program-stopped',
  'key-expired',
  'words-differ',
  'media-failed',
] as const;
export type ByeReason = (typeof BYE_REASONS)[number];

/** As in MODE and in payloads of type 0x11. */
export const CODEC_IDS = { pcm16: 1, opus: 2, pcm48: 3 } as const;

/** What the sender of this has received, since the call began or, where it says so, since its last report. */
export interface Report {
  /** The last MODE that it has seen. */
  modeSequence: number;
  received: number;
  lost: number;
  /** 10 ms each. */
  concealed: number;
  /** RFC 3550 section 6.4.1. */
  jitterMicros: number;
  /** Share of the packets since the last report that did not come, 0 to 1, in 1/65535. */
  lossRatio: number;
  /** The longest run of them, at most 255. */
  longestBurst: number;
  /** One-way delay above the least of the last half minute, ms, at most 65,535. */
  queueMs: number;
  /** How fast that grows, ms per s, -32,768 to 32,767. */
  delayTrend: number;
  /** How much faster the peer's sound card runs than ours, ppm, -32,768 to 32,767. */
  driftPpm: number;
}

/** When this side's voice was spoken, so that the other one can say how late it hears it. */
export interface Spoken {
  /** On the sender's monotonic clock, µs, … */
  atMicros: number;
  /** … the sound of this place of its timeline was at the microphone: 48 kHz ticks, < 2^40. */
  ticks: number;
  /** What of the delay is this side's: sound card, processing, codec; ms, at most 6553.5, to 0.1. */
  deviceMs: number;
  processingMs: number;
  codecMs: number;
}

export type ControlMessage =
  /** Opens the sender's firewall towards a candidate; carries nothing. */
  | { kind: 'PROBE' }
  /** SPEC 6: 64 bytes (nonce ‖ HMAC) from A, 32 bytes (HMAC) from B. */
  | { kind: 'CONFIRM'; proof: Uint8Array }
  /** Monotonic clock of the sender, µs. */
  | { kind: 'PING'; id: number; sentMicros: number }
  /** `sentMicros` is the ping's; `answeredMicros` the answerer's own clock, for an offset estimate. */
  | { kind: 'PONG'; id: number; sentMicros: number; answeredMicros: number }
  /** What the sender received so far; `modeSequence` is the last MODE it has seen. */
  | ({ kind: 'REPORT' } & Report)
  /** SPEC 8. The bytes of LV(u16 e+1, …) as schedule.ts makes them. */
  | { kind: 'REQ'; bytes: Uint8Array }
  | { kind: 'ACK'; bytes: Uint8Array }
  | { kind: 'FIN'; epoch: number; proof: Uint8Array }
  /** The callee wants a rekey. */
  | { kind: 'ASK' }
  | { kind: 'BYE'; reason: ByeReason }
  /**
   * How the sender's audio is to be read: in `epoch`, the packet with `counter` stands at
   * `timestamp` (48 kHz samples since the call's first frame), each next one `frameMs` later.
   */
  | {
      kind: 'MODE';
      sequence: number;
      codec: number;
      frameMs: number;
      muted: boolean;
      held: boolean;
      epoch: number;
      counter: number;
      timestamp: number;
    }
  | ({ kind: 'SPOKEN' } & Spoken)
  /** 8 random bytes; PATH_OK echoes them from the address that was asked. */
  | { kind: 'PATH'; challenge: Uint8Array }
  | { kind: 'PATH_OK'; challenge: Uint8Array };

export type ControlKind = ControlMessage['kind'];

const KIND_BYTES: Record<ControlKind, number> = {
  PROBE: 0x01,
  CONFIRM: 0x02,
  PING: 0x03,
  PONG: 0x04,
  REPORT: 0x05,
  REQ: 0x06,
  ACK: 0x07,
  FIN: 0x08,
  ASK: 0x09,
  BYE: 0x0a,
  MODE: 0x0b,
  PATH: 0x0c,
  PATH_OK: 0x0d,
  SPOKEN: 0x0e,
};
const KINDS = new Map(
  Object.entries(KIND_BYTES).map(([kind, byte]) => [byte, kind as ControlKind]),
);

const PATH_CHALLENGE_BYTES = 8;
const FIN_PROOF_BYTES = 32;
/** MODE: 265 days of a call. Sums of such times stay far from 2^53, where adding 1 adds nothing. */
const TIMESTAMP_END = 2 ** 40;
/** Shares are written in so many parts, signed 16-bit numbers with so much added. */
const SHARES = 65_535;
const SIGNED_ZERO = 32_768;
const TENTHS = 10;
const MUTED = 1;
const HELD = 2;

/** Writes one message. Integers must be in the range of their field; a breach throws RangeError. */
export function encodeControl(message: ControlMessage): Uint8Array {
  const body = encodeBody(message);
  const bytes = new Uint8Array(1 + body.length);
  bytes[0] = KIND_BYTES[message.kind];
  bytes.set(body, 1);
  return bytes;
}

/** Reads one message; `undefined` if it is anything but a whole one. Byte fields are views. */
export function decodeControl(bytes: Uint8Array): ControlMessage | undefined {
  const kind = bytes[0] === undefined ? undefined : KINDS.get(bytes[0]);
  return kind && DECODERS[kind](bytes.subarray(1));
}

function encodeBody(message: ControlMessage): Uint8Array {
  switch (message.kind) {
    case 'PROBE':
    case 'ASK':
      return new Uint8Array(0);
    case 'CONFIRM':
      return message.proof;
    case 'REQ':
    case 'ACK':
      return message.bytes;
    case 'PATH':
    case 'PATH_OK':
      return message.challenge;
    case 'PING':
      return layout([4, message.id], [8, message.sentMicros]);
    case 'PONG':
      return layout([4, message.id], [8, message.sentMicros], [8, message.answeredMicros]);
    case 'REPORT':
      return layout(
        [1, message.modeSequence],
        [4, message.received],
        [4, message.lost],
        [4, message.concealed],
        [4, message.jitterMicros],
        [2, toShares(message.lossRatio)],
        [1, message.longestBurst],
        [2, message.queueMs],
        [2, message.delayTrend + SIGNED_ZERO],
        [2, message.driftPpm + SIGNED_ZERO],
      );
    case 'SPOKEN':
      return layout(
        [8, message.atMicros],
        [8, message.ticks],
        [2, Math.round(message.deviceMs * TENTHS)],
        [2, Math.round(message.processingMs * TENTHS)],
        [2, Math.round(message.codecMs * TENTHS)],
      );
    case 'FIN': {
      const bytes = new Uint8Array(2 + FIN_PROOF_BYTES);
      bytes.set(layout([2, message.epoch]));
      bytes.set(message.proof, 2);
      return bytes;
    }
    case 'BYE':
      return Uint8Array.of(BYE_REASONS.indexOf(message.reason));
    case 'MODE':
      return layout(
        [1, message.sequence],
        [1, message.codec],
        [1, message.frameMs],
        [1, (message.muted ? MUTED : 0) | (message.held ? HELD : 0)],
        [2, message.epoch],
        [8, message.counter],
        [8, message.timestamp],
      );
  }
}

/** Not rounded into its range, as one just beyond an end would be. */
function toShares(ratio: number): number {
  return ratio >= 0 && ratio <= 1 ? Math.round(ratio * SHARES) : Number.NaN;
}

type Numbers = [number, number, number, number, number];
type Decoder = (body: Uint8Array) => ControlMessage | undefined;

const DECODERS: Record<ControlKind, Decoder> = {
  PROBE: (body) => (body.length === 0 ? { kind: 'PROBE' } : undefined),
  ASK: (body) => (body.length === 0 ? { kind: 'ASK' } : undefined),
  CONFIRM: (body) =>
    body.length === 32 || body.length === 64 ? { kind: 'CONFIRM', proof: body } : undefined,
  REQ: (body) => (body.length > 0 ? { kind: 'REQ', bytes: body } : undefined),
  ACK: (body) => (body.length > 0 ? { kind: 'ACK', bytes: body } : undefined),
  PATH: (body) =>
    body.length === PATH_CHALLENGE_BYTES ? { kind: 'PATH', challenge: body } : undefined,
  PATH_OK: (body) =>
    body.length === PATH_CHALLENGE_BYTES ? { kind: 'PATH_OK', challenge: body } : undefined,
  PING: (body) => {
    const [id, sentMicros] = fields(body, 4, 8) ?? [];
    return id === undefined || sentMicros === undefined
      ? undefined
      : { kind: 'PING', id, sentMicros };
  },
  PONG: (body) => {
    const [id, sentMicros, answeredMicros] = fields(body, 4, 8, 8) ?? [];
    return id === undefined || sentMicros === undefined || answeredMicros === undefined
      ? undefined
      : { kind: 'PONG', id, sentMicros, answeredMicros };
  },
  REPORT: (body) => {
    const all = fields(body, 1, 4, 4, 4, 4, 2, 1, 2, 2, 2);
    if (!all) return undefined;
    const [modeSequence, received, lost, concealed, jitterMicros] = all as Numbers;
    const [lossRatio, longestBurst, queueMs, trend, drift] = all.slice(5) as Numbers;
    return {
      kind: 'REPORT',
      modeSequence,
      received,
      lost,
      concealed,
      jitterMicros,
      lossRatio: lossRatio / SHARES,
      longestBurst,
      queueMs,
      delayTrend: trend - SIGNED_ZERO,
      driftPpm: drift - SIGNED_ZERO,
    };
  },
  SPOKEN: (body) => {
    const all = fields(body, 8, 8, 2, 2, 2);
    if (!all) return undefined;
    const [atMicros, ticks, device, processing, codec] = all as Numbers;
    if (ticks >= TIMESTAMP_END) return undefined;
    const ms = { deviceMs: device / TENTHS, processingMs: processing / TENTHS };
    return { kind: 'SPOKEN', atMicros, ticks, ...ms, codecMs: codec / TENTHS };
  },
  FIN: (body) => {
    if (body.length !== 2 + FIN_PROOF_BYTES) return undefined;
    const [epoch] = fields(body.subarray(0, 2), 2) ?? [];
    return epoch === undefined ? undefined : { kind: 'FIN', epoch, proof: body.subarray(2) };
  },
  BYE: (body) => {
    const reason = body.length === 1 ? BYE_REASONS[body[0] ?? -1] : undefined;
    return reason && { kind: 'BYE', reason };
  },
  MODE: (body) => {
    const [sequence, codec, frameMs, flags, epoch, counter, timestamp] =
      fields(body, 1, 1, 1, 1, 2, 8, 8) ?? [];
    if (sequence === undefined || codec === undefined || frameMs === undefined) return undefined;
    if (flags === undefined || flags > (MUTED | HELD) || epoch === undefined) return undefined;
    if (counter === undefined || counter >= PACKETS_PER_KEY) return undefined;
    if (timestamp === undefined || timestamp >= TIMESTAMP_END) return undefined;
    return {
      kind: 'MODE',
      sequence,
      codec,
      frameMs,
      muted: (flags & MUTED) !== 0,
      held: (flags & HELD) !== 0,
      epoch,
      counter,
      timestamp,
    };
  },
};
