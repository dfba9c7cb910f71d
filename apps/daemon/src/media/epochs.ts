/** The traffic keys of one call: per epoch, direction and stream, as the daemon installs them. */
import { ReceiveStream, SendStream } from './counting.js';
import type { DaemonToEngine, MediaStream } from './messages.js';

interface Epoch {
  send: Partial<Record<MediaStream, SendStream>>;
  receive: Partial<Record<MediaStream, ReceiveStream>>;
  /** A packet of it has opened. */
  heard: boolean;
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
      }
      if (receive) {
        epoch.receive[stream]?.erase();
        epoch.receive[stream] = new ReceiveStream(receive);
        epoch.heard = false;
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
    const epoch: Epoch = { send: {}, receive: {}, heard: false };
    this.#epochs.set(number, epoch);
    return epoch;
  }
}
