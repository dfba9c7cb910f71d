/**
 * An identity: one Ed25519 and one ML-DSA-65 key pair (SPEC 2). Everything signed carries both
 * signatures, over `label ‖ 0x00 ‖ data`, and both must verify.
 */
import { concat, lv, utf8 } from './bytes.js';
import {
  ED25519_SIGNATURE_BYTES,
  edKeyPair,
  edSign,
  edValidPublicKey,
  edVerify,
} from './ed25519.js';
import { sha256 } from './kdf.js';
import {
  MLDSA_PUBLIC_BYTES,
  MLDSA_SIGNATURE_BYTES,
  mldsaKeyPair,
  mldsaSign,
  mldsaVerify,
} from './mldsa.js';

/** What both signatures of a message begin with, so that none can stand for another. */
export type SignatureLabel = 'pqv1 bundle' | 'pqv1 offer' | 'pqv1 answer' | 'pqv1 register';

/** How the private half is stored: 32 bytes each. */
export interface IdentitySeeds {
  readonly ed: Uint8Array;
  readonly mldsa: Uint8Array;
}

export interface PublicIdentity {
  /** 32 bytes, canonical, not of small order. */
  readonly ed: Uint8Array;
  /** 1952 bytes. */
  readonly mldsa: Uint8Array;
  /** 32 bytes: what people compare and what a contact is pinned to. */
  readonly fingerprint: Uint8Array;
}

export interface Signatures {
  /** 64 bytes. */
  readonly ed: Uint8Array;
  /** 3309 bytes. */
  readonly mldsa: Uint8Array;
}

export interface Identity {
  readonly public: PublicIdentity;
  sign(label: SignatureLabel, data: Uint8Array): Signatures;
  /** Ed25519 alone, for registry requests (SPEC 12). The data brings its own label. */
  signEd(data: Uint8Array): Uint8Array;
  /** Best effort (SPEC 13); signing afterwards throws. */
  erase(): void;
}

/** Keeps no reference to the seeds: the caller may erase them afterwards. */
export function identityFromSeeds(seeds: IdentitySeeds): Identity {
  let ed: ReturnType<typeof edKeyPair> | undefined = edKeyPair(seeds.ed);
  const mldsa = mldsaKeyPair(seeds.mldsa);
  const edKeys = () => {
    if (ed === undefined) throw new Error('an identity was used after it was erased');
    return ed;
  };
  const pub = publicIdentity(ed.publicKey, mldsa.publicKey);
  if (pub === undefined) throw new Error('an identity seed gave a refused public key');
  return {
    public: pub,
    sign: (label, data) => ({
      ed: edSign(edKeys(), signed(label, data)),
      mldsa: mldsaSign(mldsa, utf8(label), signed(label, data)),
    }),
    signEd: (data) => edSign(edKeys(), data),
    erase() {
      ed = undefined;
      mldsa.secretKey.erase();
    },
  };
}

/** undefined for keys of wrong length and for Ed25519 keys of small order. */
export function publicIdentity(ed: Uint8Array, mldsa: Uint8Array): PublicIdentity | undefined {
  if (!edValidPublicKey(ed) || mldsa.length !== MLDSA_PUBLIC_BYTES) return undefined;
  return { ed, mldsa, fingerprint: sha256(utf8('pqv1 identity\0'), lv(ed, mldsa)) };
}

/** True only if both signatures verify. The cheap one is tried first. */
export function verify(
  identity: PublicIdentity,
  label: SignatureLabel,
  data: Uint8Array,
  signatures: Signatures,
): boolean {
  const message = signed(label, data);
  return (
    edVerify(identity.ed, message, signatures.ed) &&
    mldsaVerify(identity.mldsa, utf8(label), message, signatures.mldsa)
  );
}

/** The Ed25519 signature of `signEd`. */
export function verifyEd(edPublic: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  return edVerify(edPublic, data, signature);
}

/** undefined unless both have the length of a signature. */
export function readSignatures(ed: Uint8Array, mldsa: Uint8Array): Signatures | undefined {
  if (ed.length !== ED25519_SIGNATURE_BYTES) return undefined;
  return mldsa.length === MLDSA_SIGNATURE_BYTES ? { ed, mldsa } : undefined;
}

function signed(label: SignatureLabel, data: Uint8Array): Uint8Array {
  return concat(utf8(label), Uint8Array.of(0), data);
}
