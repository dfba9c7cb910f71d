/** A registry on a real port, with a clock that the test turns. */
import { fromHex } from '@kyberline/core/crypto/bytes';
import type { Limits } from '@kyberline/registry/limits';
import { type OpenRegistry, openRegistry } from '@kyberline/registry/open';
import { createRegistryServer, type RegistryServer } from '@kyberline/registry/server';
import { type Person, personAt } from './person.js';

/** 2026-01-01T00:00:00Z. */
export const START = 1_767_225_600_000;

export interface Site {
  url: string;
  port: number;
  registry: OpenRegistry;
  listener: RegistryServer;
  registryId: Uint8Array;
  now: () => number;
  /** Turn the clock, and let that take effect. */
  pass(ms: number): void;
  /** Registered people. */
  people(...names: string[]): Promise<Person[]>;
  close(): Promise<void>;
}

export async function openSite(
  options: {
    dbPath?: string;
    host?: string;
    limits?: Partial<Limits>;
    heartbeatMs?: number;
    at?: number;
  } = {},
): Promise<Site> {
  const { dbPath, host = '127.0.0.1', limits, heartbeatMs, at = START } = options;
  let time = at;
  const now = () => time;
  const report = (error: unknown) => {
    throw error;
  };
  const place = dbPath === undefined ? { memory: true as const } : { dbPath };
  const registry = openRegistry({ ...place, now, limits, heartbeatMs, report });
  const listener = await createRegistryServer({ registry, host, port: 0 });
  const site: Site = {
    url: `http://127.0.0.1:${listener.port}`,
    port: listener.port,
    registry,
    registryId: fromHex(registry.id)!,
    now,
    pass(ms) {
      time += ms;
      registry.tick();
    },
    async people(...names) {
      const people = await Promise.all(names.map((name) => personAt(site, name)));
      for (const person of people) {
        const { status, json } = await person.register();
        if (status !== 200) throw new Error(`${person.name}: ${JSON.stringify(json)}`);
      }
      return people;
    },
    listener,
    async close() {
      await registry.close();
      await listener.close();
    },
  };
  return site;
}
