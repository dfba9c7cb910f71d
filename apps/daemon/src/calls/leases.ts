/**
 * The daemon's book of leases (SPEC 9): which counters of each (epoch, stream) an engine may use.
 * It outlives the engine, so a restarted one neither sends under a used counter nor opens a
 * packet that its predecessor may have played.
 */
import type { MediaStream, ReceiveLease, SendLease } from '../media/messages.js';

/**
 * Counters a block. Send blocks may be large: a gap costs nothing. Receive blocks are what a
 * restarted engine refuses, so they are short: 48 frames of voice are 0.96 s at most.
 */
const SEND_BLOCK: Record<MediaStream, number> = { audio: 512, control: 128 };
const RECEIVE_BLOCK: Record<MediaStream, number> = { audio: 48, control: 16 };
/** SPEC 9: a stream stops at this many packets under one key. */
const MAX_PACKETS = 2 ** 20;

interface Given {
  sendUntil: number;
  receiveUntil: number;
}

export interface Leases {
  send: SendLease;
  receive: ReceiveLease;
}

export class LeaseBook {
  readonly #given = new Map<string, Given>();

  /**
   * For an engine that installs this epoch: counters from 0, or, where an earlier engine had
   * leases, from the end of its blocks.
   */
  grant(epoch: number, stream: MediaStream): Leases {
    const old = this.#given.get(key(epoch, stream)) ?? { sendUntil: 0, receiveUntil: 0 };
    const given = this.#extend(epoch, stream, old.sendUntil, old.receiveUntil);
    return {
      send: { from: old.sendUntil, until: given.sendUntil },
      receive: { from: old.receiveUntil, until: given.receiveUntil },
    };
  }

  /** For an engine that is about to pass a lease. */
  renew(epoch: number, stream: MediaStream, sendNext: number, receiveNext: number): Given {
    return this.#extend(epoch, stream, sendNext, receiveNext);
  }

  /** A fresh key took this epoch's place, or it is over. */
  forget(epoch: number): void {
    for (const stream of STREAMS) this.#given.delete(key(epoch, stream));
  }

  #extend(epoch: number, stream: MediaStream, sendNext: number, receiveNext: number): Given {
    const old = this.#given.get(key(epoch, stream));
    const given = {
      sendUntil: Math.min(
        MAX_PACKETS,
        Math.max(old?.sendUntil ?? 0, sendNext + SEND_BLOCK[stream]),
      ),
      receiveUntil: Math.min(
        MAX_PACKETS,
        Math.max(old?.receiveUntil ?? 0, receiveNext + RECEIVE_BLOCK[stream]),
      ),
    };
    this.#given.set(key(epoch, stream), given);
    return given;
  }
}

const STREAMS: readonly MediaStream[] = ['control', 'audio'];

function key(epoch: number, stream: MediaStream): string {
  return `${epoch} ${stream}`;
}
