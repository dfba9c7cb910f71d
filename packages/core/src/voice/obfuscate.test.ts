import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, u32 } from '../crypto/bytes.js';
import { sha256 } from '../crypto/kdf.js';
import { deobfuscate, obfuscate } from './obfuscate.js';

const KEY = Uint8Array.from({ length: 32 }, (_, i) => 255 - 3 * i);

describe('obfuscation', () => {
  it('is the pad that SPEC 10 writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 0, max: 700 }),
        (frame, length) => {
          const bytes = new Uint8Array(length);
          obfuscate(KEY, frame, bytes);
          const pads = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
            sha256(KEY, u32(frame), u32(block)),
          );
          expect(bytes).toEqual(concat(...pads).subarray(0, length));
        },
      ),
    );
  });

  it('is its own inverse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.nat(), (plain, frame) => {
        const bytes = plain.slice();
        obfuscate(KEY, frame, bytes);
        deobfuscate(KEY, frame, bytes);
        expect(bytes).toEqual(plain);
      }),
    );
  });

  it('touches nothing outside of its range', () => {
    const bytes = new Uint8Array(100);
    obfuscate(KEY, 1, bytes, 16, 50);
    expect(bytes.subarray(0, 16).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(66).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(16, 66).some((byte) => byte !== 0)).toBe(true);
  });

  it('never repeats a pad within a frame, nor between frames', () => {
    const seen = new Set<string>();
    for (let frame = 0; frame < 50; frame++) {
      const bytes = new Uint8Array(640);
      obfuscate(KEY, frame, bytes);
      for (let at = 0; at < 640; at += 32) {
        seen.add(Buffer.from(bytes.subarray(at, at + 32)).toString('hex'));
      }
    }
    expect(seen.size).toBe(50 * 20);
  });
});
