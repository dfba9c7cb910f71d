/**
 * From a datagram to an ordered frame, in packet order. Parsing, and finding the call that a
 * packet is for, is the switchboard's; playing is playout.ts.
 *
 *   1 direction    what this side sent itself and got back is forged
 *   2 window       a counter that was marked, or is too old, is a replay
 *   3 open         in place; what does not open changes nothing
 *   4 lease        counters beyond the ceiling wait for the daemon (SPEC 9)
 *   5 mark         and only now do path, epoch and lease learn of it
 *   6 deobfuscate  in place
 *   7 deliver      voice to the playout, control messages, once whole, to the control stream
 */
import { deobfuscate } from '@kyberline/core/voice/obfuscate';
import {
  HANDSHAKE_EPOCH,
  HEADER_BYTES,
  PAYLOAD_TYPES,
  type PacketHeader,
  STREAM_NUMBERS,
} from '@kyberline/core/voice/packet';
import { openPacket } from '@kyberline/core/voice/seal';
import type { PacketCounters } from './call-counters.js';
import type { Epochs } from './epochs.js';
import type { Address, EngineToDaemon, MediaStream, Role } from './messages.js';
import type { Path } from './path.js';
import type { Playout } from './playout.js';

/** What became of a datagram; only `opened` proves that it belongs to the call. */
export type Verdict = 'opened' | 'no-key' | 'forged' | 'replayed' | 'malformed' | 'waiting';

export interface ControlArrival {
  epoch: number;
  /** Of the packet that completed the message: newer messages have higher ones within an epoch. */
  counter: number;
  message: Uint8Array;
  from: Address;
}

export interface ReceiverParts {
  callId: Uint8Array;
  role: Role;
  keys: Epochs;
  path: Path;
  playout: Playout;
  counters: PacketCounters;
  onControl(arrival: ControlArrival): void;
  /** A packet came from an address that has to prove itself (SPEC 9, roaming). */
  onChallenge(challenge: Uint8Array, to: Address): void;
  /** A quarter of a lease may be used up. */
  askLease(epoch: number, stream: MediaStream, now: number): void;
  emit(message: EngineToDaemon): void;
}

export class Receiver {
  readonly #parts: ReceiverParts;
  /** That anything has opened under. */
  #newestEpoch = HANDSHAKE_EPOCH;
  /** When the last packet opened, on the engine's clock. */
  lastHeardMs: number;

  constructor(parts: ReceiverParts, now: number) {
    this.#parts = parts;
    this.lastHeardMs = now;
  }

  /** The peer's direction, and an epoch and stream that are known here. */
  hasKeyFor(header: PacketHeader): boolean {
    const { role, keys } = this.#parts;
    const name = STREAM_NAMES.get(header.stream);
    return isOfPeer(role, header) && !!name && keys.receiving(header.epoch, name) !== undefined;
  }

  /** @param datagram exactly the datagram; it is opened where it stands */
  receive(header: PacketHeader, datagram: Uint8Array, from: Address, now: number): Verdict {
    const { callId, role, keys, path } = this.#parts;
    if (!isOfPeer(role, header)) return 'forged';
    const name = STREAM_NAMES.get(header.stream);
    if (!name) return 'malformed';
    const stream = keys.receiving(header.epoch, name);
    if (!stream) return 'no-key';
    if (!stream.isFresh(header.counter)) return 'replayed';
    const payloadBytes = openPacket(stream.keys.aead, callId, datagram);
    if (payloadBytes === undefined) return 'forged';
    if (!stream.covers(header.counter)) {
      this.#parts.askLease(header.epoch, name, now);
      return 'waiting';
    }
    const newest = this.#isOfNewestEpoch(header.epoch) && header.counter > stream.highest;
    stream.mark(header.counter);
    this.#parts.askLease(header.epoch, name, now);
    this.lastHeardMs = now;
    const challenge = path.heard(from, datagram.length, newest, now);
    if (challenge) this.#parts.onChallenge(challenge, from);
    if (keys.firstHeard(header.epoch)) {
      this.#parts.emit({ type: 'epoch-heard', callId, epoch: header.epoch });
    }
    deobfuscate(stream.keys.obf, header.counter, datagram, HEADER_BYTES, payloadBytes);
    const payload = datagram.subarray(HEADER_BYTES, HEADER_BYTES + payloadBytes);
    const taken =
      name === 'audio'
        ? this.#parts.playout.put(header, payload, newest, now)
        : this.#control(header, payload, from, now);
    return taken ? 'opened' : 'malformed';
  }

  /** A late packet of an old epoch, the highest though it be there, tells nothing of where the peer is. */
  #isOfNewestEpoch(epoch: number): boolean {
    const isNewer = this.#newestEpoch === HANDSHAKE_EPOCH || epoch > this.#newestEpoch;
    if (isNewer && epoch !== HANDSHAKE_EPOCH) this.#newestEpoch = epoch;
    return epoch === this.#newestEpoch;
  }

  #control(header: PacketHeader, payload: Uint8Array, from: Address, now: number): boolean {
    const { epoch, counter, type } = header;
    if (type === PAYLOAD_TYPES.controlFragment) {
      const message = this.#parts.keys.fragments(epoch)?.take(payload, now);
      if (message) this.#parts.onControl({ epoch, counter, message, from });
      return true;
    }
    if (type !== PAYLOAD_TYPES.control) return false;
    this.#parts.onControl({ epoch, counter, message: payload, from });
    return true;
  }
}

function isOfPeer(role: Role, { direction }: PacketHeader): boolean {
  return direction === (role === 'A' ? 'B>A' : 'A>B');
}

const STREAM_NAMES = new Map<number, MediaStream>([
  [STREAM_NUMBERS.control, 'control'],
  [STREAM_NUMBERS.audio, 'audio'],
]);
