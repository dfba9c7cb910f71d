/** Puts a registry together: rules, storage, push and HTTP, with one clock and one source of chance. */
import { randomBytes } from 'node:crypto';
import { EventSockets } from './events.js';
import { countAddresses, createHandle, type Handle, refuse } from './handlers.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { openMemory } from './memory.js';
import { Presence } from './presence.js';
import { Refusal } from './refusal.js';
import { createRules } from './registry.js';
import { checkSignedRequests } from './signed.js';
import { openSqlite } from './sqlite.js';
import { createUpgrade, type HandleUpgrade } from './upgrade.js';

/** The version that `GET /api/health` tells. */
export const VERSION = '0.1.0';
const TICK_MS = 1_000;

export interface OpenRegistry {
  /** 32 hex digits. */
  readonly id: string;
  readonly limits: Limits;
  /** Answer a request; 404 for what is not a registry route. Never throws. */
  readonly handle: Handle;
  /** Answer an upgrade of /api/events; 404 for any other. The address is the socket's. */
  readonly handleUpgrade: HandleUpgrade;
  /** Let time take effect now: it also does so by itself, once a second. */
  tick(): void;
  /** Close event sockets and database. Twice is as good as once. */
  close(): Promise<void>;
}

/** The SQLite file, or a registry that ends with the process. */
export type Place = { dbPath: string; memory?: undefined } | { memory: true; dbPath?: undefined };

export type RegistryOptions = Place & {
  /** Unix ms. */
  now?: () => number;
  random?: (bytes: number) => Uint8Array;
  /** What differs from the defaults of SPEC 12. */
  limits?: Partial<Limits>;
  heartbeatMs?: number;
  /** Told of errors that are ours. By default they go to stderr. */
  report?: (error: unknown) => void;
};

/** @throws StorageError when the database cannot be used */
export function openRegistry(options: RegistryOptions): OpenRegistry {
  const { now = Date.now, random = chance, report = toStderr } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const storage = options.memory ? openMemory(random) : openSqlite(options.dbPath, random);
  const presence = new Presence((username, online) =>
    sockets.everyone({ type: 'presence', username, online }),
  );
  const sockets = new EventSockets(presence, now, limits, options.heartbeatMs);
  const rules = createRules({ storage, push: sockets, presence, now, random, limits });
  const signedRequests = checkSignedRequests({ storage, now, limits });
  const perAddress = countAddresses(limits);
  const parts = { rules, signedRequests, perAddress, now, limits, version: VERSION, report };
  const handle = createHandle(parts);
  const upgrade = createUpgrade({ ...parts, sockets });
  const timer = setInterval(rules.tick, TICK_MS).unref();

  let closing: Promise<void> | undefined;
  const close = async () => {
    clearInterval(timer);
    sockets.close();
    // What was let in before has no more to wait for than its turn.
    await new Promise(setImmediate);
    await storage.close();
  };
  return {
    id: rules.registryId,
    limits,
    handle: async (request, from) => (closing ? refuse(closed(), now()) : handle(request, from)),
    handleUpgrade(request, socket, head) {
      if (closing) socket.destroy();
      else upgrade(request, socket, head);
    },
    tick: rules.tick,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

const chance = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));

function toStderr(error: unknown): void {
  process.stderr.write(`registry: ${error instanceof Error ? error.stack : String(error)}\n`);
}

const closed = (): Refusal =>
  new Refusal('registry-closed', 'The registry is shutting down. Try again shortly.', {
    retryAfterSeconds: 5,
  });
