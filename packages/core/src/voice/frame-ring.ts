/** The jitter buffer's memory: one slot per place of 10 ms, around a ring, allocated once. */

export interface Frame {
  /** Place of its first 10 ms. */
  index: number;
  /** 1 or 2: how many places of 10 ms it fills. */
  places: number;
  /** Codec number as on the wire. */
  codec: number;
  /** Valid until the next `put`. */
  payload: Uint8Array;
}

export interface Slot extends Frame {
  full: boolean;
  isRepair: boolean;
  bytes: Uint8Array;
}

export class FrameRing {
  readonly #slots: Slot[];

  /** @param mostBytes the longest payload that is kept */
  constructor(
    private readonly places: number,
    mostBytes: number,
  ) {
    this.#slots = Array.from({ length: places }, () => {
      const bytes = new Uint8Array(mostBytes);
      const empty = { index: 0, places: 1, codec: 0, full: false, isRepair: false };
      return { ...empty, bytes, payload: bytes };
    });
  }

  /** The slot that a frame at `index` goes to, whatever is in it. */
  slotOf(index: number): Slot {
    return this.#slots[((index % this.places) + this.places) % this.places]!;
  }

  /** The frame at `index`, if it is here. */
  at(index: number): Slot | undefined {
    const slot = this.slotOf(index);
    return slot.full && slot.index === index ? slot : undefined;
  }

  /** `payload` is copied. */
  fill(index: number, places: number, codec: number, payload: Uint8Array): Slot {
    const slot = this.slotOf(index);
    slot.bytes.set(payload);
    slot.index = index;
    slot.places = places;
    slot.codec = codec;
    slot.full = true;
    slot.isRepair = false;
    if (slot.payload.length !== payload.length) {
      slot.payload = slot.bytes.subarray(0, payload.length);
    }
    return slot;
  }
}
