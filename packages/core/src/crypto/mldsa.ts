/** ML-DSA-65 (FIPS 204), the lattice half of every signature (SPEC 1). */
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';
import { Secret } from './secret.js';

export const MLDSA_SEED_BYTES = 32;
export const MLDSA_PUBLIC_BYTES = 1952;
export const MLDSA_SIGNATURE_BYTES = 3309;

export interface MldsaKeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Secret;
}

export function mldsaKeyPair(seed: Uint8Array): MldsaKeyPair {
  const { publicKey, secretKey } = ml_dsa65.keygen(seed);
  return { publicKey, secretKey: new Secret(secretKey) };
}

/**
 * 3309 bytes. `context` has at most 255 bytes.
 *
 * Deterministic (FIPS 204 section 3.4 allows it): core takes no chance of its own, and the frozen
 * transcripts need it. Hedging would guard against an attacker who can inject faults into this
 * very process while the same message is signed twice; that one has already won here.
 */
export function mldsaSign(
  keys: MldsaKeyPair,
  context: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  return ml_dsa65.sign(message, keys.secretKey.bytes, { context, extraEntropy: false });
}

/** False for wrong lengths and for a signature that does not verify. */
export function mldsaVerify(
  publicKey: Uint8Array,
  context: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== MLDSA_PUBLIC_BYTES) return false;
  if (signature.length !== MLDSA_SIGNATURE_BYTES) return false;
  return ml_dsa65.verify(signature, message, publicKey, { context });
}
