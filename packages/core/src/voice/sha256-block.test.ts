import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBlock } from './sha256-block.js';

/** FIPS 180-4 section 5.1.1 for a message of at most 55 bytes. */
function digest(message: Uint8Array): string {
  const block = Buffer.alloc(64);
  block.set(message);
  block[message.length] = 0x80;
  block.writeUInt32BE(message.length * 8, 60);
  const words = new Int32Array(64);
  for (let i = 0; i < 16; i++) words[i] = block.readInt32BE(4 * i);
  const out = new Int32Array(8);
  hashBlock(words, out);
  const bytes = Buffer.alloc(32);
  out.forEach((word, i) => {
    bytes.writeInt32BE(word, 4 * i);
  });
  return bytes.toString('hex');
}

describe('SHA-256 of one block', () => {
  it('agrees with the example of FIPS 180-4', () => {
    expect(digest(Buffer.from('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it("agrees with Node's for anything that fits a block", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 55 }), (message) => {
        expect(digest(message)).toBe(createHash('sha256').update(message).digest('hex'));
      }),
      { numRuns: 500 },
    );
  });
});
