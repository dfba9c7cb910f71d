/**
 * The bundles that this installation publishes (SPEC 3): a new one every 24 hours, each valid for
 * 48, private keys kept on disk until 180 s after the end, so that an offer always finds its key.
 */
import {
  BUNDLE_LIFETIME_MS,
  BUNDLE_RENEWAL_MS,
  type Bundle,
  type BundleKeys,
  makeBundle,
  readBundle,
} from '@kyberline/core/crypto/bundle';
import { equal, type RandomBytes, toHex } from '@kyberline/core/crypto/bytes';
import type { Identity } from '@kyberline/core/crypto/identity';
import type { RegistryId, SuiteId, UserName } from '@kyberline/shared/ids';
import { isUsable, type StoredBundle, type StoredIdentity, saveBundles } from './store/identity.js';

const X25519_SEED_BYTES = 32;
const KEM_SEED_BYTES = 64;
/** A bundle begins in the past, so that a peer whose clock is slow can say so instead of failing. */
const BEGINS_BEFORE_MS = 3_600_000;

export interface OwnBundle {
  bundle: Bundle;
  keys: BundleKeys;
}

export class Bundles {
  #own: OwnBundle[];
  /** The newest bundle that each registry took, by registry and name. */
  readonly #published = new Map<string, Bundle>();
  #making: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly home: string,
    private readonly file: string,
    private stored: StoredIdentity,
    private readonly identity: Identity,
    private readonly random: RandomBytes,
    /** Unix ms. */
    private readonly now: () => number,
  ) {
    this.#own = stored.bundles.flatMap((each) => {
      const bundle = readBundle(each.bundle);
      return bundle ? [{ bundle, keys: each }] : [];
    });
    this.prune();
  }

  /** The newest bundle for this name and preference at this registry, made if there is none. */
  current(registryId: Uint8Array, name: UserName, preference: SuiteId): Promise<Bundle> {
    // One at a time: two callers that need a new one get the same.
    const next = this.#making.then(
      () => this.#fresh(registryId, name, preference) ?? this.#make(registryId, name, preference),
    );
    this.#making = next.catch(() => undefined);
    return next;
  }

  /** A registry has it now, and shows it to whoever is called. */
  published(bundle: Bundle): void {
    this.#published.set(place(bundle.registryId, bundle.name), bundle);
  }

  /**
   * The bundle that an offer of ours may name: the callee looks for exactly that one. Before the
   * registry has taken a fresh one it is the one before; where nothing is published, the current.
   */
  async offered(registryId: Uint8Array, name: UserName, preference: SuiteId): Promise<Bundle> {
    const known = this.#published.get(place(registryId, name));
    const isGood = known && known.preference === preference && this.now() < known.notAfter;
    return isGood ? known : this.current(registryId, name, preference);
  }

  /** Forgets private keys that are past their grace, on the disk too (SPEC 3). */
  prune(): void {
    if (this.stored.bundles.every((each) => isUsable(each, this.now()))) return;
    this.#keep(this.stored.bundles, this.now());
  }

  /** By `Bundle.hash`, as an offer names it. */
  find(hash: Uint8Array): OwnBundle | undefined {
    return this.#own.find(({ bundle }) => equal(bundle.hash, hash));
  }

  /** When the newest bundle of this name is due to be replaced, Unix ms. */
  renewalAt(bundle: Bundle): number {
    return bundle.notAfter - BUNDLE_LIFETIME_MS + BUNDLE_RENEWAL_MS;
  }

  #fresh(registryId: Uint8Array, name: UserName, preference: SuiteId): Bundle | undefined {
    const now = this.now();
    return this.#own.findLast(
      ({ bundle }) =>
        bundle.name === name &&
        bundle.preference === preference &&
        equal(bundle.registryId, registryId) &&
        bundle.notBefore <= now &&
        now < this.renewalAt(bundle),
    )?.bundle;
  }

  async #make(registryId: Uint8Array, name: UserName, preference: SuiteId): Promise<Bundle> {
    const now = this.now();
    const keys = {
      x25519Seed: this.random(X25519_SEED_BYTES),
      kemSeed: this.random(KEM_SEED_BYTES),
    };
    const bundle = await makeBundle({
      identity: this.identity,
      preference,
      registryId,
      name,
      notBefore: now - BEGINS_BEFORE_MS,
      notAfter: now + BUNDLE_LIFETIME_MS,
      keys,
    });
    const record: StoredBundle = {
      ...keys,
      registryId: toHex(registryId) as RegistryId,
      name,
      bundle: bundle.bytes,
      notBefore: bundle.notBefore,
      notAfter: bundle.notAfter,
    };
    // On disk before it is published: an offer to it must open after a crash too.
    this.#own.push({ bundle, keys });
    this.#keep([...this.stored.bundles, record], now);
    return bundle;
  }

  #keep(bundles: readonly StoredBundle[], now: number): void {
    this.stored = saveBundles(this.home, this.stored, bundles, now, this.file);
    this.#own = this.#own.filter(({ bundle }) =>
      this.stored.bundles.some((each) => equal(each.bundle, bundle.bytes)),
    );
  }
}

const place = (registryId: Uint8Array, name: string) => `${toHex(registryId)} ${name}`;
