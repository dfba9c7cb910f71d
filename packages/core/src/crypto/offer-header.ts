/**
 * The header of an offer (SPEC 4): everything that both sides must agree on, in the clear.
 *
 *   hdr = LV("KYBERLINE/1", [suite, prefA], callId16, registryId16, nameA, nameB, fpA, fpB,
 *            H(bundleA), H(bundleB), millis u64, xA, kemA, ct1, com)
 */
import { type SuiteId, type UserName, userName } from '@kyberline/shared/ids';
import { REGISTRY_ID_BYTES } from './bundle.js';
import { equal, fromUtf8, lv, readLv, readU64, u64, utf8 } from './bytes.js';
import { kem, readSuite } from './suite.js';
import { x25519ValidPublicKey } from './x25519.js';

export const CALL_ID_BYTES = 16;
const PROTOCOL = utf8('KYBERLINE/1');
const HASH_BYTES = 32;

export interface OfferHeader {
  /** The call's suite: parameter set of kemA, ct2 and rekey. */
  readonly suite: SuiteId;
  readonly prefA: SuiteId;
  readonly callId: Uint8Array;
  readonly registryId: Uint8Array;
  readonly nameA: UserName;
  readonly nameB: UserName;
  readonly fpA: Uint8Array;
  readonly fpB: Uint8Array;
  /** H(bundleA), H(bundleB): `Bundle.hash`. */
  readonly bundleHashA: Uint8Array;
  readonly bundleHashB: Uint8Array;
  /** A's clock, Unix ms. */
  readonly millis: number;
  readonly xA: Uint8Array;
  readonly kemA: Uint8Array;
  /** Of the parameter set of the key in B's bundle. */
  readonly ct1: Uint8Array;
  readonly com: Uint8Array;
}

/** The inverse of `readOfferHeader`. */
export function writeOfferHeader(from: Omit<OfferHeader, 'nameA'> & { nameA: string }): Uint8Array {
  return lv(
    PROTOCOL,
    Uint8Array.of(from.suite, from.prefA),
    from.callId,
    from.registryId,
    utf8(from.nameA),
    utf8(from.nameB),
    from.fpA,
    from.fpB,
    from.bundleHashA,
    from.bundleHashB,
    u64(from.millis),
    from.xA,
    from.kemA,
    from.ct1,
    from.com,
  );
}

/** Syntax alone: lengths, names, suites, and public keys that can be used. */
export function readOfferHeader(header: Uint8Array): OfferHeader | undefined {
  const parts = readLv(header, 15);
  if (parts === undefined) return undefined;
  const [protocol, suites, callId, registryId, a, b, fpA, fpB, hashA, hashB] = parts;
  const [time, xA, kemA, ct1, com] = parts.slice(10) as LastFive;
  if (!equal(protocol, PROTOCOL) || suites.length !== 2) return undefined;
  const suite = readSuite(suites[0]);
  const prefA = readSuite(suites[1]);
  const nameA = userName.safeParse(fromUtf8(a));
  const nameB = userName.safeParse(fromUtf8(b));
  const millis = readU64(time);
  if (suite === undefined || prefA === undefined || millis === undefined) return undefined;
  if (!nameA.success || !nameB.success) return undefined;
  if (callId.length !== CALL_ID_BYTES || registryId.length !== REGISTRY_ID_BYTES) return undefined;
  const hashes = [fpA, fpB, hashA, hashB, com];
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) return undefined;
  if (!CIPHERTEXT_BYTES.includes(ct1.length)) return undefined;
  if (!kem(suite).validPublicKey(kemA) || !x25519ValidPublicKey(xA)) return undefined;
  return {
    suite,
    prefA,
    callId,
    registryId,
    nameA: nameA.data,
    nameB: nameB.data,
    fpA,
    fpB,
    bundleHashA: hashA,
    bundleHashB: hashB,
    millis,
    xA,
    kemA,
    ct1,
    com,
  };
}

type LastFive = [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** Which of them it must be depends on B's bundle, which the syntax does not show. */
const CIPHERTEXT_BYTES = [kem(1), kem(2), kem(3)].map((each) => each.ciphertextBytes);
