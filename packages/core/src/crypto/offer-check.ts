/**
 * Everything that B checks before it rings and before anything is decapsulated (SPEC 4): what
 * costs nothing first, both signatures last.
 */
import type { SuiteId } from '@kyberline/shared/ids';
import { type Bundle, bundleProblem, CLOCK_TOLERANCE_MS } from './bundle.js';
import { equal, toHex } from './bytes.js';
import { verify } from './identity.js';
import type { Offer } from './offer.js';
import { callSuite, kem } from './suite.js';

export interface OfferContext {
  readonly myName: string;
  readonly myFingerprint: Uint8Array;
  readonly registryId: Uint8Array;
  readonly myPreference: SuiteId;
  /** B's clock, Unix ms. */
  readonly now: number;
  /** Whether this call id (hex) was seen in the last 10 minutes. */
  readonly seen: (callId: string) => boolean;
  /** By `Bundle.hash`: B's own bundles whose private keys still exist. */
  readonly myBundles: (hash: Uint8Array) => Bundle | undefined;
  /** Fetched by the offer's nameA and read (`readBundle`); not trusted further than that. */
  readonly callerBundle: Bundle;
  /** The fingerprint to which this contact is pinned, if it is. */
  readonly pinned?: Uint8Array | undefined;
  /** The highest suite ever agreed with this contact, if any (SPEC 1). */
  readonly pinnedSuite?: SuiteId | undefined;
}

export type OfferProblem =
  | {
      readonly code:
        | 'wrong-registry'
        | 'wrong-name'
        | 'wrong-fingerprint'
        | 'replayed'
        | 'stale-bundle'
        | 'wrong-suite'
        | 'suite-lowered'
        | 'caller-bundle'
        | 'key-changed'
        | 'bad-signature';
    }
  /** Ahead of B's clock where positive, behind it where negative; beyond ±90 s. */
  | { readonly code: 'clock-wrong'; readonly callerAheadMs: number };

/** undefined = nothing is wrong: ring. */
export function offerProblem(offer: Offer, context: OfferContext): OfferProblem | undefined {
  return (
    addressProblem(offer, context) ?? suiteProblem(offer, context) ?? callerProblem(offer, context)
  );
}

/** What costs nothing: asked before anybody is looked up. */
export function addressProblem(
  offer: Offer,
  context: Pick<OfferContext, 'registryId' | 'myName' | 'myFingerprint' | 'now' | 'seen'>,
): OfferProblem | undefined {
  if (!equal(offer.registryId, context.registryId)) return { code: 'wrong-registry' };
  // An offer to oneself could be reflected into its own answer.
  if (offer.nameB !== context.myName || offer.nameA === offer.nameB) return { code: 'wrong-name' };
  if (!equal(offer.fpB, context.myFingerprint)) return { code: 'wrong-fingerprint' };
  const callerAheadMs = offer.millis - context.now;
  if (Math.abs(callerAheadMs) > CLOCK_TOLERANCE_MS) return { code: 'clock-wrong', callerAheadMs };
  if (context.seen(toHex(offer.callId))) return { code: 'replayed' };
  return undefined;
}

function suiteProblem(offer: Offer, context: OfferContext): OfferProblem | undefined {
  const { registryId, now, myName, myPreference } = context;
  const named = context.myBundles(offer.bundleHashB);
  if (named === undefined || bundleProblem(named, { name: myName, registryId, now })) {
    return { code: 'stale-bundle' };
  }
  // A bundle of before B's preference changed: who serves it still could lower the suite.
  if (named.preference !== myPreference) return { code: 'stale-bundle' };
  if (offer.suite !== callSuite(offer.prefA, myPreference)) return { code: 'wrong-suite' };
  if (offer.ct1.length !== kem(named.preference).ciphertextBytes) return { code: 'wrong-suite' };
  if (offer.suite < (context.pinnedSuite ?? offer.suite)) return { code: 'suite-lowered' };
  return undefined;
}

function callerProblem(offer: Offer, context: OfferContext): OfferProblem | undefined {
  const { callerBundle, registryId, now, pinned } = context;
  const { fingerprint } = callerBundle.identity;
  if (bundleProblem(callerBundle, { name: offer.nameA, registryId, now })) {
    return { code: 'caller-bundle' };
  }
  // Told apart from a wrong bundle: a person must hear that a key changed (SPEC 2).
  if (pinned !== undefined && !equal(pinned, fingerprint)) return { code: 'key-changed' };
  if (!equal(offer.fpA, fingerprint)) return { code: 'caller-bundle' };
  if (!equal(offer.bundleHashA, callerBundle.hash)) return { code: 'caller-bundle' };
  // Both are signed: a caller whose two preferences differ was made to ask for a lower suite.
  if (offer.prefA !== callerBundle.preference) return { code: 'wrong-suite' };
  if (!verify(callerBundle.identity, 'pqv1 offer', offer.th1, offer.signatures)) {
    return { code: 'bad-signature' };
  }
  return undefined;
}
