/**
 * The short authentication string (SPEC 7): the first 32 bits of E(ms, "sas", th3), one byte a
 * word and the same byte an emoji. The commitment in the offer gives an attacker one guess in
 * 2^32 per answered call, and a wrong one is an aborted call that people see.
 */
import { EMOJI } from './emoji-list.js';
import { expand } from './kdf.js';
import { WORDS } from './word-list.js';

export type Four = readonly [string, string, string, string];

export interface ShortAuthentication {
  readonly words: Four;
  readonly emoji: Four;
}

/** `ms` is the master secret of SPEC 5, `th3` the last transcript hash of SPEC 6. */
export function shortAuthentication(ms: Uint8Array, th3: Uint8Array): ShortAuthentication {
  const sas = expand(ms, 'sas', th3);
  return { words: four(WORDS, sas), emoji: four(EMOJI, sas) };
}

function four(list: readonly string[], sas: Uint8Array): Four {
  const pick = (at: number) => list[sas[at]!]!;
  return [pick(0), pick(1), pick(2), pick(3)];
}
