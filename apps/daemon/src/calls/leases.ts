/**
 * The daemon's book of leases (SPEC 9): which counters of each (epoch, stream) an engine may use.
 * It outlives the engine, so a restarted one neither sends under a used counter nor opens a
 * packet that its predecessor may have played.
 */
import type { MediaStream } from '../media/messages.js';

export type Direction = 'send' | 'receive';

/** Counters from ≤ counter < until. */
export interface Lease {
  from: number;
  until: number;
}

/**
 * Counters a block. Send blocks may be large: a gap costs nothing. Receive blocks are what a
 * restarted engine refuses, so they are short: 96 frames of voice are 0.96 s, or 1.92 s where a frame is 20 ms.
 */
const BLOCK: Record<Direction, Record<MediaStream, number>> = {
  send: { audio: 1024, control: 128 },
  receive: { audio: 96, control: 16 },
};
/** SPEC 9: a stream stops at this many packets under one key. */
const MAX_PACKETS = 2 ** 20;

export class LeaseBook {
  /** The end of what was leased so far. */
  readonly #until = new Map<string, number>();

  /**
   * For an engine that gets these keys: counters from 0, or, where an earlier engine had leases,
   * from the end of its blocks.
   */
  grant(epoch: number, stream: MediaStream, direction: Direction): Lease {
    const from = this.#until.get(key(epoch, stream, direction)) ?? 0;
    return { from, until: this.renew(epoch, stream, direction, from) };
  }

  /** For an engine whose next counter is `next`: the end of its lease now. Never less than before. */
  renew(epoch: number, stream: MediaStream, direction: Direction, next: number): number {
    const old = this.#until.get(key(epoch, stream, direction)) ?? 0;
    const until = Math.min(MAX_PACKETS, Math.max(old, next + BLOCK[direction][stream]));
    this.#until.set(key(epoch, stream, direction), until);
    return until;
  }

  /** A fresh key took this epoch's place. */
  forget(epoch: number, direction: Direction): void {
    for (const stream of ['control', 'audio'] as const) {
      this.#until.delete(key(epoch, stream, direction));
    }
  }
}

function key(epoch: number, stream: MediaStream, direction: Direction): string {
  return `${epoch} ${stream} ${direction}`;
}
