/** Chance that repeats: for tests and frozen transcripts only, never for a key that is used. */
import { type RandomBytes, u32, utf8 } from '../bytes.js';
import { sha256 } from '../kdf.js';

const BLOCK_BYTES = 32;

/** The stream SHA-256(seed ‖ u32 0) ‖ SHA-256(seed ‖ u32 1) ‖ …, handed out piece by piece. */
export function seededRandom(seed: string): RandomBytes {
  let block = new Uint8Array(0);
  let at = 0;
  let next = 0;
  return (bytes) => {
    const out = new Uint8Array(bytes);
    for (let filled = 0; filled < bytes; ) {
      if (at === block.length) {
        block = new Uint8Array(sha256(utf8(seed), u32(next)));
        next += 1;
        at = 0;
      }
      const take = Math.min(bytes - filled, BLOCK_BYTES - at);
      out.set(block.subarray(at, at + take), filled);
      filled += take;
      at += take;
    }
    return out;
  };
}
