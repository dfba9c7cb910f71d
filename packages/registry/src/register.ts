/**
 * Taking a name (SPEC 12): ask, get a challenge, sign it with both keys of the identity in the
 * bundle. The first to register a name owns it. The owner may publish a new bundle, come back from
 * another machine, which takes the name over, or hand the name to a new identity, which the old
 * one then signs as well.
 */

import {
  type Bundle,
  type BundleProblem,
  bundleProblem,
  readBundle,
} from '@kyberline/core/crypto/bundle';
import { equal, fromBase64, toBase64, toHex } from '@kyberline/core/crypto/bytes';
import {
  type PublicIdentity,
  publicIdentity,
  readSignatures,
  verify,
} from '@kyberline/core/crypto/identity';
import { CHALLENGE_BYTES, registerStatement } from '@kyberline/core/crypto/register';
import { ECHO_NAME } from '@kyberline/shared/ids';
import type { RegisterRequest } from '@kyberline/shared/registry';
import { Challenges } from './challenges.js';
import { addressKey, type Limits, SlidingWindows } from './limits.js';
import { Refusal } from './refusal.js';
import type { Storage, StoredUser } from './storage.js';

type Proof = NonNullable<RegisterRequest['proof']>;

export type Registered =
  | { kind: 'challenge'; challenge: string }
  /** `before`: what the name was until now, if it was owned. */
  | { kind: 'registered'; user: StoredUser; before: StoredUser | undefined };

export interface Registration {
  register(request: RegisterRequest, address: string): Promise<Registered | Refusal>;
}

export function takeRegistrations(deps: {
  storage: Storage;
  now: () => number;
  random: (bytes: number) => Uint8Array;
  limits: Pick<Limits, 'registrationsPerMinutePerAddress' | 'addresses' | 'challenges' | 'users'>;
}): Registration {
  const { storage, now, random, limits } = deps;
  const perMinute = limits.registrationsPerMinutePerAddress;
  const rate = new SlidingWindows(perMinute, 60_000, limits.addresses);
  const challenges = new Challenges(limits.challenges);
  const { registryId } = storage;

  async function register(request: RegisterRequest, address: string) {
    if (request.username === ECHO_NAME) return nameReserved();
    const { proof } = request;
    if (!proof) {
      const challenge = toBase64(random(CHALLENGE_BYTES));
      challenges.issue(challenge, request, now());
      return { kind: 'challenge' as const, challenge };
    }
    const challenge = fromBase64(proof.challenge);
    if (!challenge || !challenges.take(proof.challenge, request, now())) return challengeExpired();
    const wait = rate.take(addressKey(address), now());
    if (wait !== undefined) return tooMany(wait);
    const bundle = checkBundle(request);
    if (bundle instanceof Refusal) return bundle;
    const name = request.username;
    const statement = registerStatement({ registryId, name, bundleHash: bundle.hash, challenge });
    if (!signedBy(bundle.identity, statement, proof)) return badProof('new');
    return own(userOf(request, bundle), statement, proof);
  }

  function checkBundle(request: RegisterRequest): Bundle | Refusal {
    const bundle = readBundle(fromBase64(request.bundle) ?? new Uint8Array());
    if (!bundle) return badBundle('cannot be read, or its signatures do not verify');
    const asked = { name: request.username, registryId, now: now() };
    const problem = bundleProblem(bundle, asked);
    return problem ? badBundle(PROBLEMS[problem](asked.now)) : bundle;
  }

  async function own(user: StoredUser, statement: Uint8Array, proof: Proof) {
    const before = await storage.user(user.name);
    if (!before) {
      if ((await storage.count()) >= limits.users) return full();
      if (!(await storage.create(user))) return nameTaken(user.name);
      return { kind: 'registered' as const, user, before };
    }
    if (!equal(before.fingerprint, user.fingerprint)) {
      if (!proof.previous) return nameTaken(user.name);
      const previous = readIdentity(proof.previous);
      const isOwner = previous && equal(previous.fingerprint, before.fingerprint);
      if (!isOwner || !signedBy(previous, statement, proof.previous)) return badProof('previous');
    }
    if (!(await storage.replace(user, before.fingerprint))) return nameTaken(user.name);
    return { kind: 'registered' as const, user, before };
  }

  function userOf(request: RegisterRequest, bundle: Bundle): StoredUser {
    return {
      name: request.username,
      fingerprint: bundle.identity.fingerprint,
      edPublic: bundle.identity.ed,
      mldsaPublic: bundle.identity.mldsa,
      bundle: bundle.bytes,
      machineId: request.machine_id,
      registeredAt: now(),
      updatedAt: now(),
    };
  }

  return { register };
}

/** Whether the machine that held this name until now has lost it. */
export const isTakenOver = ({ user, before }: Registered & { kind: 'registered' }): boolean =>
  before !== undefined && before.machineId !== user.machineId;

/** Whether the name changed hands to another identity. */
export const isRotated = ({ user, before }: Registered & { kind: 'registered' }): boolean =>
  before !== undefined && toHex(before.fingerprint) !== toHex(user.fingerprint);

function signedBy(
  identity: PublicIdentity,
  statement: Uint8Array,
  proof: { ed_signature: string; mldsa_signature: string },
): boolean {
  const ed = fromBase64(proof.ed_signature);
  const mldsa = fromBase64(proof.mldsa_signature);
  const signatures = ed && mldsa && readSignatures(ed, mldsa);
  return signatures !== undefined && verify(identity, 'pqv1 register', statement, signatures);
}

function readIdentity(previous: NonNullable<Proof['previous']>): PublicIdentity | undefined {
  const ed = fromBase64(previous.ed_public);
  const mldsa = fromBase64(previous.mldsa_public);
  return ed && mldsa && publicIdentity(ed, mldsa);
}

const utc = (ms: number): string => new Date(ms).toISOString();

const PROBLEMS: Record<BundleProblem, (now: number) => string> = {
  'wrong-name': () => 'names somebody else',
  'wrong-registry': () => 'was made for another registry',
  'not-yet-valid': (now) => `is not valid yet by the registry's clock (${utc(now)}); check yours`,
  expired: (now) => `has expired by the registry's clock (${utc(now)}); check yours`,
};

const badBundle = (why: string): Refusal =>
  new Refusal('bad-bundle', `The bundle ${why}. Make a new one for this name and this registry.`);

const nameReserved = (): Refusal =>
  new Refusal(
    'name-reserved',
    `"${ECHO_NAME}" is the echo contact on every machine. Choose another name.`,
  );

const nameTaken = (name: string): Refusal =>
  new Refusal(
    'name-taken',
    `${name} belongs to another identity. Choose another name; if it is yours, register with the old identity's signatures too.`,
  );

const challengeExpired = (): Refusal =>
  new Refusal(
    'challenge-expired',
    'This challenge was used, is over two minutes old, or was given for another request. Ask for a new one and sign that.',
  );

const badProof = (which: 'new' | 'previous'): Refusal =>
  new Refusal(
    'bad-signature',
    which === 'new'
      ? 'The signatures over the challenge are not those of the identity in the bundle. Sign with both of its keys.'
      : "The previous identity is not this name's owner, or its signatures do not verify. Sign with both keys of the identity that owns the name.",
  );

const tooMany = (wait: number): Refusal =>
  new Refusal(
    'too-many-registrations',
    `Too many registrations from this address. Wait ${wait} s and try again.`,
    { retryAfterSeconds: wait },
  );

const full = (): Refusal =>
  new Refusal('registry-full', 'This registry takes no more names. Ask the person who runs it.');
