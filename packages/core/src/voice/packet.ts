/**
 * The packet (SPEC 9), the only thing that this program sends over UDP:
 *
 *   0        4                16                       16+n     32+n
 *   | frame# | nonce (12)      | sealed payload (n)      | tag 16 |
 *              epoch u16 | direction 1 bit, stream 7 bits | type u8 | counter u64
 *
 * frame# repeats the low 32 bits of the counter and is checked. All integers are big-endian.
 * This file knows the 16 bytes in front; voice/seal.ts knows what is behind them.
 */

export const HEADER_BYTES = 16;
export const TAG_BYTES = 16;
export const NONCE_OFFSET = 4;
export const NONCE_BYTES = 12;

/** The handshake's epoch: control stream only, keys of SPEC 6. */
export const HANDSHAKE_EPOCH = 0xffff;
/** Would look like STUN's magic cookie (RFC 8489 section 5), so no packet carries it. */
export const STUN_EPOCH = 0x2112;

/** Numbers of the streams that SPEC 8 derives keys for. */
export const STREAM_NUMBERS = { control: 0, audio: 1, video: 2, screen: 3 } as const;

export const PAYLOAD_TYPES = {
  /** Control stream: one whole control message. */
  control: 0x01,
  /** Control stream: a piece of one, see voice/fragment.ts. */
  controlFragment: 0x02,
  /** Media streams: bare PCM16, 640 bytes, 20 ms. */
  pcm16: 0x10,
  /** Media streams: a timestamp, a frame and earlier ones, see voice/redundancy.ts. */
  voice: 0x11,
} as const;

/** A stream stops at this many packets per key (SPEC 9); a rekey is due at half of it (SPEC 8). */
export const PACKETS_PER_KEY = 2 ** 20;
export const PACKETS_UNTIL_REKEY = 2 ** 19;

const COUNTER_OFFSET = 8;
const WORD = 2 ** 32;
/** Counters stay exact as plain numbers below 2^53; real ones end at 2^20. */
const HIGH_WORD_LIMIT = 2 ** 21;

/** What the 16 bytes say. Mutable, so that one object serves a whole stream of packets. */
export interface PacketHeader {
  epoch: number;
  direction: 'A>B' | 'B>A';
  /** 0..127, see STREAM_NUMBERS. */
  stream: number;
  /** 0..255, see PAYLOAD_TYPES. */
  type: number;
  /** 0 ≤ counter < 2^53. */
  counter: number;
}

export function emptyHeader(): PacketHeader {
  return { epoch: 0, direction: 'A>B', stream: 0, type: 0, counter: 0 };
}

/** Writes the first 16 bytes of `packet`; throws RangeError on a field out of its range. */
export function writeHeader(packet: Uint8Array, header: PacketHeader): void {
  const { epoch, direction, stream, type, counter } = header;
  check('epoch', epoch, 0x1_0000);
  if (epoch === STUN_EPOCH) throw new RangeError('epoch 0x2112 is never used (SPEC 9)');
  check('stream', stream, 0x80);
  check('type', type, 0x100);
  check('counter', counter, Number.MAX_SAFE_INTEGER + 1);
  const low = counter % WORD;
  writeWord(packet, 0, low);
  packet[4] = epoch >>> 8;
  packet[5] = epoch & 0xff;
  packet[6] = (direction === 'B>A' ? 0x80 : 0) | stream;
  packet[7] = type;
  writeWord(packet, COUNTER_OFFSET, Math.floor(counter / WORD));
  writeWord(packet, COUNTER_OFFSET + 4, low);
}

/**
 * The inverse of `writeHeader`, into `into`. `undefined` for what cannot be a packet: too short
 * for header and tag, frame# and counter at odds, a counter past 2^53, the STUN epoch.
 */
export function readHeader(
  packet: Uint8Array,
  into: PacketHeader = emptyHeader(),
): PacketHeader | undefined {
  if (packet.length < HEADER_BYTES + TAG_BYTES) return undefined;
  const low = readWord(packet, COUNTER_OFFSET + 4);
  const high = readWord(packet, COUNTER_OFFSET);
  if (readWord(packet, 0) !== low || high >= HIGH_WORD_LIMIT) return undefined;
  const epoch = packet[4]! * 0x100 + packet[5]!;
  if (epoch === STUN_EPOCH) return undefined;
  into.epoch = epoch;
  into.direction = packet[6]! >= 0x80 ? 'B>A' : 'A>B';
  into.stream = packet[6]! & 0x7f;
  into.type = packet[7]!;
  into.counter = high * WORD + low;
  return into;
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function readWord(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  );
}

function check(field: string, value: number, limit: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= limit) {
    throw new RangeError(`${field} of a packet is out of range: ${value}`);
  }
}
