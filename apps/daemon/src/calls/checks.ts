/**
 * What both sides check of each other before a key is used: the bundle, the pin, the suite
 * (SPEC 2 to 4). A finding is the reason that the person reads and what the other side is told.
 */
import { type Bundle, bundleProblem, readBundle } from '@kyberline/core/crypto/bundle';
import { toHex } from '@kyberline/core/crypto/bytes';
import {
  addressProblem,
  type Offer,
  type OfferProblem,
  offerProblem,
} from '@kyberline/core/crypto/handshake';
import { callSuite } from '@kyberline/core/crypto/suite';
import type { EndReason } from '@kyberline/shared/endings';
import type { Fingerprint, RegistryId, UserName } from '@kyberline/shared/ids';
import type { RejectReason } from '@kyberline/shared/registry';
import type { Party } from './parties.js';

export interface Finding {
  reason: EndReason;
  tell: RejectReason;
}

const REFUSED: Finding = { reason: 'refused', tell: 'refused' };
const CLOCK_WRONG: Finding = { reason: 'clock-wrong', tell: 'clock-wrong' };
const KEY_CHANGED: Finding = { reason: 'key-changed', tell: 'key-changed' };

/** The peer's bundle if it is what was asked for and its key is the pinned one. Pins a new one. */
export function checkBundle(
  bytes: Uint8Array,
  name: UserName,
  registryId: Uint8Array,
  party: Party,
): Bundle | Finding {
  const bundle = readBundle(bytes);
  const problem = bundle && bundleProblem(bundle, { name, registryId, now: party.wall() });
  // Bundles are fresh every day: one that seems to be of another time comes from a wrong clock.
  if (problem === 'not-yet-valid' || problem === 'expired') return CLOCK_WRONG;
  if (!bundle || problem) return REFUSED;
  const registry = toHex(registryId) as RegistryId;
  const fingerprint = toHex(bundle.identity.fingerprint) as Fingerprint;
  if (party.pins.seen(registry, name, fingerprint, 1, party.wall()) === 'changed') {
    return KEY_CHANGED;
  }
  const highest = party.pins.find(registry, name)?.highestSuite ?? 1;
  return callSuite(party.suite(), bundle.preference) < highest
    ? { reason: 'suite-lowered', tell: 'refused' }
    : bundle;
}

/** B's checks that cost nothing, before the caller is looked up. */
export function checkAddress(
  offer: Offer,
  registryId: Uint8Array,
  party: Party,
): Finding | undefined {
  return findingOf(addressProblem(offer, whoIAm(registryId, party)));
}

/** B's checks of an offer whose caller's bundle passed `checkBundle`. */
export function checkOffer(
  offer: Offer,
  callerBundle: Bundle,
  registryId: Uint8Array,
  party: Party,
): Finding | undefined {
  const pin = party.pins.find(toHex(registryId) as RegistryId, offer.nameA as UserName);
  const problem = offerProblem(offer, {
    ...whoIAm(registryId, party),
    myPreference: party.suite(),
    myBundles: (hash) => party.bundles.find(hash)?.bundle,
    callerBundle,
    pinnedSuite: pin?.highestSuite,
  });
  return findingOf(problem);
}

function whoIAm(registryId: Uint8Array, party: Party) {
  return {
    myName: party.nameAt(registryId),
    myFingerprint: party.identity.public.fingerprint,
    registryId,
    now: party.wall(),
    // calls.ts takes each call id once: an offer that comes again never gets here.
    seen: () => false,
  };
}

function findingOf(problem: OfferProblem | undefined): Finding | undefined {
  switch (problem?.code) {
    case undefined:
      return undefined;
    case 'stale-bundle':
      return { reason: 'refused', tell: 'stale-bundle' };
    case 'clock-wrong':
      return CLOCK_WRONG;
    case 'key-changed':
      return KEY_CHANGED;
    case 'suite-lowered':
      return { reason: 'suite-lowered', tell: 'refused' };
    default:
      return REFUSED;
  }
}

export function isFinding(result: Bundle | Finding): result is Finding {
  return 'tell' in result;
}

/** Half of what SPEC 4 tolerates: a clock this far from the registry's is the one to set. */
const CLOCK_SUSPECT_MS = 45_000;

/** Whose clock it is, by the registry's; `offsetMs` is the registry's clock minus ours. */
export function clockSentence(peer: UserName, offsetMs: number | undefined): string | undefined {
  if (offsetMs === undefined) return undefined;
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  return Math.abs(offsetMs) > CLOCK_SUSPECT_MS
    ? `This machine's clock is ${seconds} seconds ${offsetMs > 0 ? 'slow' : 'fast'} by the registry's, too far off for a secure call. Set it and call again.`
    : `${peer}'s clock is more than 90 seconds off; yours agrees with the registry's. Ask ${peer} to set it.`;
}
