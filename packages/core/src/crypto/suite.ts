/**
 * The suites (SPEC 1) and the KEM that each one stands on. "Kyber512" is ML-KEM-512.
 *
 *   1 = X25519 + ML-KEM-512      2 = X25519 + ML-KEM-768      3 = X25519 + ML-KEM-1024
 *
 * Signatures are the same in every suite and live in identity.ts. FIPS 203 throughout; all
 * chance comes in as seeds. Private keys exist as 64-byte seeds (d ‖ z): crystals-kyber-js does
 * not check the hash inside an expanded key, so none is ever stored or taken from outside.
 */
import type { SuiteId } from '@kyberline/shared/ids';
import {
  createMlKem512,
  createMlKem768,
  createMlKem1024,
  type MlKemInterface,
} from 'crystals-kyber-js';
import { Secret } from './secret.js';

export const KEM_SEED_BYTES = 64;
/** The message m of FIPS 203 algorithm 17. */
export const ENCAPSULATION_SEED_BYTES = 32;

export interface Kem {
  readonly suite: SuiteId;
  readonly name: string;
  readonly publicKeyBytes: number;
  readonly ciphertextBytes: number;
  /** FIPS 203 section 7.2: the length, and every coefficient below q. Cheap; for hostile keys. */
  validPublicKey(publicKey: Uint8Array): boolean;
  keyPair(seed: Uint8Array): Promise<{ publicKey: Uint8Array }>;
  /** Throws for a key that `validPublicKey` refuses: check it where it was read. */
  encapsulate(
    publicKey: Uint8Array,
    seed: Uint8Array,
  ): Promise<{ ciphertext: Uint8Array; secret: Secret }>;
  /** Throws for a wrong length; a tampered ciphertext gives another secret (implicit rejection). */
  decapsulate(ciphertext: Uint8Array, seed: Uint8Array): Promise<Secret>;
  /** The expanded private key, for one use at once. */
  expand(seed: Uint8Array): Promise<Secret>;
  decapsulateExpanded(ciphertext: Uint8Array, expanded: Secret): Promise<Secret>;
}

export function kem(suite: SuiteId): Kem {
  return KEMS[suite];
}

/** The suite of a call: the higher of the two preferences. */
export function callSuite(mine: SuiteId, theirs: SuiteId): SuiteId {
  return mine > theirs ? mine : theirs;
}

/** A suite's number as a byte on the wire; undefined for one that does not exist. */
export function readSuite(byte: number | undefined): SuiteId | undefined {
  return byte === 1 || byte === 2 || byte === 3 ? byte : undefined;
}

/** The first calls take 9 to 16 ms each, later ones 0.4 ms: make them before somebody waits. */
export async function warmUp(): Promise<void> {
  for (const each of Object.values(KEMS)) {
    const seed = new Uint8Array(KEM_SEED_BYTES);
    const { publicKey } = await each.keyPair(seed);
    const { ciphertext } = await each.encapsulate(publicKey, seed.subarray(32));
    await each.decapsulate(ciphertext, seed);
  }
}

/** FIPS 203: q, and the bytes of 256 12-bit coefficients. */
const Q = 3329;
const POLYNOMIAL_BYTES = 384;
const RHO_BYTES = 32;

function makeKem(
  suite: SuiteId,
  name: string,
  rank: number,
  ciphertextBytes: number,
  create: () => Promise<MlKemInterface>,
): Kem {
  const publicKeyBytes = rank * POLYNOMIAL_BYTES + RHO_BYTES;
  let loading: Promise<MlKemInterface> | undefined;
  const load = () => {
    loading ??= create();
    return loading;
  };
  const made: Kem = {
    suite,
    name,
    publicKeyBytes,
    ciphertextBytes,
    validPublicKey: (publicKey) =>
      publicKey.length === publicKeyBytes &&
      coefficientsBelowQ(publicKey.subarray(0, rank * POLYNOMIAL_BYTES)),
    async keyPair(seed) {
      const [publicKey, expanded] = (await load()).deriveKeyPair(seed);
      expanded.fill(0);
      return { publicKey };
    },
    async encapsulate(publicKey, seed) {
      const [ciphertext, secret] = (await load()).encap(publicKey, seed);
      return { ciphertext, secret: new Secret(secret) };
    },
    async decapsulate(ciphertext, seed) {
      const expanded = await made.expand(seed);
      try {
        return await made.decapsulateExpanded(ciphertext, expanded);
      } finally {
        expanded.erase();
      }
    },
    async expand(seed) {
      return new Secret((await load()).deriveKeyPair(seed)[1]);
    },
    async decapsulateExpanded(ciphertext, expanded) {
      return new Secret((await load()).decap(ciphertext, expanded.bytes));
    },
  };
  return made;
}

/** Two 12-bit coefficients in three bytes, little-endian (FIPS 203 algorithm 5). */
function coefficientsBelowQ(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 3) {
    const middle = bytes[at + 1]!;
    if ((bytes[at]! | ((middle & 0x0f) << 8)) >= Q) return false;
    if (((middle >> 4) | (bytes[at + 2]! << 4)) >= Q) return false;
  }
  return true;
}

const KEMS: Record<SuiteId, Kem> = {
  1: makeKem(1, 'ML-KEM-512', 2, 768, createMlKem512),
  2: makeKem(2, 'ML-KEM-768', 3, 1088, createMlKem768),
  3: makeKem(3, 'ML-KEM-1024', 4, 1568, createMlKem1024),
};
