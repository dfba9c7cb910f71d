/**
 * Sliding replay window of 1024 counters, one per epoch, direction and stream (SPEC 9).
 * RFC 6479: a ring of bit blocks, so that moving forward clears whole blocks and never shifts.
 *
 *        too old        │  the last 1024: one bit each   │ highest │   fresh
 *   ────────────────────┼────────────────────────────────┼─────────┼──────────►
 *
 * Use: check, open the packet, then mark. No call allocates; both are on the frame path.
 */
export type ReplayVerdict = 'fresh' | 'replayed' | 'too-old';

/** Counters are told apart this far behind the highest one, that one included. */
export const REPLAY_WINDOW = 1024;

const BLOCK_BITS = 32;
/**
 * Twice the window: RFC 6479 needs one block more than the window, and a power of two keeps
 * the ring's arithmetic exact.
 */
const RING_BLOCKS = 64;

export class ReplayWindow {
  readonly #ring = new Uint32Array(RING_BLOCKS);
  readonly #floor: number;
  #highest: number;

  /**
   * Counters below `floor` count as too old from the start: the ceiling of the lease that a
   * predecessor held (SPEC 9, leases).
   */
  constructor(floor = 0) {
    if (!isCounter(floor)) throw new RangeError(`a floor is a counter: ${floor}`);
    this.#floor = floor;
    this.#highest = floor - 1;
  }

  /** The highest counter marked, `floor - 1` before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** Changes nothing. What is not an integer in 0 ≤ counter < 2^53 is never fresh. */
  check(counter: number): ReplayVerdict {
    if (!isCounter(counter) || counter < this.#floor) return 'too-old';
    if (counter > this.#highest) return 'fresh';
    if (counter <= this.#highest - REPLAY_WINDOW) return 'too-old';
    const block = this.#ring[Math.floor(counter / BLOCK_BITS) % RING_BLOCKS]!;
    return (block & (1 << (counter % BLOCK_BITS))) === 0 ? 'fresh' : 'replayed';
  }

  /** Remember a counter whose packet has opened. One that `check` calls too old is ignored. */
  mark(counter: number): void {
    if (this.check(counter) === 'too-old') return;
    const block = Math.floor(counter / BLOCK_BITS);
    if (counter > this.#highest) {
      this.#clearUpTo(block);
      this.#highest = counter;
    }
    const index = block % RING_BLOCKS;
    this.#ring[index] = this.#ring[index]! | (1 << (counter % BLOCK_BITS));
  }

  /** Clears the blocks after the highest counter's own, up to and including `block`. */
  #clearUpTo(block: number): void {
    const from = Math.floor(this.#highest / BLOCK_BITS);
    const blocks = Math.min(block - from, RING_BLOCKS);
    for (let step = 0; step < blocks; step++) this.#ring[(block - step) % RING_BLOCKS] = 0;
  }
}

function isCounter(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
