/**
 * Ed25519 (RFC 8032) over Node's crypto. Node accepts public keys of small order, the identity
 * point among them, under which one signature verifies for every message; here they are refused.
 */
import { type KeyObject, sign, verify } from 'node:crypto';
import { fromHex } from './bytes.js';
import { CURVE_KEY_BYTES, privateKeyObject, publicKeyObject, rawPublicKey } from './key-object.js';

export const ED25519_SIGNATURE_BYTES = 64;

export interface EdKeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

export function edKeyPair(seed: Uint8Array): EdKeyPair {
  const privateKey = privateKeyObject('ed25519', seed);
  return { publicKey: rawPublicKey(privateKey), privateKey };
}

/** 64 bytes, deterministic. */
export function edSign(keys: EdKeyPair, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, keys.privateKey));
}

/** False for a refused key, a wrong length or a signature that does not verify. */
export function edVerify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!edValidPublicKey(publicKey) || signature.length !== ED25519_SIGNATURE_BYTES) return false;
  return verify(null, message, publicKeyObject('ed25519', publicKey), signature);
}

/** 32 bytes, canonical, and not one of the points of order 1, 2, 4 or 8. */
export function edValidPublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== CURVE_KEY_BYTES) return false;
  const y = Uint8Array.from(publicKey);
  // The top bit is the sign of x; small order does not depend on it.
  y[CURVE_KEY_BYTES - 1]! &= 0x7f;
  return isCanonical(y) && !SMALL_ORDER_Y.some((each) => sameBytes(each, y));
}

/** y < p = 2^255 - 19, little-endian; only 19 encodings are not, all beginning with ed..ff. */
function isCanonical(y: Uint8Array): boolean {
  return y[0]! < 0xed || y[31]! !== 0x7f || y.subarray(1, 31).some((byte) => byte !== 0xff);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, at) => byte === b[at]);
}

/** The y coordinates of the eight points of small order; the test derives them anew. */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  // order 4
  '0000000000000000000000000000000000000000000000000000000000000000',
  // order 1, the identity
  '0100000000000000000000000000000000000000000000000000000000000000',
  // order 2
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  // order 8
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((hex) => fromHex(hex)!);
