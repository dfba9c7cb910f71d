/** What an eavesdropper can make of the datagrams: headers, sizes, repetitions, and the payload as sound. */
import { codecKbps, LADDER_KBPS } from '@kyberline/core/voice/bitrate';
import {
  HEADER_BYTES,
  NONCE_BYTES,
  NONCE_OFFSET,
  type PacketHeader,
  readHeader,
  STREAM_NUMBERS,
  TAG_BYTES,
} from '@kyberline/core/voice/packet';
import { VOICE_HEADER_BYTES } from '@kyberline/core/voice/redundancy';
import { fromPcm16, type Sound } from '../rig/sound.js';
import type { Direction, Tapped } from '../rig/udp-proxy.js';

export interface TappedPacket extends Tapped {
  header: PacketHeader;
}

/** What the two daemons sent, without what a test injected. @throws at a datagram that is no packet */
export function packetsOf(tap: readonly Tapped[]): TappedPacket[] {
  return tap
    .filter(({ injected }) => !injected)
    .map((tapped) => {
      const header = readHeader(tapped.bytes);
      if (!header) throw new Error(`${tapped.bytes.length} bytes that are no packet.`);
      return { ...tapped, header };
    });
}

/** The voice of one direction, in the order in which it was sent. */
export function audioOf(tap: readonly Tapped[], direction: Direction): TappedPacket[] {
  return packetsOf(tap).filter(
    ({ direction: way, header }) => way === direction && header.stream === STREAM_NUMBERS.audio,
  );
}

/** Every (epoch, direction, stream, counter) that was used more than once: a nonce under one key. */
export function usedTwice(packets: readonly TappedPacket[]): string[] {
  return repeated(packets, ({ header: { epoch, direction, stream, counter } }) =>
    [epoch, direction, stream, counter].join(' '),
  );
}

/** The same by the nonce's own 12 bytes, whatever they mean. */
export function noncesTwice(packets: readonly TappedPacket[]): string[] {
  return repeated(packets, ({ bytes }) =>
    bytes.toString('hex', NONCE_OFFSET, NONCE_OFFSET + NONCE_BYTES),
  );
}

/** Packets whose direction bit is not the way that they went. */
export function misdirected(packets: readonly TappedPacket[]): TappedPacket[] {
  return packets.filter(({ direction, header }) => direction !== header.direction);
}

const BLOCK_BYTES = 8;

/**
 * Blocks of 8 bytes of sealed payload that stand at more than one place of all packets, tags
 * included. Chance has none in a million blocks; equal plaintext under an equal pad has thousands.
 */
export function repeatedBlocks(packets: readonly TappedPacket[]): number {
  const seen = new Set<bigint>();
  let repeats = 0;
  for (const { bytes } of packets) {
    for (let at = HEADER_BYTES; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
      const block = bytes.readBigUInt64LE(at);
      if (seen.has(block)) repeats++;
      seen.add(block);
    }
  }
  return repeats;
}

/** The sealed payloads one after another, taken for what they would be without sealing: 16 kHz PCM. */
export function asSound(packets: readonly TappedPacket[]): Sound {
  return { rateHz: 16_000, samples: fromPcm16(Buffer.concat(packets.map(sealed))) };
}

/**
 * How unevenly the 256 byte values occur, as chi-squared with 255 degrees of freedom: 255 ± 23 for
 * chance; speech in PCM has a hundred thousand times that.
 */
export function unevenness(packets: readonly TappedPacket[]): number {
  const counts = new Float64Array(256);
  let total = 0;
  for (const packet of packets) {
    for (const byte of sealed(packet)) counts[byte] = counts[byte]! + 1;
    total += sealed(packet).length;
  }
  const expected = total / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Sizes of datagrams, each once. */
export function sizesOf(packets: readonly TappedPacket[]): number[] {
  return [...new Set(packets.map(({ bytes }) => bytes.length))].sort((a, b) => a - b);
}

/** Every size that a packet of Opus can have: 10 or 20 ms at a rate of the ladder, and what it repeats. */
export function sizesOfOpus(): ReadonlySet<number> {
  const sizes = new Set<number>();
  for (const bitrateKbps of LADDER_KBPS) {
    for (const redundancy of [0, 1, 2, 3] as const) {
      for (const frameMs of [10, 20] as const) {
        const kbps = codecKbps({ bitrateKbps, redundancy, frameMs });
        const payload = VOICE_HEADER_BYTES + (1 + redundancy) * ((kbps * frameMs) / 8);
        sizes.add(HEADER_BYTES + payload + TAG_BYTES);
      }
    }
  }
  return sizes;
}

/** When a packet had another size than the one before it, ms. */
export function stepsOf(packets: readonly TappedPacket[]): number[] {
  return packets.flatMap(({ atMs, bytes }, n) =>
    n > 0 && packets[n - 1]!.bytes.length !== bytes.length ? [atMs] : [],
  );
}

/** The packets that arrived here in a stretch of time, performance.now() ms. */
export function between(
  packets: readonly TappedPacket[],
  [fromMs, untilMs]: readonly [number, number],
): TappedPacket[] {
  return packets.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
}

/** The epochs under which something was sent, ascending, without the handshake's. */
export function epochsOf(packets: readonly TappedPacket[]): number[] {
  const epochs = new Set(packets.map(({ header }) => header.epoch));
  return [...epochs].filter((epoch) => epoch !== 0xffff).sort((a, b) => a - b);
}

function sealed({ bytes }: TappedPacket): Buffer {
  return bytes.subarray(HEADER_BYTES, bytes.length - TAG_BYTES);
}

function repeated(
  packets: readonly TappedPacket[],
  name: (packet: TappedPacket) => string,
): string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const packet of packets) {
    const key = name(packet);
    if (seen.has(key)) twice.push(key);
    seen.add(key);
  }
  return twice;
}
