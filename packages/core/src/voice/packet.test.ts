import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyHeader,
  HEADER_BYTES,
  type PacketHeader,
  readHeader,
  STUN_EPOCH,
  TAG_BYTES,
  writeHeader,
} from './packet.js';

const anyHeader: fc.Arbitrary<PacketHeader> = fc.record({
  epoch: fc.integer({ min: 0, max: 0xffff }).filter((epoch) => epoch !== STUN_EPOCH),
  direction: fc.constantFrom('A>B' as const, 'B>A' as const),
  stream: fc.integer({ min: 0, max: 0x7f }),
  type: fc.integer({ min: 0, max: 0xff }),
  counter: fc.oneof(
    fc.integer({ min: 0, max: 2 ** 20 }),
    fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  ),
});

const write = (header: PacketHeader): Uint8Array => {
  const packet = new Uint8Array(HEADER_BYTES + TAG_BYTES);
  writeHeader(packet, header);
  return packet;
};
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe("a packet's header", () => {
  it('has the bytes that SPEC 9 draws', () => {
    const first = { epoch: 0x0102, direction: 'A>B', stream: 1, type: 0x10, counter: 3 } as const;
    expect(hex(write(first).subarray(0, 16))).toBe(
      `00000003${'0102'}${'01'}${'10'}${'0000000000000003'}`,
    );
    const second = { ...first, direction: 'B>A', stream: 0x7f, counter: 0x1_0000_0002 } as const;
    expect(hex(write(second).subarray(0, 16))).toBe('000000020102ff100000000100000002');
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(anyHeader, (header) => {
        expect(readHeader(write(header))).toEqual(header);
      }),
    );
  });

  it('gives every (epoch, direction, stream, type, counter) bytes of its own', () => {
    fc.assert(
      fc.property(anyHeader, anyHeader, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(hex(write(a)) === hex(write(b))).toBe(same);
      }),
    );
  });

  it('is refused in front of anything shorter than itself and a tag', () => {
    const packet = write({ ...emptyHeader(), counter: 7 });
    for (let n = 0; n < packet.length; n++) {
      expect(readHeader(packet.subarray(0, n))).toBeUndefined();
    }
    expect(readHeader(packet)).toBeDefined();
  });

  it('is refused when frame# and counter disagree in any bit', () => {
    const packet = write({ ...emptyHeader(), counter: 0x0a0b0c0d });
    for (let bit = 0; bit < 32; bit++) {
      const bent = packet.slice();
      bent[bit >> 3] = bent[bit >> 3]! ^ (1 << (bit & 7));
      expect(readHeader(bent)).toBeUndefined();
    }
  });

  it('is refused with a counter past 2^53 or the epoch that would look like STUN', () => {
    const huge = write(emptyHeader());
    huge[9] = 0x20;
    expect(readHeader(huge)).toBeUndefined();
    const stun = write({ ...emptyHeader(), epoch: 0x2113 });
    stun[5] = 0x12;
    expect(readHeader(stun)).toBeUndefined();
  });

  it('is not written with a field out of its range', () => {
    for (const bad of [
      { epoch: STUN_EPOCH },
      { epoch: 0x10000 },
      { stream: 0x80 },
      { type: 0x100 },
      { counter: -1 },
      { counter: 2 ** 53 },
      { counter: 0.5 },
    ]) {
      expect(() => write({ ...emptyHeader(), ...bad })).toThrow(RangeError);
    }
  });

  it('never throws on noise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => void readHeader(noise)));
  });
});
