/**
 * The buffers in which packets are made. The system takes a datagram's bytes at once or soon
 * after, so a ring of buffers, gone round in a second and more, is owned by nobody for longer.
 */
import { HEADER_BYTES, TAG_BYTES } from '@kyberline/core/voice/packet';

/** The longest payload of a packet: a whole control message (voice/fragment.ts). */
const MOST_PAYLOAD_BYTES = 1_000;
const BUFFERS = 64;

export class PacketRing {
  readonly #buffers = Array.from(
    { length: BUFFERS },
    () => new Uint8Array(HEADER_BYTES + MOST_PAYLOAD_BYTES + TAG_BYTES),
  );
  #next = 0;

  /** The buffer that `take` gives next: what is written there and not taken is written over. */
  get next(): Uint8Array {
    return this.#buffers[this.#next]!;
  }

  /** A buffer to make one packet in. */
  take(): Uint8Array {
    const buffer = this.#buffers[this.#next]!;
    this.#next = (this.#next + 1) % BUFFERS;
    return buffer;
  }
}
