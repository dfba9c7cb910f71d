/** Two people with fresh keys, and the handshake between them through the public API of core. */
import { randomBytes } from 'node:crypto';
import { CODECS, writeBody } from '@kyberline/core/call/body';
import {
  BUNDLE_LIFETIME_MS,
  type Bundle,
  type BundleKeys,
  makeBundle,
} from '@kyberline/core/crypto/bundle';
import {
  type Handshake,
  makeAnswer,
  makeOffer,
  offerProblem,
  openAnswer,
  openOffer,
  type PendingOffer,
  readOffer,
} from '@kyberline/core/crypto/handshake';
import { type Identity, identityFromSeeds } from '@kyberline/core/crypto/identity';
import { KEM_SEED_BYTES } from '@kyberline/core/crypto/suite';
import type { SuiteId } from '@kyberline/shared/ids';

const REGISTRY_ID = randomBytes(16);
const bodyOf = (address: string) =>
  writeBody({ version: 1, candidates: [{ address, port: 47_470 }], codecs: [...CODECS] });
const OFFER_BODY = bodyOf('192.0.2.1');
const ANSWER_BODY = bodyOf('192.0.2.2');

export interface Person {
  name: string;
  preference: SuiteId;
  identity: Identity;
  keys: BundleKeys;
  bundle: Bundle;
}

export async function person(name: string, preference: SuiteId): Promise<Person> {
  const identity = identityFromSeeds({ ed: randomBytes(32), mldsa: randomBytes(32) });
  const keys = { x25519Seed: randomBytes(32), kemSeed: randomBytes(KEM_SEED_BYTES) };
  const notBefore = Date.now();
  const bundle = await makeBundle({
    identity,
    preference,
    registryId: REGISTRY_ID,
    name,
    notBefore,
    notAfter: notBefore + BUNDLE_LIFETIME_MS,
    keys,
  });
  return { name, preference, identity, keys, bundle };
}

export function offer(a: Person, b: Person): Promise<{ bytes: Uint8Array; pending: PendingOffer }> {
  return makeOffer({
    me: a.identity,
    myName: a.name,
    myBundle: a.bundle,
    preference: a.preference,
    peerBundle: b.bundle,
    callId: randomBytes(16),
    registryId: REGISTRY_ID,
    now: Date.now(),
    body: OFFER_BODY,
    random: randomBytes,
  });
}

/** What B does with an offer, from its bytes to the answer's. */
export async function answer(
  b: Person,
  bytes: Uint8Array,
  a: Person,
): Promise<{ bytes: Uint8Array; handshake: Handshake }> {
  const read = readOffer(bytes);
  if (read === undefined) throw new Error('the offer cannot be read');
  const problem = offerProblem(read, {
    myName: b.name,
    myFingerprint: b.identity.public.fingerprint,
    registryId: REGISTRY_ID,
    myPreference: b.preference,
    now: Date.now(),
    seen: () => false,
    myBundles: () => b.bundle,
    callerBundle: a.bundle,
  });
  if (problem !== undefined) throw new Error(`the offer was refused: ${problem.code}`);
  const opened = await openOffer(read, b.keys, b.bundle);
  if (opened === undefined) throw new Error('the offer does not open');
  const made = await makeAnswer({
    offer: opened,
    me: b.identity,
    body: ANSWER_BODY,
    random: randomBytes,
  });
  if (made === undefined) throw new Error('the offer was spent');
  return made;
}

export async function open(bytes: Uint8Array, pending: PendingOffer): Promise<Handshake> {
  const opened = await openAnswer({ bytes, pending });
  if (opened === undefined) throw new Error('the answer does not open');
  return opened.handshake;
}

/** Both confirms and both ends' epoch 0, as after the first packets over UDP. */
export function confirm(a: Handshake, b: Handshake): void {
  if (!b.acceptConfirmA(a.confirmA())) throw new Error("B refuses A's confirm");
  if (!a.acceptConfirmB(b.confirmB())) throw new Error("A refuses B's confirm");
  for (const end of [a, b]) {
    end.finish().epochZero.erase();
    end.erase();
  }
}
