/** X25519 (RFC 7748): the curve half of every key agreement (SPEC 1). */
import { diffieHellman } from 'node:crypto';
import { equal } from './bytes.js';
import { CURVE_KEY_BYTES, privateKeyObject, publicKeyObject, rawPublicKey } from './key-object.js';
import { Secret } from './secret.js';

export const X25519_BYTES = 32;
const ALL_ZERO = new Uint8Array(X25519_BYTES);
/** Every scalar is a multiple of 8 (RFC 7748 section 5), so any seed finds a small order. */
const ANY_SEED = new Uint8Array(X25519_BYTES).fill(1);

/** The public key of a 32-byte seed. */
export function x25519Public(seed: Uint8Array): Uint8Array {
  return rawPublicKey(privateKeyObject('x25519', seed));
}

/** 32 bytes and not of small order: for keys that were read, before anything is signed or kept. */
export function x25519ValidPublicKey(publicKey: Uint8Array): boolean {
  return x25519(ANY_SEED, publicKey) !== undefined;
}

/**
 * DH(seed, theirs). undefined for a key of wrong length and for one of small order, whose result
 * is all zeros whatever the seed (RFC 7748 section 6.1).
 */
export function x25519(seed: Uint8Array, theirs: Uint8Array): Secret | undefined {
  if (theirs.length !== CURVE_KEY_BYTES) return undefined;
  const privateKey = privateKeyObject('x25519', seed);
  const publicKey = publicKeyObject('x25519', theirs);
  let shared: Uint8Array;
  try {
    shared = diffieHellman({ privateKey, publicKey });
  } catch {
    // OpenSSL 3 refuses the all-zero result itself.
    return undefined;
  }
  return equal(shared, ALL_ZERO) ? undefined : new Secret(shared);
}
