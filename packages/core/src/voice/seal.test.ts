import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gcmSeal } from '../crypto/kdf.js';
import { HEADER_BYTES, type PacketHeader, TAG_BYTES, writeHeader } from './packet.js';
import { openPacket, sealPacket } from './seal.js';

const KEY = new Uint8Array(32).fill(1);
const CALL = new Uint8Array(16).fill(2);
const HEADER: PacketHeader = { epoch: 5, direction: 'A>B', stream: 1, type: 0x10, counter: 9 };

function packetOf(payload: Uint8Array, header = HEADER): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES + payload.length + TAG_BYTES);
  writeHeader(packet, header);
  packet.set(payload, HEADER_BYTES);
  sealPacket(KEY, CALL, packet, payload.length);
  return packet;
}

describe('a sealed packet', () => {
  it('opens to what was sealed, in place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1200 }), (payload) => {
        const packet = packetOf(payload);
        expect(packet.length).toBe(32 + payload.length);
        expect(openPacket(KEY, CALL, packet)).toBe(payload.length);
        expect(packet.subarray(HEADER_BYTES, HEADER_BYTES + payload.length)).toEqual(payload);
      }),
    );
  });

  it('is AES-256-GCM with the nonce at byte 4 and header ‖ callId as AAD', () => {
    const payload = Uint8Array.from({ length: 640 }, (_, i) => i);
    const packet = packetOf(payload);
    const aad = Uint8Array.of(...packet.subarray(0, 16), ...CALL);
    expect(packet.subarray(16)).toEqual(gcmSeal(KEY, packet.subarray(4, 16), aad, payload));
    expect(packet.length).toBe(672);
  });

  it('does not open for another call, epoch, direction, stream, type or counter', () => {
    const other = new Uint8Array(16).fill(3);
    expect(openPacket(KEY, other, packetOf(new Uint8Array(8)))).toBeUndefined();
    for (const change of [
      { epoch: 6 },
      { direction: 'B>A' as const },
      { stream: 0 },
      { type: 0x11 },
      { counter: 10 },
    ]) {
      const packet = packetOf(new Uint8Array(8));
      writeHeader(packet, { ...HEADER, ...change });
      expect(openPacket(KEY, CALL, packet)).toBeUndefined();
    }
  });

  it('does not open with another key', () => {
    const packet = packetOf(new Uint8Array(8));
    expect(openPacket(new Uint8Array(32).fill(7), CALL, packet)).toBeUndefined();
  });

  it('does not open after any one bit has changed, and stays as it came', () => {
    const packet = packetOf(Uint8Array.of(1, 2, 3, 4, 5));
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const bent = packet.slice();
      bent[bit >> 3] = bent[bit >> 3]! ^ (1 << (bit & 7));
      const before = bent.slice();
      expect(openPacket(KEY, CALL, bent)).toBeUndefined();
      expect(bent).toEqual(before);
    }
  });

  it('does not open when cut anywhere', () => {
    const packet = packetOf(new Uint8Array(40).fill(9));
    for (let n = 0; n < packet.length; n++) {
      expect(openPacket(KEY, CALL, packet.slice(0, n))).toBeUndefined();
    }
  });

  it('is not made where there is no room for its tag', () => {
    expect(() => sealPacket(KEY, CALL, new Uint8Array(47), 16)).toThrow(RangeError);
  });
});
