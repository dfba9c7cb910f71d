/**
 * The answer, B's one message through the registry, made only after the person accepted (SPEC 5).
 *
 *   answer = LV(hdr2, sealed2, Ed25519 signature, ML-DSA-65 signature)   label "pqv1 answer"
 *   hdr2   = LV(callId, fpB, fpA, xB, ct2, nB)
 *   thA    = H(th1 ‖ LV(offer signatures) ‖ hdr2)      ck1 = X(ck0, LV(s2, d2, thA))
 *   th2    = H(thA ‖ LV(sealed2))                      ms  = E(ck1, "master", th2)
 *
 * The signatures cover th2, so A verifies before it decapsulates.
 */
import { hasSealedLength, openBody, sealBody } from './body-seal.js';
import { equal, lv, type RandomBytes, readLv } from './bytes.js';
import { Handshake } from './confirm.js';
import { type Identity, readSignatures, type Signatures, verify } from './identity.js';
import { expand, extractSecrets, sha256 } from './kdf.js';
import type { Offer, OpenedOffer, PendingOffer } from './offer.js';
import { Secret } from './secret.js';
import { ENCAPSULATION_SEED_BYTES, kem } from './suite.js';
import { X25519_BYTES, x25519, x25519Public, x25519ValidPublicKey } from './x25519.js';

export const ANSWER_NONCE_BYTES = 32;
/** The largest answer (suite 3, a 4096-byte body) is smaller. */
const MAX_ANSWER_BYTES = 12_288;

/**
 * Spends the opened offer: its chain key is erased. `body` is at most 4096 bytes of JSON. The
 * same bytes may be sent any number of times. undefined if the offer was spent or erased, for
 * instance because the caller cancelled meanwhile.
 */
export async function makeAnswer(from: {
  offer: OpenedOffer;
  me: Identity;
  body: Uint8Array;
  random: RandomBytes;
}): Promise<{ bytes: Uint8Array; handshake: Handshake } | undefined> {
  const { me, random } = from;
  const { offer, ck0 } = from.offer;
  const xSeed = new Secret(random(X25519_BYTES));
  const encapsulationSeed = random(ENCAPSULATION_SEED_BYTES);
  const nonceB = random(ANSWER_NONCE_BYTES);
  const to = await kem(offer.suite).encapsulate(offer.kemA, encapsulationSeed);
  encapsulationSeed.fill(0);
  if (ck0.erased) {
    xSeed.erase();
    to.secret.erase();
    return undefined;
  }
  const xB = x25519Public(xSeed.bytes);
  const header = lv(offer.callId, offer.fpB, offer.fpA, xB, to.ciphertext, nonceB);
  const thA = answerTranscript(offer, header);
  const d2 = x25519(xSeed.bytes, offer.xA);
  xSeed.erase();
  const ck1 = secondChainKey(ck0, to.secret, d2, thA);
  from.offer.erase();
  const sealed = sealBody(ck1, 'answer key', thA, header, from.body);
  const th2 = sha256(thA, lv(sealed));
  const signatures = me.sign('pqv1 answer', th2);
  const bytes = lv(header, sealed, signatures.ed, signatures.mldsa);
  return { bytes, handshake: new Handshake({ role: 'B', offer, ms: master(ck1, th2), th2 }) };
}

/**
 * A reads an answer to its pending offer. undefined for one that does not verify, or for a second
 * one: drop it and go on ringing. The one that verifies spends the pending offer.
 */
export async function openAnswer(from: {
  bytes: Uint8Array;
  pending: PendingOffer;
}): Promise<{ body: Uint8Array; handshake: Handshake } | undefined> {
  const { pending } = from;
  const { offer } = pending;
  const answer = readAnswer(from.bytes, offer);
  if (answer === undefined || pending.ck0.erased) return undefined;
  const { header, sealed, thA, xB, ct2 } = answer;
  const th2 = sha256(thA, lv(sealed));
  if (!verify(pending.peer, 'pqv1 answer', th2, answer.signatures)) return undefined;
  const s2 = await kem(offer.suite).decapsulate(ct2, pending.kemSeed.bytes);
  // The same answer, pushed and polled, may have been opened while this one waited.
  if (pending.ck0.erased) {
    s2.erase();
    return undefined;
  }
  const ck1 = secondChainKey(pending.ck0, s2, x25519(pending.xSeed.bytes, xB), thA);
  const body = openBody(ck1, 'answer key', thA, header, sealed);
  if (body === undefined) {
    ck1.erase();
    return undefined;
  }
  const nonceA = new Secret(Uint8Array.from(pending.nonceA.bytes));
  pending.erase();
  const ms = master(ck1, th2);
  return { body, handshake: new Handshake({ role: 'A', offer, ms, th2, nonceA }) };
}

interface Answer {
  readonly header: Uint8Array;
  readonly sealed: Uint8Array;
  readonly signatures: Signatures;
  readonly thA: Uint8Array;
  readonly xB: Uint8Array;
  readonly ct2: Uint8Array;
}

/** Syntax, and that it is an answer to this offer. */
function readAnswer(bytes: Uint8Array, offer: Offer): Answer | undefined {
  if (bytes.length > MAX_ANSWER_BYTES) return undefined;
  const parts = readLv(bytes, 4);
  if (parts === undefined) return undefined;
  const [header, sealed, ed, mldsa] = parts;
  const signatures = readSignatures(ed, mldsa);
  const fields = readLv(header, 6);
  if (signatures === undefined || fields === undefined || !hasSealedLength(sealed))
    return undefined;
  const [callId, fpB, fpA, xB, ct2, nonceB] = fields;
  if (!equal(callId, offer.callId) || !equal(fpB, offer.fpB) || !equal(fpA, offer.fpA)) {
    return undefined;
  }
  if (nonceB.length !== ANSWER_NONCE_BYTES) return undefined;
  if (ct2.length !== kem(offer.suite).ciphertextBytes) return undefined;
  if (!x25519ValidPublicKey(xB)) return undefined;
  return { header, sealed, signatures, thA: answerTranscript(offer, header), xB, ct2 };
}

function answerTranscript(offer: Offer, header: Uint8Array): Uint8Array {
  return sha256(offer.th1, lv(offer.signatures.ed, offer.signatures.mldsa), header);
}

/** Erases s2 and d2. */
function secondChainKey(ck0: Secret, s2: Secret, d2: Secret | undefined, thA: Uint8Array): Secret {
  if (d2 === undefined) throw new Error('an X25519 key of small order got past its reader');
  try {
    return extractSecrets(ck0.bytes, s2.bytes, d2.bytes, thA);
  } finally {
    s2.erase();
    d2.erase();
  }
}

/** Erases ck1, which nothing needs after this. */
function master(ck1: Secret, th2: Uint8Array): Secret {
  const ms = new Secret(expand(ck1.bytes, 'master', th2));
  ck1.erase();
  return ms;
}
