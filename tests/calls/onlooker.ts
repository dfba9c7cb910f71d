/** Keeps every counters event of a daemon's one call, and how busy the machine was meanwhile. */
import { readFileSync } from 'node:fs';
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

/** Since then, for how much of the time some program here waited for a processor (Linux). */
export function watchMachine(): () => string {
  const [from, waited] = [performance.now(), waitedMs()];
  return () => {
    const now = waitedMs();
    if (waited === undefined || now === undefined) return 'how busy the machine was is unknown';
    const share = (now - waited) / (performance.now() - from);
    return `programs waited for a processor ${Math.round(100 * share)} % of the time`;
  };
}

/** `some avg10=… total=MICROSECONDS`, since the machine was started. */
function waitedMs(): number | undefined {
  try {
    const total = /^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1];
    return total === undefined ? undefined : Number(total) / 1000;
  } catch {
    return undefined;
  }
}
