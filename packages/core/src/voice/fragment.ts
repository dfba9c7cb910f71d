/**
 * Control messages that one packet cannot carry (SPEC 9). A message of at most 1000 bytes is the
 * whole payload of a packet of type `control` and costs nothing extra; a longer one is cut, each
 * piece in a packet of type `controlFragment`:
 *
 *   | id u16 | index u8 | count u8 | up to 996 bytes |        2 ≤ count ≤ 4
 *
 * All pieces but the last are full, so that a piece's place follows from its index. What must
 * arrive is sent again as a whole by its sender, under a new id.
 */

export const WHOLE_MESSAGE_BYTES = 1000;
const ENVELOPE_BYTES = 4;
const PIECE_BYTES = WHOLE_MESSAGE_BYTES - ENVELOPE_BYTES;
const MOST_PIECES = 4;
/** The longest message that can be sent at all. */
export const LONGEST_MESSAGE_BYTES = MOST_PIECES * PIECE_BYTES;

/** Unfinished messages that one peer may keep open here. */
const MOST_PARTIALS = 4;
/** An unfinished message is given up after this long; its sender has sent it anew long since. */
const PARTIAL_LIFE_MS = 5_000;

/**
 * Cuts a message of 1001 to 3984 bytes; RangeError for any other.
 * @param id 0..65535, another one for each message that is on its way at a time
 */
export function split(message: Uint8Array, id: number): Uint8Array[] {
  if (message.length <= WHOLE_MESSAGE_BYTES || message.length > LONGEST_MESSAGE_BYTES) {
    throw new RangeError(`a message of ${message.length} bytes is not for fragments`);
  }
  const count = Math.ceil(message.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const piece = message.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
    const fragment = new Uint8Array(ENVELOPE_BYTES + piece.length);
    fragment[0] = id >>> 8;
    fragment[1] = id & 0xff;
    fragment[2] = index;
    fragment[3] = count;
    fragment.set(piece, ENVELOPE_BYTES);
    return fragment;
  });
}

interface Partial {
  id: number;
  count: number;
  have: number;
  /** A bit for each piece that is here. */
  seen: number;
  lastBytes: number;
  bytes: Uint8Array;
  since: number;
}

/** The inverse of `split` over fragments in any order; one per epoch and peer. Bounded. */
export class Reassembler {
  readonly #partials: Partial[] = [];
  #dropped = 0;

  /** Fragments thrown away: malformed, repeated, at odds with their siblings, or never finished. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Takes one fragment; the whole message once its last missing piece is here, else undefined.
   * @param now ms, any steady clock
   */
  take(fragment: Uint8Array, now: number): Uint8Array | undefined {
    this.#expire(now);
    const id = (fragment[0] ?? 0) * 0x100 + (fragment[1] ?? 0);
    const index = fragment[2] ?? 0;
    const count = fragment[3] ?? 0;
    const length = fragment.length - ENVELOPE_BYTES;
    const isLast = index === count - 1;
    if (
      count < 2 ||
      count > MOST_PIECES ||
      index >= count ||
      length < 1 ||
      (isLast ? length > PIECE_BYTES : length !== PIECE_BYTES)
    ) {
      this.#dropped++;
      return undefined;
    }
    const partial = this.#partialOf(id, count, now);
    const bit = 1 << index;
    if (partial.count !== count || partial.seen & bit) {
      this.#dropped++;
      return undefined;
    }
    partial.seen |= bit;
    partial.have++;
    if (isLast) partial.lastBytes = length;
    partial.bytes.set(fragment.subarray(ENVELOPE_BYTES), index * PIECE_BYTES);
    if (partial.have < count) return undefined;
    this.#partials.splice(this.#partials.indexOf(partial), 1);
    const total = (count - 1) * PIECE_BYTES + partial.lastBytes;
    // Two pieces of which the last holds four bytes or fewer would have fitted a whole packet.
    if (total > WHOLE_MESSAGE_BYTES) return partial.bytes.subarray(0, total);
    this.#dropped += count;
    return undefined;
  }

  #partialOf(id: number, count: number, now: number): Partial {
    const known = this.#partials.find((partial) => partial.id === id);
    if (known) return known;
    if (this.#partials.length === MOST_PARTIALS) this.#giveUpOldest();
    const partial: Partial = {
      id,
      count,
      have: 0,
      seen: 0,
      lastBytes: 0,
      bytes: new Uint8Array(count * PIECE_BYTES),
      since: now,
    };
    this.#partials.push(partial);
    return partial;
  }

  #expire(now: number): void {
    while (this.#partials[0] && now - this.#partials[0].since > PARTIAL_LIFE_MS) {
      this.#giveUpOldest();
    }
  }

  #giveUpOldest(): void {
    this.#dropped += this.#partials.shift()?.have ?? 0;
  }
}
