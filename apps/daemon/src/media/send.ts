/**
 * From a captured frame to a datagram, in packet order:
 *
 *   1 voice      10 ms of the microphone, or silence of the same shape while muted
 *   2 encode     a payload, where it will be sealed, whenever a frame is full (speaking.ts)
 *   3 counter    the next one of this epoch's lease, each exactly once (SPEC 9)
 *   4 header     frame# and nonce from epoch, direction, stream, type, counter
 *   5 obfuscate  in place (SPEC 10)
 *   6 seal       in place, AES-256-GCM over header and call id
 *   7 UDP        to the call's one address, or to all candidates before there is one
 *
 * Control messages enter at 3. Buffers come from the ring and are the system's after `send`.
 */
import { CODEC_IDS } from '@kyberline/core/call/control';
import { LONGEST_MESSAGE_BYTES, split, WHOLE_MESSAGE_BYTES } from '@kyberline/core/voice/fragment';
import { obfuscate } from '@kyberline/core/voice/obfuscate';
import {
  emptyHeader,
  HEADER_BYTES,
  PACKETS_PER_KEY,
  PAYLOAD_TYPES,
  STREAM_NUMBERS,
  TAG_BYTES,
  writeHeader,
} from '@kyberline/core/voice/packet';
import { sealPacket } from '@kyberline/core/voice/seal';
import { FRAME_SAMPLES } from '../device/device.js';
import type { DatagramSocket } from '../net/udp.js';
import type { PacketCounters } from './call-counters.js';
import type { Mode } from './control-stream.js';
import type { Epochs } from './epochs.js';
import type { Address, EngineToDaemon, MediaStream, Role } from './messages.js';
import type { PacketRing } from './packets.js';
import type { Path } from './path.js';
import type { Speaking } from './speaking.js';

const SILENCE = new Int16Array(FRAME_SAMPLES);

export interface SenderParts {
  callId: Uint8Array;
  role: Role;
  keys: Epochs;
  path: Path;
  speaking: Speaking;
  counters: PacketCounters;
  socket: DatagramSocket;
  ring: PacketRing;
  /** A quarter of a lease may be used up. */
  askLease(epoch: number, stream: MediaStream, now: number): void;
  emit(message: EngineToDaemon): void;
}

export class Sender {
  /** The epoch that voice and the engine's own messages leave under. */
  epoch: number | undefined;
  readonly #parts: SenderParts;
  readonly #header = emptyHeader();
  #fragmentId: number;
  #wornEpoch: number | undefined;

  /** @param fragmentId 0..65535, by chance: a restarted engine must not complete old messages */
  constructor(parts: SenderParts, fragmentId: number) {
    this.#parts = parts;
    this.#fragmentId = fragmentId;
    this.#header.direction = parts.role === 'A' ? 'A>B' : 'B>A';
  }

  /** How the next voice packet is to be read and where it stands, for MODE; `undefined` without keys that could send it. */
  get base(): Omit<Mode, 'muted' | 'held'> | undefined {
    const stream = this.epoch === undefined ? undefined : this.#stream(this.epoch, 'audio');
    if (!stream || this.epoch === undefined || stream.next >= PACKETS_PER_KEY) return undefined;
    const { timestamp, mode } = this.#parts.speaking;
    const read = { codec: CODEC_IDS[mode.codec], frameMs: mode.frameMs };
    return { ...read, epoch: this.epoch, counter: stream.next, timestamp };
  }

  /** 10 ms of the microphone. Muted ones make packets of the same size and rhythm (SPEC 11). */
  voice(frame: Int16Array, muted: boolean, now: number): void {
    const { speaking, counters, ring } = this.#parts;
    if (this.epoch === undefined) return;
    const packet = ring.next;
    const bytes = speaking.take(muted ? SILENCE : frame, packet, HEADER_BYTES, now);
    if (bytes === 0) return;
    ring.take();
    counters.captured++;
    if (this.#finish(packet, this.epoch, 'audio', speaking.payloadType, bytes, now)) {
      counters.sent++;
      counters.sentBytes += bytes + HEADER_BYTES + TAG_BYTES;
    } else speaking.unsent();
  }

  /** One control message, cut where it is too long; to `to` instead of the call's address. */
  control(epoch: number, message: Uint8Array, now: number, to?: Address): void {
    if (message.length > LONGEST_MESSAGE_BYTES) return;
    if (message.length <= WHOLE_MESSAGE_BYTES) {
      this.#controlPacket(epoch, PAYLOAD_TYPES.control, message, now, to);
      return;
    }
    const id = this.#fragmentId;
    this.#fragmentId = (id + 1) % 0x1_0000;
    for (const piece of split(message, id)) {
      this.#controlPacket(epoch, PAYLOAD_TYPES.controlFragment, piece, now, to);
    }
  }

  #controlPacket(epoch: number, type: number, payload: Uint8Array, now: number, to?: Address) {
    const packet = this.#parts.ring.take();
    packet.set(payload, HEADER_BYTES);
    this.#finish(packet, epoch, 'control', type, payload.length, now, to);
  }

  /** Steps 3 to 7 for a payload that stands in `packet`. False if nothing could be sent. */
  #finish(
    packet: Uint8Array,
    epoch: number,
    name: MediaStream,
    type: number,
    payloadBytes: number,
    now: number,
    to?: Address,
  ): boolean {
    const { callId, counters, path, socket, askLease } = this.#parts;
    const stream = this.#stream(epoch, name);
    if (!stream) return false;
    const counter = stream.take();
    askLease(epoch, name, now);
    if (counter === undefined) {
      counters.leaseWaits++;
      return false;
    }
    if (stream.isWorn) this.#worn(epoch);
    const header = this.#header;
    header.epoch = epoch;
    header.stream = STREAM_NUMBERS[name];
    header.type = type;
    header.counter = counter;
    writeHeader(packet, header);
    obfuscate(stream.keys.obf, counter, packet, HEADER_BYTES, payloadBytes);
    const length = sealPacket(stream.keys.aead, callId, packet, payloadBytes);
    const datagram = packet.subarray(0, length);
    if (to) socket.send(datagram, to);
    else for (const target of path.targets) socket.send(datagram, target);
    return true;
  }

  #worn(epoch: number): void {
    if (this.#wornEpoch === epoch) return;
    this.#wornEpoch = epoch;
    this.#parts.emit({ type: 'epoch-worn', callId: this.#parts.callId, epoch });
  }

  #stream(epoch: number, stream: MediaStream) {
    return this.#parts.keys.sending(epoch, stream);
  }
}
