/**
 * <home>/identity.json: who this installation is. Seeds only, never expanded keys (SPEC 2), and
 * the private halves of the published bundles until 180 s after their end (SPEC 3). The file is
 * 0600 and not encrypted: `protection` says so, and leaves room for a passphrase.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_GRACE_MS, type BundleKeys } from '@kyberline/core/crypto/bundle';
import type { RandomBytes } from '@kyberline/core/crypto/bytes';
import type { IdentitySeeds } from '@kyberline/core/crypto/identity';
import type { RegistryId, UserName } from '@kyberline/shared/ids';
import { Problem } from '../problem.js';
import { decodeIdentity, encodeIdentity } from './identity-file.js';
import { readPrivateFile, tightenFile, writePrivateFile } from './private-file.js';

export const IDENTITY_FILE = 'identity.json';

export interface StoredIdentity {
  readonly seeds: IdentitySeeds;
  /** 16 random bytes: tells this machine from another one with the same identity (SPEC 3). */
  readonly machineId: Uint8Array;
  readonly bundles: readonly StoredBundle[];
}

/** A bundle as it was published, with its private keys. */
export interface StoredBundle extends BundleKeys {
  readonly registryId: RegistryId;
  readonly name: UserName;
  /** The bundle's bytes, for `readBundle`. */
  readonly bundle: Uint8Array;
  /** Unix ms. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * The identity of a home, or undefined where there is none yet.
 * @param file another one than the user's own, such as the echo contact's
 * @throws Problem `identity-damaged`, `identity-newer`, `identity-protected`; the file stays as it is
 */
export function loadIdentity(
  home: string,
  file = IDENTITY_FILE,
): { identity: StoredIdentity; warning?: string } | undefined {
  const path = join(home, file);
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  const warning = tightenFile(path);
  const identity = decodeIdentity(text);
  if (typeof identity === 'string') throw refused(path, identity);
  return warning === undefined ? { identity } : { identity, warning };
}

/** Makes a new identity and writes it; throws rather than replace one. */
export function createIdentity(
  home: string,
  random: RandomBytes,
  file = IDENTITY_FILE,
): StoredIdentity {
  const path = join(home, file);
  if (existsSync(path)) throw new Error(`${path} is there already: an identity is never replaced`);
  const identity: StoredIdentity = {
    seeds: { ed: random(32), mldsa: random(32) },
    machineId: random(16),
    bundles: [],
  };
  writePrivateFile(path, encodeIdentity(identity));
  return identity;
}

/** Writes `bundles` in the place of those before, without the ones that are past their grace. */
export function saveBundles(
  home: string,
  identity: StoredIdentity,
  bundles: readonly StoredBundle[],
  now: number,
  file = IDENTITY_FILE,
): StoredIdentity {
  const saved: StoredIdentity = { ...identity, bundles: bundles.filter((b) => isUsable(b, now)) };
  writePrivateFile(join(home, file), encodeIdentity(saved));
  return saved;
}

/** Whether an offer to this bundle may still be opened (SPEC 3). */
export function isUsable(bundle: StoredBundle, now: number): boolean {
  return now <= bundle.notAfter + BUNDLE_GRACE_MS;
}

function refused(path: string, why: 'damaged' | 'newer' | 'protected'): Problem {
  const SENTENCES = {
    damaged: `${path} is damaged and was left as it is. Put a backup in its place. Without one, move it away and register again: your key will be a new one, and people who know you must compare the words with you once more.`,
    newer: `${path} was written by a newer version of Kyberline. Update this one, or choose another data folder with --home.`,
    protected: `${path} is protected in a way that this version of Kyberline does not know. Update it, or choose another data folder with --home.`,
  };
  return new Problem(`identity-${why}`, SENTENCES[why]);
}
