/**
 * Hands the snapshot to everybody who watches. A slow watcher holds no queue: it finds the newest
 * state, the newest levels and the newest counters, and what lay between is gone.
 */
import type { Counters, Levels, SnapshotEvent, StateSnapshot } from '@kyberline/shared/snapshot';

interface Watcher {
  stateIsNew: boolean;
  levels: Levels | undefined;
  counters: Counters | undefined;
  wake: () => void;
}

export class Watchers {
  readonly #watchers = new Set<Watcher>();
  #told = false;

  constructor(private readonly state: () => StateSnapshot) {}

  /** Something in the state changed; many changes in one turn are told once. */
  changed(): void {
    if (this.#told) return;
    this.#told = true;
    setImmediate(() => {
      this.#told = false;
      this.#each((watcher) => {
        watcher.stateIsNew = true;
      });
    });
  }

  levels(levels: Levels): void {
    this.#each((watcher) => {
      watcher.levels = levels;
    });
  }

  counters(counters: Counters): void {
    this.#each((watcher) => {
      watcher.counters = counters;
    });
  }

  async *watch(signal: AbortSignal): AsyncIterable<SnapshotEvent> {
    const watcher: Watcher = {
      stateIsNew: true,
      levels: undefined,
      counters: undefined,
      wake: () => undefined,
    };
    const stop = () => watcher.wake();
    this.#watchers.add(watcher);
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        yield* this.#take(watcher);
        if (watcher.stateIsNew || watcher.levels || watcher.counters) continue;
        if (signal.aborted) break;
        await new Promise<void>((resolve) => {
          watcher.wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#watchers.delete(watcher);
    }
  }

  *#take(watcher: Watcher): Iterable<SnapshotEvent> {
    const { stateIsNew, levels, counters } = watcher;
    watcher.stateIsNew = false;
    watcher.levels = undefined;
    watcher.counters = undefined;
    if (stateIsNew) yield { type: 'state', state: this.state() };
    if (levels) yield { type: 'levels', levels };
    if (counters) yield { type: 'counters', counters };
  }

  #each(change: (watcher: Watcher) => void): void {
    for (const watcher of this.#watchers) {
      change(watcher);
      watcher.wake();
    }
  }
}
