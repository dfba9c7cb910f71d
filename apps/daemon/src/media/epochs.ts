/** The traffic keys of one call: per epoch, direction and stream, as the daemon installs them. */
import { Reassembler } from '@kyberline/core/voice/fragment';
import { ReceiveStream, SendStream } from './counting.js';
import type { DaemonToEngine, MediaStream } from './messages.js';

interface Epoch {
  send: Partial<Record<MediaStream, SendStream>>;
  receive: Partial<Record<MediaStream, ReceiveStream>>;
  /** Streams that have had both leases, even if one end has been dropped since. */
  leased: Record<MediaStream, { send: boolean; receive: boolean }>;
  /** A packet of it has opened. */
  heard: boolean;
  /** Control messages of which pieces are here: none has pieces of two epochs. */
  fragments: Reassembler;
}

/** More than the protocol ever has at once: handshake, old, current and pending. */
const MOST_EPOCHS = 8;
const STREAMS: readonly MediaStream[] = ['control', 'audio'];

export class Epochs {
  readonly #epochs = new Map<number, Epoch>();

  install(message: Extract<DaemonToEngine, { type: 'install-epoch' }>): void {
    const epoch = this.#at(message.epoch);
    for (const stream of STREAMS) {
      const send = message.send[stream];
      const receive = message.receive[stream];
      if (send) {
        epoch.send[stream]?.erase();
        epoch.send[stream] = new SendStream(send);
        epoch.leased[stream].send = true;
      }
      if (receive) {
        epoch.receive[stream]?.erase();
        epoch.receive[stream] = new ReceiveStream(receive);
        epoch.leased[stream].receive = true;
        epoch.heard = false;
        epoch.fragments = new Reassembler();
      }
    }
  }

  drop(number: number, direction: 'send' | 'receive'): void {
    const epoch = this.#epochs.get(number);
    if (!epoch) return;
    for (const stream of STREAMS) epoch[direction][stream]?.erase();
    epoch[direction] = {};
    if (STREAMS.every((stream) => !epoch.send[stream] && !epoch.receive[stream])) {
      this.#epochs.delete(number);
    }
  }

  extend(message: Extract<DaemonToEngine, { type: 'lease' }>): void {
    const epoch = this.#epochs.get(message.epoch);
    epoch?.send[message.stream]?.extend(message.sendUntil);
    epoch?.receive[message.stream]?.extend(message.receiveUntil);
  }

  sending(epoch: number, stream: MediaStream): SendStream | undefined {
    return this.#epochs.get(epoch)?.send[stream];
  }

  receiving(epoch: number, stream: MediaStream): ReceiveStream | undefined {
    return this.#epochs.get(epoch)?.receive[stream];
  }

  fragments(epoch: number): Reassembler | undefined {
    return this.#epochs.get(epoch)?.fragments;
  }

  /**
   * What to ask the daemon for now, if a quarter of a lease is used up. A request names both ends, so
   * none is made before both were given: it would take from a lease that nobody has yet.
   */
  needs(
    number: number,
    stream: MediaStream,
    now: number,
  ): { sendNext: number; receiveNext: number } | undefined {
    const epoch = this.#epochs.get(number);
    if (!epoch?.leased[stream].send || !epoch.leased[stream].receive) return undefined;
    const send = epoch.send[stream];
    const receive = epoch.receive[stream];
    const isDue = [send?.wantsMore(now), receive?.wantsMore(now)].includes(true);
    return isDue ? { sendNext: send?.next ?? 0, receiveNext: receive?.next ?? 0 } : undefined;
  }

  /** True once for every epoch: when its first packet has opened. */
  firstHeard(epoch: number): boolean {
    const known = this.#epochs.get(epoch);
    if (!known || known.heard) return false;
    known.heard = true;
    return true;
  }

  erase(): void {
    for (const number of [...this.#epochs.keys()]) {
      this.drop(number, 'send');
      this.drop(number, 'receive');
    }
  }

  #at(number: number): Epoch {
    const known = this.#epochs.get(number);
    if (known) return known;
    const oldest = this.#epochs.keys().next().value;
    if (this.#epochs.size === MOST_EPOCHS && oldest !== undefined) {
      this.drop(oldest, 'send');
      this.drop(oldest, 'receive');
    }
    const epoch: Epoch = {
      send: {},
      receive: {},
      leased: {
        control: { send: false, receive: false },
        audio: { send: false, receive: false },
      },
      heard: false,
      fragments: new Reassembler(),
    };
    this.#epochs.set(number, epoch);
    return epoch;
  }
}

/** The streams have copies of the keys: those that came with the message are not needed any more. */
export function eraseInstalled(message: Extract<DaemonToEngine, { type: 'install-epoch' }>): void {
  for (const { aead, obf } of [message.send, message.receive].flatMap((keys) =>
    Object.values(keys),
  )) {
    aead.fill(0);
    obf.fill(0);
  }
}
