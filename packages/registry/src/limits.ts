/**
 * How much anyone may ask for (SPEC 12). The defaults let thirty laptops behind one address live;
 * every number can be set where the registry is opened. What is counted in a time is counted in every
 * stretch of that length, wherever it begins: a bucket of tokens, full and refilled, would let twice
 * as much through in the first of them.
 */
import { isIPv4, isIPv6 } from 'node:net';

export interface Limits {
  /** Requests a second of one address, before any signature is looked at. */
  requestsPerSecondPerAddress: number;
  /** Finished registrations a minute of one address: each costs four ML-DSA verifications. */
  registrationsPerMinutePerAddress: number;
  /** Signed requests a second of one identity, counted over two, so that twice as many may burst. */
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

/** Counts by key. At most `maxKeys` are held; the one untouched longest makes room. */
export class SlidingWindows {
  /** When each that counts still was let through, Unix ms, the oldest first; `most` at most. */
  readonly #passed = new Map<string, number[]>();

  /** @param most of `key` in any `windowMs` */
  constructor(
    readonly most: number,
    readonly windowMs: number,
    readonly maxKeys: number,
  ) {}

  get size(): number {
    return this.#passed.size;
  }

  /**
   * Let one of `key` through at `now` (Unix ms).
   * @returns undefined if it may pass, else the seconds (1 or more) until one may.
   */
  take(key: string, now: number): number | undefined {
    const held = this.#passed.get(key) ?? [];
    // A clock that was set back: what lies ahead of it counts from its new time on.
    const counts = held.map((at) => Math.min(at, now)).filter((at) => now - at < this.windowMs);
    const [oldest] = counts;
    const passes = counts.length < this.most;
    if (passes) counts.push(now);
    // Taken out and put back: a Map iterates in order of insertion, so the first is the oldest.
    this.#passed.delete(key);
    this.#makeRoom();
    this.#passed.set(key, counts);
    if (passes) return undefined;
    return Math.max(1, Math.ceil(((oldest ?? now) + this.windowMs - now) / 1000));
  }

  #makeRoom(): void {
    if (this.#passed.size < this.maxKeys) return;
    const oldest = this.#passed.keys().next();
    if (!oldest.done) this.#passed.delete(oldest.value);
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
