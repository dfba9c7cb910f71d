/**
 * The bundle that a user publishes at the registry (SPEC 3).
 *
 *   bundle  = LV(content, Ed25519 signature, ML-DSA-65 signature)        label "pqv1 bundle"
 *   content = LV([version, suite preference], registryId16, name, ed, mldsa,
 *                x25519, kem public key, notBefore u64 ms, notAfter u64 ms)
 *
 * The KEM key is of the preferred suite's parameter set. `hash` is H over the whole bundle.
 */
import { type SuiteId, type UserName, userName } from '@kyberline/shared/ids';
import { equal, fromUtf8, lv, readLv, readU64, u64, utf8 } from './bytes.js';
import {
  type Identity,
  type PublicIdentity,
  publicIdentity,
  readSignatures,
  verify,
} from './identity.js';
import { sha256 } from './kdf.js';
import { kem, readSuite } from './suite.js';
import { x25519Public, x25519ValidPublicKey } from './x25519.js';

export const BUNDLE_VERSION = 1;
export const REGISTRY_ID_BYTES = 16;
/** A new bundle is published this often (SPEC 3). */
export const BUNDLE_RENEWAL_MS = 24 * 3_600_000;
/** `notAfter` lies this far ahead, so that bundles overlap. */
export const BUNDLE_LIFETIME_MS = 48 * 3_600_000;
/** The private keys are kept this long after `notAfter`, for offers that are on their way. */
export const BUNDLE_GRACE_MS = 180_000;
/** How far two clocks may differ (SPEC 4). */
export const CLOCK_TOLERANCE_MS = 90_000;
/** Far above the largest real bundle (suite 3, 7 KB). */
const MAX_BUNDLE_BYTES = 16_384;

/** The private halves, as they are stored. */
export interface BundleKeys {
  /** 32 bytes. */
  readonly x25519Seed: Uint8Array;
  /** 64 bytes, d ‖ z. */
  readonly kemSeed: Uint8Array;
}

export interface Bundle {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly version: number;
  readonly preference: SuiteId;
  readonly registryId: Uint8Array;
  readonly name: UserName;
  readonly identity: PublicIdentity;
  readonly x25519: Uint8Array;
  readonly kem: Uint8Array;
  /** Unix ms. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface BundleContent {
  readonly identity: Identity;
  readonly preference: SuiteId;
  readonly registryId: Uint8Array;
  readonly name: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keys: BundleKeys;
}

/** Signs; throws for content that `readBundle` would refuse. */
export async function makeBundle(from: BundleContent): Promise<Bundle> {
  const { publicKey } = await kem(from.preference).keyPair(from.keys.kemSeed);
  const content = lv(
    Uint8Array.of(BUNDLE_VERSION, from.preference),
    from.registryId,
    utf8(from.name),
    from.identity.public.ed,
    from.identity.public.mldsa,
    x25519Public(from.keys.x25519Seed),
    publicKey,
    u64(from.notBefore),
    u64(from.notAfter),
  );
  const signatures = from.identity.sign('pqv1 bundle', content);
  const bytes = lv(content, signatures.ed, signatures.mldsa);
  const bundle = parse(bytes, content);
  if (bundle === undefined) throw new RangeError('a bundle needs a name, 16 id bytes and a life');
  return bundle;
}

/** undefined unless the syntax, the keys and both signatures are right. Copies what it keeps. */
export function readBundle(bytes: Uint8Array): Bundle | undefined {
  if (bytes.length > MAX_BUNDLE_BYTES) return undefined;
  const parts = readLv(bytes, 3);
  if (parts === undefined) return undefined;
  const [content, edSignature, mldsaSignature] = parts;
  const signatures = readSignatures(edSignature, mldsaSignature);
  if (signatures === undefined) return undefined;
  const bundle = parse(new Uint8Array(bytes), content);
  if (bundle === undefined) return undefined;
  return verify(bundle.identity, 'pqv1 bundle', content, signatures) ? bundle : undefined;
}

export type BundleProblem = 'wrong-name' | 'wrong-registry' | 'not-yet-valid' | 'expired';

/**
 * Whether a signed bundle is the one that was asked for, and of today. Clocks may differ by 90 s;
 * `now` is Unix ms.
 */
export function bundleProblem(
  bundle: Bundle,
  asked: { name: string; registryId: Uint8Array; now: number },
): BundleProblem | undefined {
  if (bundle.name !== asked.name) return 'wrong-name';
  if (!equal(bundle.registryId, asked.registryId)) return 'wrong-registry';
  if (asked.now < bundle.notBefore - CLOCK_TOLERANCE_MS) return 'not-yet-valid';
  if (asked.now > bundle.notAfter + CLOCK_TOLERANCE_MS) return 'expired';
  return undefined;
}

function parse(bytes: Uint8Array, content: Uint8Array): Bundle | undefined {
  const parts = readLv(content, 9);
  if (parts === undefined) return undefined;
  const [head, registryId, nameBytes, ed, mldsa, x25519, kemKey, from, until] = parts;
  const preference = head.length === 2 ? readSuite(head[1]) : undefined;
  if (head[0] !== BUNDLE_VERSION || preference === undefined) return undefined;
  const name = userName.safeParse(fromUtf8(nameBytes));
  const identity = publicIdentity(ed, mldsa);
  const notBefore = readU64(from);
  const notAfter = readU64(until);
  if (!name.success || identity === undefined) return undefined;
  if (notBefore === undefined || notAfter === undefined || notBefore >= notAfter) return undefined;
  if (registryId.length !== REGISTRY_ID_BYTES) return undefined;
  if (!x25519ValidPublicKey(x25519) || !kem(preference).validPublicKey(kemKey)) return undefined;
  return {
    bytes,
    hash: sha256(bytes),
    version: BUNDLE_VERSION,
    preference,
    registryId,
    name: name.data,
    identity,
    x25519,
    kem: kemKey,
    notBefore,
    notAfter,
  };
}
