/**
 * The offer, A's first message (SPEC 4).
 *
 *   offer = LV(hdr, sealed, Ed25519 signature, ML-DSA-65 signature)      label "pqv1 offer"
 *   th0   = H(hdr)        ck0 = X(th0, LV(s1, d1))        th1 = H(th0 ‖ LV(sealed))
 *
 * The signatures cover th1. The header is in offer-header.ts; what B refuses before it decapsulates
 * anything is in offer-check.ts.
 */
import type { SuiteId } from '@kyberline/shared/ids';
import { hasSealedLength, openBody, sealBody } from './body-seal.js';
import type { Bundle, BundleKeys } from './bundle.js';
import { lv, type RandomBytes, readLv, utf8 } from './bytes.js';
import { type Identity, type PublicIdentity, readSignatures, type Signatures } from './identity.js';
import { extractSecrets, sha256 } from './kdf.js';
import { type OfferHeader, readOfferHeader, writeOfferHeader } from './offer-header.js';
import { Secret } from './secret.js';
import { callSuite, ENCAPSULATION_SEED_BYTES, KEM_SEED_BYTES, kem } from './suite.js';
import { X25519_BYTES, x25519, x25519Public } from './x25519.js';

export const SAS_NONCE_BYTES = 32;
/** The largest offer (suite 3, a 4096-byte body) is smaller. */
const MAX_OFFER_BYTES = 12_288;

/** An offer whose syntax is right. Nothing in it is true before `offerProblem` found nothing. */
export interface Offer extends OfferHeader {
  readonly header: Uint8Array;
  readonly sealed: Uint8Array;
  readonly signatures: Signatures;
  readonly th0: Uint8Array;
  readonly th1: Uint8Array;
}

/** What A keeps while it rings. Spent by the answer that verifies, or erased. */
export interface PendingOffer {
  readonly offer: Offer;
  readonly peer: PublicIdentity;
  readonly xSeed: Secret;
  readonly kemSeed: Secret;
  readonly nonceA: Secret;
  readonly ck0: Secret;
  erase(): void;
}

/** An offer that B has opened. Spent by `makeAnswer`, or erased. */
export interface OpenedOffer {
  readonly offer: Offer;
  /** JSON, not parsed here. */
  readonly body: Uint8Array;
  readonly ck0: Secret;
  erase(): void;
}

/**
 * A's offer to the owner of `peerBundle`, which A has checked before (`readBundle`,
 * `bundleProblem`, the pin). `now` is Unix ms, `body` at most 4096 bytes of JSON.
 */
export async function makeOffer(from: {
  me: Identity;
  myName: string;
  myBundle: Bundle;
  preference: SuiteId;
  peerBundle: Bundle;
  callId: Uint8Array;
  registryId: Uint8Array;
  now: number;
  body: Uint8Array;
  random: RandomBytes;
}): Promise<{ bytes: Uint8Array; pending: PendingOffer }> {
  const { me, peerBundle, random, callId } = from;
  const suite = callSuite(from.preference, peerBundle.preference);
  const xSeed = new Secret(random(X25519_BYTES));
  const kemSeed = new Secret(random(KEM_SEED_BYTES));
  const encapsulationSeed = random(ENCAPSULATION_SEED_BYTES);
  const nonceA = new Secret(random(SAS_NONCE_BYTES));
  const kemA = await kem(suite).keyPair(kemSeed.bytes);
  const to = await kem(peerBundle.preference).encapsulate(peerBundle.kem, encapsulationSeed);
  encapsulationSeed.fill(0);
  const fpA = me.public.fingerprint;
  const fpB = peerBundle.identity.fingerprint;
  const header = writeOfferHeader({
    suite,
    prefA: from.preference,
    callId,
    registryId: from.registryId,
    nameA: from.myName,
    nameB: peerBundle.name,
    fpA,
    fpB,
    bundleHashA: from.myBundle.hash,
    bundleHashB: peerBundle.hash,
    millis: from.now,
    xA: x25519Public(xSeed.bytes),
    kemA: kemA.publicKey,
    ct1: to.ciphertext,
    com: sasCommitment(callId, fpA, fpB, nonceA.bytes),
  });
  const th0 = sha256(header);
  const ck0 = firstChainKey(th0, to.secret, x25519(xSeed.bytes, peerBundle.x25519));
  const sealed = sealBody(ck0, 'offer key', th0, header, from.body);
  const signatures = me.sign('pqv1 offer', firstTranscript(th0, sealed));
  const bytes = lv(header, sealed, signatures.ed, signatures.mldsa);
  const offer = readOffer(bytes);
  if (offer === undefined) throw new RangeError('an offer was made of parts that nobody can read');
  const erase = () => {
    for (const secret of [xSeed, kemSeed, nonceA, ck0]) secret.erase();
  };
  const pending = { offer, peer: peerBundle.identity, xSeed, kemSeed, nonceA, ck0, erase };
  return { bytes, pending };
}

/** Syntax alone, undefined where it is wrong. Copies what it keeps. */
export function readOffer(bytes: Uint8Array): Offer | undefined {
  if (bytes.length > MAX_OFFER_BYTES) return undefined;
  const parts = readLv(bytes, 4);
  if (parts === undefined) return undefined;
  const [header, sealed, ed, mldsa] = parts;
  const signatures = readSignatures(ed, mldsa);
  if (signatures === undefined || !hasSealedLength(sealed)) return undefined;
  const fields = readOfferHeader(header);
  if (fields === undefined) return undefined;
  const th0 = sha256(header);
  return { ...fields, header, sealed, signatures, th0, th1: firstTranscript(th0, sealed) };
}

/**
 * B opens an offer in which `offerProblem` found nothing, with the keys of the bundle that the
 * offer names. undefined if the body was sealed to other keys.
 */
export async function openOffer(
  offer: Offer,
  myKeys: BundleKeys,
  myBundle: Bundle,
): Promise<OpenedOffer | undefined> {
  const bundleKem = kem(myBundle.preference);
  if (offer.ct1.length !== bundleKem.ciphertextBytes) return undefined;
  const s1 = await bundleKem.decapsulate(offer.ct1, myKeys.kemSeed);
  const ck0 = firstChainKey(offer.th0, s1, x25519(myKeys.x25519Seed, offer.xA));
  const body = openBody(ck0, 'offer key', offer.th0, offer.header, offer.sealed);
  if (body === undefined) {
    ck0.erase();
    return undefined;
  }
  return { offer, body, ck0, erase: () => ck0.erase() };
}

/** com: binds A to nA before B's nonce exists, so that nobody can search for words (SPEC 7). */
export function sasCommitment(
  callId: Uint8Array,
  fpA: Uint8Array,
  fpB: Uint8Array,
  nonceA: Uint8Array,
): Uint8Array {
  return sha256(utf8('pqv1 sas-commit\0'), lv(callId, fpA, fpB, nonceA));
}

function firstChainKey(th0: Uint8Array, s1: Secret, d1: Secret | undefined): Secret {
  if (d1 === undefined) throw new Error('an X25519 key of small order got past its reader');
  try {
    return extractSecrets(th0, s1.bytes, d1.bytes);
  } finally {
    s1.erase();
    d1.erase();
  }
}

function firstTranscript(th0: Uint8Array, sealed: Uint8Array): Uint8Array {
  return sha256(th0, lv(sealed));
}
