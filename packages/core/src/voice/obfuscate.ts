/**
 * The XOR layer inside the AEAD (SPEC 10), in place:
 *
 *   pad = SHA-256(k_obf ‖ u32 frame# ‖ u32 block), block = 0, 1, 2 … one for every 32 bytes
 *
 * A second layer that hedges a break of AES, not anonymity (docs/obfuscation.md). 40 bytes are
 * one SHA-256 block, which is what keeps this at half a microsecond for every 32 bytes.
 */
import { hashBlock } from './sha256-block.js';

export const OBFUSCATION_KEY_BYTES = 32;
const PAD_BYTES = 32;
const KEY_WORDS = 8;
const PADDED_MESSAGE_BITS = 40 * 8;

/** Scratch of this module: every use writes what it reads, and nothing here awaits. */
const words = new Int32Array(64);
const pad = new Int32Array(8);

/**
 * XORs the pad onto `bytes[start .. start+length]`. It is its own inverse.
 * @param key 32 bytes, `obf` of the epoch, direction and stream (SPEC 8)
 * @param frame counter mod 2^32, as in the packet's first four bytes
 */
export function obfuscate(
  key: Uint8Array,
  frame: number,
  bytes: Uint8Array,
  start = 0,
  length = bytes.length - start,
): void {
  if (key.length !== OBFUSCATION_KEY_BYTES) throw new RangeError('an obfuscation key is 32 bytes');
  const end = start + length;
  for (let at = start, block = 0; at < end; at += PAD_BYTES, block++) {
    for (let i = 0; i < KEY_WORDS; i++) {
      words[i] =
        (key[4 * i]! << 24) | (key[4 * i + 1]! << 16) | (key[4 * i + 2]! << 8) | key[4 * i + 3]!;
    }
    words[8] = frame;
    words[9] = block;
    words[10] = 0x80000000;
    words.fill(0, 11, 15);
    words[15] = PADDED_MESSAGE_BITS;
    hashBlock(words, pad);
    const stop = Math.min(PAD_BYTES, end - at);
    for (let i = 0; i < stop; i++) {
      bytes[at + i] = bytes[at + i]! ^ (pad[i >> 2]! >>> (24 - 8 * (i & 3)));
    }
  }
  words.fill(0);
  pad.fill(0);
}

/** The inverse of `obfuscate`, which is itself. */
export const deobfuscate = obfuscate;
