/** What is signed towards a registry (SPEC 12): taking a name, and every request after it. */
import { lv, u64, utf8 } from './bytes.js';
import { sha256 } from './kdf.js';

export const CHALLENGE_BYTES = 32;
export const NONCE_BYTES = 16;

/**
 * Signed with label "pqv1 register" by the identity in the bundle and, where the name changes
 * identity, by the old one too: the bundle's hash says to whom the name goes.
 */
export function registerStatement(from: {
  /** 16 bytes. */
  registryId: Uint8Array;
  name: string;
  /** 32 bytes, `Bundle.hash`. */
  bundleHash: Uint8Array;
  /** The registry's own, used once. */
  challenge: Uint8Array;
}): Uint8Array {
  return lv(from.registryId, utf8(from.name), from.bundleHash, from.challenge);
}

/**
 * Signed with Ed25519 alone, without a prefix: it begins with the length and text of its own
 * label, which no other signed message does.
 */
export function requestStatement(from: {
  registryId: Uint8Array;
  /** In capitals: GET, POST, DELETE. */
  method: string;
  /** As sent: the path and, if there is one, `?` and the query. */
  pathAndQuery: string;
  /** The raw body, empty where there is none. */
  body: Uint8Array;
  user: string;
  /** Unix ms. */
  millis: number;
  /** 16 bytes. */
  nonce: Uint8Array;
}): Uint8Array {
  return lv(
    utf8('pqv1 http'),
    from.registryId,
    utf8(from.method),
    utf8(from.pathAndQuery),
    sha256(from.body),
    utf8(from.user),
    u64(from.millis),
    from.nonce,
  );
}
