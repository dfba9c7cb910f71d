/**
 * Raw 32-byte keys of the two curves as Node's KeyObjects. Node takes no raw bytes, so each
 * gets the fixed DER prefix that RFC 8410 gives it.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { concat, fromHex } from './bytes.js';

export type Curve = 'ed25519' | 'x25519';

export const CURVE_KEY_BYTES = 32;

const PKCS8_PREFIX: Record<Curve, Uint8Array> = {
  ed25519: fromHex('302e020100300506032b657004220420')!,
  x25519: fromHex('302e020100300506032b656e04220420')!,
};
const SPKI_PREFIX: Record<Curve, Uint8Array> = {
  ed25519: fromHex('302a300506032b6570032100')!,
  x25519: fromHex('302a300506032b656e032100')!,
};

/** `seed` is 32 bytes; anything else is a bug and throws. */
export function privateKeyObject(curve: Curve, seed: Uint8Array): KeyObject {
  const key = Buffer.from(concat(PKCS8_PREFIX[curve], exactly(seed)).buffer);
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } finally {
    key.fill(0);
  }
}

/** `raw` is 32 bytes; anything else is a bug and throws. The point itself is not checked here. */
export function publicKeyObject(curve: Curve, raw: Uint8Array): KeyObject {
  const key = Buffer.from(concat(SPKI_PREFIX[curve], exactly(raw)).buffer);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

/** The 32 public bytes that belong to a private key. */
export function rawPublicKey(privateKey: KeyObject): Uint8Array {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(der.length - CURVE_KEY_BYTES));
}

function exactly(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== CURVE_KEY_BYTES) throw new RangeError('a curve key has 32 bytes');
  return bytes;
}
