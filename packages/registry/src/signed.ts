/**
 * Who sends a request (SPEC 12). Four headers carry the name, the time, a nonce and an Ed25519
 * signature over
 *
 *   LV("pqv1 http", registryId, method, path and query, H(body), user, millis, nonce)
 *
 * Checked in this order: form, clock, owner of the name, signature, nonce, rate. The nonce stands
 * before the rate, so that whoever repeats an overheard request spends nothing of its sender's.
 */
import { fromBase64, toHex } from '@kyberline/core/crypto/bytes';
import { ED25519_SIGNATURE_BYTES } from '@kyberline/core/crypto/ed25519';
import { verifyEd } from '@kyberline/core/crypto/identity';
import { NONCE_BYTES, requestStatement } from '@kyberline/core/crypto/register';
import { userName } from '@kyberline/shared/ids';
import { SIGNED_HEADERS } from '@kyberline/shared/registry';
import { type Limits, SlidingWindows } from './limits.js';
import { NonceCache } from './nonces.js';
import { Refusal } from './refusal.js';
import type { Storage, StoredUser } from './storage.js';

/** How far a sender's clock may be off, ms. */
export const CLOCK_SKEW_MS = 60_000;

export interface SignedRequest {
  method: string;
  /** As in the request line. */
  pathAndQuery: string;
  header(name: string): string | null | undefined;
  /** Empty for GET, DELETE and upgrades. */
  body: Uint8Array;
}

export interface SignedRequests {
  /** The owner of the name that signed this, or why it does not count. */
  verify(request: SignedRequest): Promise<StoredUser | Refusal>;
}

export function checkSignedRequests(deps: {
  storage: Storage;
  now: () => number;
  limits: Pick<Limits, 'nonces' | 'requestsPerSecondPerIdentity' | 'users'>;
}): SignedRequests {
  const { storage, now, limits } = deps;
  const perSecond = limits.requestsPerSecondPerIdentity;
  const rate = new SlidingWindows(2 * perSecond, 2_000, limits.users);
  const nonces = new NonceCache(limits.nonces);
  return {
    async verify(request) {
      const headers = readHeaders(request);
      if (!headers) return notSigned();
      const { user, millis, nonce, signature } = headers;
      const skewMs = millis - now();
      if (Math.abs(skewMs) > CLOCK_SKEW_MS) return clockSkew(skewMs);
      const owner = await storage.user(user);
      if (!owner) return notRegistered(user);
      const statement = requestStatement({
        registryId: storage.registryId,
        ...request,
        ...headers,
      });
      if (!verifyEd(owner.edPublic, statement, signature)) return badSignature(user);
      const use = `${user} ${toHex(nonce)}`;
      if (nonces.knows(use, now())) return replayed();
      const wait = rate.take(toHex(owner.fingerprint), now());
      if (wait !== undefined) return tooFast(wait);
      // Only signed requests reach the cache, so only registered users can fill it, each at its rate.
      switch (nonces.add(use, now())) {
        case 'fresh':
          return owner;
        case 'replayed':
          return replayed();
        case 'full':
          return new Refusal('registry-full', 'The registry is overloaded. Try again shortly.', {
            retryAfterSeconds: 5,
          });
      }
    },
  };
}

function readHeaders({ header }: SignedRequest) {
  const user = userName.safeParse(header(SIGNED_HEADERS.user));
  const time = header(SIGNED_HEADERS.millis) ?? '';
  const nonce = fromBase64(header(SIGNED_HEADERS.nonce) ?? '');
  const signature = fromBase64(header(SIGNED_HEADERS.signature) ?? '');
  if (!user.success || !/^\d{1,15}$/.test(time)) return undefined;
  if (nonce?.length !== NONCE_BYTES || signature?.length !== ED25519_SIGNATURE_BYTES)
    return undefined;
  return { user: user.data, millis: Number(time), nonce, signature };
}

function notSigned(): Refusal {
  const names = Object.values(SIGNED_HEADERS).join(', ');
  return new Refusal('not-signed', `This needs a signature: send ${names} (SPEC 12).`);
}

function clockSkew(skewMs: number): Refusal {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  return new Refusal(
    'clock-skew',
    `The clock of the machine that sent this is ${seconds} s ${direction} the registry's clock; up to 60 s is fine. Set that machine's clock, or the registry's if that is the wrong one.`,
  );
}

const notRegistered = (user: string): Refusal =>
  new Refusal('not-registered', `Nobody is registered here as ${user}. Register the name first.`);

const badSignature = (user: string): Refusal =>
  new Refusal(
    'bad-signature',
    `The signature is not ${user}'s. The name may belong to another identity or registry: register again.`,
  );

const replayed = (): Refusal =>
  new Refusal('replayed', 'This request was received before. Send it again with a new nonce.');

const tooFast = (wait: number): Refusal =>
  new Refusal('too-many-requests', `Too many requests. Wait ${wait} s and try again.`, {
    retryAfterSeconds: wait,
  });
