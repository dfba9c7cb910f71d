/**
 * What the page knows, and who wants to hear of it. Three streams that change at their own
 * pace: the state on every change, levels ten times a second, counters once a second.
 */
import type { Counters, Levels, StateSnapshot } from '@kyberline/shared/snapshot';

/** How the page stands with the daemon. */
export type Link =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** Not reachable now; tried again by itself. */
  | { kind: 'away'; sentence: string }
  /** This browser may not ask; a person has to pair it. */
  | { kind: 'not-paired'; sentence: string };

export type Known = {
  link: Link;
  /** The daemon's last word, and undefined as soon as it may no longer be true. */
  state: StateSnapshot | undefined;
  levels: Levels | undefined;
  counters: Counters | undefined;
  /** What other machines may write as their registry's address, if this machine keeps one. */
  registryAddresses: readonly string[];
};

export type KnownKey = keyof Known;

export class Store {
  #known: Known = {
    link: { kind: 'connecting' },
    state: undefined,
    levels: undefined,
    counters: undefined,
    registryAddresses: [],
  };
  readonly #listeners: Record<KnownKey, Set<() => void>> = {
    link: new Set(),
    state: new Set(),
    levels: new Set(),
    counters: new Set(),
    registryAddresses: new Set(),
  };

  get<K extends KnownKey>(key: K): Known[K] {
    return this.#known[key];
  }

  set<K extends KnownKey>(key: K, value: Known[K]): void {
    if (this.#known[key] === value) return;
    this.#known = { ...this.#known, [key]: value };
    for (const listener of this.#listeners[key]) listener();
  }

  /** Calls `listener` after each change of `key`, until the returned function is called. */
  subscribe(key: KnownKey, listener: () => void): () => void {
    this.#listeners[key].add(listener);
    return () => this.#listeners[key].delete(listener);
  }
}
