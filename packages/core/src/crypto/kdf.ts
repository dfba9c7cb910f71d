/**
 * The hash, key derivation and sealing that everything else is made of (SPEC, notation).
 *
 *   H = SHA-256        X(salt, ikm) = HKDF-Extract
 *   E(k, label, ctx) = HKDF-Expand(k, "pqv1 " ‖ label ‖ 0x00 ‖ ctx, 32)        RFC 5869
 *   GCM = AES-256-GCM with a 16-byte tag
 */
import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { lv, utf8 } from './bytes.js';
import { Secret } from './secret.js';

export const GCM_TAG_BYTES = 16;
export const GCM_NONCE_BYTES = 12;

const ALGORITHM = 'aes-256-gcm';
/** Node accepts 4-byte tags unless the length is pinned; then forging takes 2^32 tries. */
const TAG_LENGTH = { authTagLength: GCM_TAG_BYTES };
const ZERO = Uint8Array.of(0);
/** RFC 5869: T(1) = HMAC(prk, info ‖ 0x01), and 32 bytes are exactly T(1). */
const FIRST_BLOCK = Uint8Array.of(1);

/** H over the parts one after another; no framing, so frame them with `lv` where it matters. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** HMAC-SHA-256, 32 bytes. */
export function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return new Uint8Array(mac.digest());
}

/** X(salt, ikm): HKDF-Extract, 32 bytes. */
export function extract(salt: Uint8Array, ikm: Uint8Array): Uint8Array {
  return hmac(salt, ikm);
}

/** X(salt, LV(parts)) for secret parts; the framed copy is wiped. */
export function extractSecrets(salt: Uint8Array, ...parts: readonly Uint8Array[]): Secret {
  const framed = lv(...parts);
  try {
    return new Secret(extract(salt, framed));
  } finally {
    framed.fill(0);
  }
}

/** E(key, label, ctx): HKDF-Expand to 32 bytes. Labels are ASCII and hold no NUL. */
export function expand(key: Uint8Array, label: string, ctx: Uint8Array): Uint8Array {
  return hmac(key, utf8(`pqv1 ${label}`), ZERO, ctx, FIRST_BLOCK);
}

/** ciphertext ‖ tag. `key` 32 bytes, `nonce` 12 bytes, never the same pair twice. */
export function gcmSeal(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(ALGORITHM, key, nonce, TAG_LENGTH);
  cipher.setAAD(aad);
  const out = new Uint8Array(plaintext.length + GCM_TAG_BYTES);
  out.set(cipher.update(plaintext), 0);
  cipher.final();
  out.set(cipher.getAuthTag(), plaintext.length);
  return out;
}

/** The inverse of `gcmSeal`; undefined for anything that was not sealed with exactly these. */
export function gcmOpen(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const length = sealed.length - GCM_TAG_BYTES;
  if (length < 0) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, nonce, TAG_LENGTH);
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(length));
  const plaintext = new Uint8Array(decipher.update(sealed.subarray(0, length)));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}
