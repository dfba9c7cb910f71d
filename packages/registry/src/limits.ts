/**
 * How much anyone may ask for (SPEC 12). The defaults let thirty laptops behind one address live;
 * every number can be set where the registry is opened. Counting is by token bucket: a key may
 * spend `capacity` at once and earns `perSecond` back.
 */
import { isIPv4, isIPv6 } from 'node:net';

export interface Limits {
  /** Requests a second of one address, before any signature is looked at. */
  requestsPerSecondPerAddress: number;
  /** Finished registrations a minute of one address: each costs four ML-DSA verifications. */
  registrationsPerMinutePerAddress: number;
  /** Signed requests a second of one identity, in bursts of twice as many. */
  requestsPerSecondPerIdentity: number;
  initiationsPerMinute: number;
  lookUpsPerMinute: number;
  /** Ringing calls of one caller, and towards one callee. */
  pendingPerCaller: number;
  pendingPerCallee: number;
  /** Bytes of a request's body. */
  bodyBytes: number;
  /**
   * Bytes of a registration. A rotation to suite 3 carries four ML-DSA-65 signatures or keys beside
   * the bundle, 21.2 KB as base64, and so cannot keep to `bodyBytes`.
   */
  registerBodyBytes: number;
  /** Bounds on what is held in memory or on disk. So many names fit into one answer of 256 KB. */
  users: number;
  calls: number;
  nonces: number;
  challenges: number;
  addresses: number;
  sockets: number;
  socketsPerAddress: number;
  /** Bytes that may wait for one slow event socket before it is closed. */
  eventBacklogBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  requestsPerSecondPerAddress: 200,
  registrationsPerMinutePerAddress: 120,
  requestsPerSecondPerIdentity: 50,
  initiationsPerMinute: 10,
  lookUpsPerMinute: 120,
  pendingPerCaller: 3,
  pendingPerCallee: 5,
  bodyBytes: 16 * 1024,
  registerBodyBytes: 24 * 1024,
  users: 4_000,
  calls: 2_000,
  nonces: 200_000,
  challenges: 10_000,
  addresses: 10_000,
  sockets: 2_000,
  socketsPerAddress: 256,
  eventBacklogBytes: 512 * 1024,
};

interface Bucket {
  tokens: number;
  /** Unix ms at which `tokens` was right. */
  at: number;
}

/** Token buckets by key. At most `maxKeys` are held; the one untouched longest makes room. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    readonly capacity: number,
    readonly perSecond: number,
    readonly maxKeys: number,
  ) {}

  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Spend one token of `key` at `now` (Unix ms).
   * @returns undefined if there was one, else the seconds (1 or more) until there will be.
   */
  take(key: string, now: number): number | undefined {
    const held = this.#buckets.get(key);
    // A clock that was set back earns nothing, and counts from its new time on.
    const earned = held ? (Math.max(0, now - held.at) / 1000) * this.perSecond : 0;
    const tokens = held ? Math.min(this.capacity, held.tokens + earned) : this.capacity;
    const passes = tokens >= 1;
    // Taken out and put back: a Map iterates in order of insertion, so the first is the oldest.
    this.#buckets.delete(key);
    this.#makeRoom();
    this.#buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at: now });
    return passes ? undefined : Math.max(1, Math.ceil((1 - tokens) / this.perSecond));
  }

  #makeRoom(): void {
    if (this.#buckets.size < this.maxKeys) return;
    const oldest = this.#buckets.keys().next();
    if (!oldest.done) this.#buckets.delete(oldest.value);
  }
}

/**
 * The key under which an address is counted: IPv4 as it is, also where a `::` socket writes it as
 * `::ffff:a.b.c.d`; IPv6 by its first 64 bits, since one machine may use all of the other 64.
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  const bare = address.split('%')[0] ?? '';
  if (!isIPv6(bare)) return address;
  const [head = '', tail = ''] = bare.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const gap = bare.includes('::') ? 8 - left.length - right.length : 0;
  const groups = [...left, ...Array<string>(Math.max(0, gap)).fill('0'), ...right];
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}
