/**
 * The network's twin for tests: sockets in one process, in virtual time, with weather. Seeded, so
 * a run that failed can be run again.
 *
 *   send ──► tap ──► lost? ──► duplicated? ──► queue (bottleneck) ──► delay, held back? ──► listener
 */
import type { Clock } from '../device/clock.js';
import type { Address } from '../media/messages.js';
import type { DatagramSocket } from './udp.js';

/** Shares are probabilities, 0 to 1. */
export interface Weather {
  loss: number;
  duplication: number;
  /** Share of datagrams held back by up to `heldMs`, so that later ones overtake them. */
  reordering: number;
  heldMs: number;
  /** Every datagram takes this long, and up to `jitterMs` more. */
  delayMs: number;
  jitterMs: number;
  /** Longer datagrams are refused, as EMSGSIZE does. */
  mostBytes: number;
  /** What each way carries, headers of UDP and IPv4 included; others wait in a queue meanwhile. */
  kbps: number;
  /** What would have to wait longer than this in the queue is dropped. */
  queueMs: number;
}

/** Of UDP and IPv4. */
const HEADER_BYTES = 28;

export const FAIR_WEATHER: Weather = {
  loss: 0,
  duplication: 0,
  reordering: 0,
  heldMs: 0,
  delayMs: 5,
  jitterMs: 0,
  mostBytes: 65_507,
  kbps: Number.POSITIVE_INFINITY,
  queueMs: 5_000,
};

export type Tap = (bytes: Uint8Array, from: Address, to: Address) => void;

export class MemoryNetwork {
  weather: Weather;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #sockets = new Map<string, MemorySocket>();
  readonly #taps: Tap[] = [];
  /** When each way's queue will be empty, by what has been sent so far. */
  readonly #emptyAt = new Map<string, number>();

  constructor(clock: Clock, seed: number, weather: Partial<Weather> = {}) {
    this.#clock = clock;
    this.#random = mulberry32(seed);
    this.weather = { ...FAIR_WEATHER, ...weather };
  }

  /** @throws Error if somebody is there already */
  open(address: string, port: number): DatagramSocket {
    const key = keyOf({ address, port });
    if (this.#sockets.has(key)) throw new Error(`${key} is taken`);
    const socket = new MemorySocket({ address, port }, this, () => this.#sockets.delete(key));
    this.#sockets.set(key, socket);
    return socket;
  }

  /** Sees every datagram that is sent, before anything happens to it. */
  tap(tap: Tap): void {
    this.#taps.push(tap);
  }

  /** Puts a datagram in front of a socket at once, as an attacker near it would. */
  inject(bytes: Uint8Array, from: Address, to: Address): void {
    this.#sockets.get(keyOf(to))?.deliver(bytes.slice(), from);
  }

  /** How long what is sent now would wait in the queue. */
  waitMs(from: Address, to: Address): number {
    return Math.max(0, (this.#emptyAt.get(wayOf(from, to)) ?? 0) - this.#clock.now());
  }

  carry(bytes: Uint8Array, from: Address, to: Address): boolean {
    const { loss, duplication, mostBytes } = this.weather;
    if (bytes.length > mostBytes) return false;
    const copy = bytes.slice();
    for (const tap of this.#taps) tap(copy, from, to);
    if (this.#random() < loss) return true;
    this.#send(copy, from, to);
    if (this.#random() < duplication) this.#send(copy, from, to);
    return true;
  }

  #send(bytes: Uint8Array, from: Address, to: Address): void {
    const { reordering, heldMs, delayMs, jitterMs, kbps, queueMs } = this.weather;
    const waitMs = this.waitMs(from, to);
    if (waitMs > queueMs) return;
    const throughMs = waitMs + ((bytes.length + HEADER_BYTES) * 8) / kbps;
    this.#emptyAt.set(wayOf(from, to), this.#clock.now() + throughMs);
    const held = this.#random() < reordering ? this.#random() * heldMs : 0;
    const takes = throughMs + delayMs + this.#random() * jitterMs + held;
    this.#clock.after(takes, () => this.inject(bytes, from, to));
  }
}

class MemorySocket implements DatagramSocket {
  unsent = 0;
  #listener: ((bytes: Uint8Array, from: Address) => void) | undefined;

  constructor(
    readonly address: Address,
    private readonly network: MemoryNetwork,
    private readonly gone: () => void,
  ) {}

  get port(): number {
    return this.address.port;
  }

  onDatagram(listener: (bytes: Uint8Array, from: Address) => void): void {
    this.#listener = listener;
  }

  deliver(bytes: Uint8Array, from: Address): void {
    this.#listener?.(bytes, from);
  }

  send(bytes: Uint8Array, to: Address): void {
    if (!this.network.carry(bytes, this.address, to)) this.unsent++;
  }

  async close(): Promise<void> {
    this.gone();
  }
}

function keyOf({ address, port }: Address): string {
  return `${address} ${port}`;
}

function wayOf(from: Address, to: Address): string {
  return `${keyOf(from)} > ${keyOf(to)}`;
}

/** Repeatable chance for tests, never for keys. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
