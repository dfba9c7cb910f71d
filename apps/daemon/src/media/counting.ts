/**
 * The counters of one stream of one epoch and the leases that bound them (SPEC 9): the daemon
 * remembers what was leased, so an engine that is started again can neither send under a counter
 * that its predecessor used nor open a packet that its predecessor played.
 *
 *   sent     0 ──────── from ─── next ────── until │ wait for more
 *   received  refused │ from ── window ───── until │ wait for more
 */

import { ReplayWindow } from '@kyberline/core/crypto/replay';
import { PACKETS_PER_KEY, PACKETS_UNTIL_REKEY } from '@kyberline/core/voice/packet';
import type { ReceiveLease, SendLease, StreamKeys } from './messages.js';

/** While a request for more is not answered it is made again at this interval. */
const ASK_EVERY_MS = 200;

/** When to ask for more of a lease: at a quarter of what was last given, and not all the time. */
class Asking {
  #askAt: number;
  #lastAsked = Number.NEGATIVE_INFINITY;

  constructor(from: number, until: number) {
    this.#askAt = quarter(from, until);
  }

  granted(from: number, until: number): void {
    this.#askAt = quarter(from, until);
    this.#lastAsked = Number.NEGATIVE_INFINITY;
  }

  isDue(next: number, now: number): boolean {
    if (next < this.#askAt || now - this.#lastAsked < ASK_EVERY_MS) return false;
    this.#lastAsked = now;
    return true;
  }
}

/** Keys and send counter of one (epoch, stream). One object for as long as the keys live. */
export class SendStream {
  readonly keys: StreamKeys;
  #next: number;
  #until: number;
  readonly #asking: Asking;

  constructor({ aead, obf, from, until }: StreamKeys & SendLease) {
    this.keys = { aead: aead.slice(), obf: obf.slice() };
    this.#next = from;
    this.#until = Math.min(until, PACKETS_PER_KEY);
    this.#asking = new Asking(from, until);
  }

  /** The counter that the next packet will have. */
  get next(): number {
    return this.#next;
  }

  /** SPEC 8: at 2^19 packets it is time for another key. */
  get isWorn(): boolean {
    return this.#next >= PACKETS_UNTIL_REKEY;
  }

  /** A counter that was never given before; undefined while the lease is used up. */
  take(): number | undefined {
    return this.#next < this.#until ? this.#next++ : undefined;
  }

  wantsMore(now: number): boolean {
    return this.#until < PACKETS_PER_KEY && this.#asking.isDue(this.#next, now);
  }

  extend(until: number): void {
    if (until <= this.#until) return;
    this.#until = Math.min(until, PACKETS_PER_KEY);
    this.#asking.granted(this.#next, this.#until);
  }

  erase(): void {
    erase(this.keys);
  }
}

/** Keys, window and ceiling of one received (epoch, stream). */
export class ReceiveStream {
  readonly keys: StreamKeys;
  readonly #window: ReplayWindow;
  /** One past the highest counter that arrived, opened, and was refused for want of a lease. */
  #wanted = 0;
  #until: number;
  readonly #asking: Asking;

  constructor({ aead, obf, from, until }: StreamKeys & ReceiveLease) {
    this.keys = { aead: aead.slice(), obf: obf.slice() };
    this.#window = new ReplayWindow(from);
    this.#until = Math.min(until, PACKETS_PER_KEY);
    this.#asking = new Asking(from, until);
  }

  /** One past the highest counter that this side needs to accept. */
  get next(): number {
    return Math.max(this.#window.highest + 1, this.#wanted);
  }

  get highest(): number {
    return this.#window.highest;
  }

  isFresh(counter: number): boolean {
    return this.#window.check(counter) === 'fresh';
  }

  /** Whether the lease covers it; asked only once a packet has opened, so that nobody else asks. */
  covers(counter: number): boolean {
    if (counter < this.#until) return true;
    this.#wanted = Math.max(this.#wanted, Math.min(counter + 1, PACKETS_PER_KEY));
    return false;
  }

  mark(counter: number): void {
    this.#window.mark(counter);
  }

  wantsMore(now: number): boolean {
    return this.#until < PACKETS_PER_KEY && this.#asking.isDue(this.next, now);
  }

  extend(until: number): void {
    if (until <= this.#until) return;
    this.#until = Math.min(until, PACKETS_PER_KEY);
    this.#asking.granted(this.next, this.#until);
  }

  erase(): void {
    erase(this.keys);
  }
}

/** The daemon may be held up by its disk: 72 frames of voice, 720 ms and more, are left to answer in. */
function quarter(from: number, until: number): number {
  return Math.floor(from + (until - from) / 4);
}

function erase({ aead, obf }: StreamKeys): void {
  aead.fill(0);
  obf.fill(0);
}
