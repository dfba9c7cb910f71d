/** Keeps every counters event of a daemon's one call, with the moment at which it came. */
import type { CallCounters } from '@kyberline/shared/snapshot';
import type { Daemon } from '../rig/daemon.js';

const LOOK_EVERY_MS = 20;

export interface Onlooker {
  seen: readonly { atMs: number; counters: CallCounters }[];
  /** The first counters that came at or after this moment, performance.now() ms. */
  from(atMs: number): CallCounters;
  latest(): CallCounters;
  stop(): Promise<void>;
}

export function watchCounters({ name, client }: Daemon): Onlooker {
  const seen: { atMs: number; counters: CallCounters }[] = [];
  let last = client.counters();
  const timer = setInterval(() => {
    const now = client.counters();
    if (now === last) return;
    last = now;
    if (now.length === 1) seen.push({ atMs: performance.now(), counters: now[0]! });
  }, LOOK_EVERY_MS);
  const found = (counters: CallCounters | undefined): CallCounters => {
    if (!counters) throw new Error(`${name} has said no counters then.`);
    return counters;
  };
  return {
    seen,
    from: (atMs) => found(seen.find((each) => each.atMs >= atMs)?.counters),
    latest: () => found(seen.at(-1)?.counters),
    stop: async () => clearInterval(timer),
  };
}
