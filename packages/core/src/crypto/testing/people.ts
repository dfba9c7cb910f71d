/** Complete strangers for tests: an identity, bundle keys and a bundle, from a seed. */
import type { SuiteId } from '@kyberline/shared/ids';
import { BUNDLE_LIFETIME_MS, type Bundle, type BundleKeys, makeBundle } from '../bundle.js';
import { type Identity, identityFromSeeds } from '../identity.js';
import { KEM_SEED_BYTES } from '../suite.js';
import { seededRandom } from './seeded-random.js';

/** 2026-01-01T00:00:00Z, the moment at which the tests begin. */
export const TEST_NOW = 1_767_225_600_000;
export const TEST_REGISTRY = new Uint8Array(16).fill(0x5a);

export interface TestPerson {
  readonly name: string;
  readonly preference: SuiteId;
  readonly identity: Identity;
  readonly keys: BundleKeys;
  readonly bundle: Bundle;
}

export interface TestPersonOptions {
  preference?: SuiteId;
  seed?: string;
  registryId?: Uint8Array;
  notBefore?: number;
  notAfter?: number;
}

/** The same `seed` (the name, if none is given) always makes the same person. */
export async function testPerson(name: string, other: TestPersonOptions = {}): Promise<TestPerson> {
  const { preference = 1, seed = name, registryId = TEST_REGISTRY, notBefore = TEST_NOW } = other;
  const { notAfter = notBefore + BUNDLE_LIFETIME_MS } = other;
  const random = seededRandom(`kyberline test person ${seed}`);
  const identity = identityFromSeeds({ ed: random(32), mldsa: random(32) });
  const keys = { x25519Seed: random(32), kemSeed: random(KEM_SEED_BYTES) };
  const bundle = await makeBundle({
    identity,
    preference,
    registryId,
    name,
    notBefore,
    notAfter,
    keys,
  });
  return { name, preference, identity, keys, bundle };
}
