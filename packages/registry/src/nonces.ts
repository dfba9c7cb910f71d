/** Nonces of signed requests, each good once, remembered for 120 s (SPEC 12). */

export const NONCE_KEPT_MS = 120_000;

export class NonceCache {
  /** Nonce to the Unix ms until which it is remembered; in order of arrival. */
  readonly #until = new Map<string, number>();

  constructor(readonly capacity: number) {}

  get size(): number {
    return this.#until.size;
  }

  /** Whether this nonce is remembered; asking leaves nothing behind. */
  knows(nonce: string, now: number): boolean {
    // Through the last millisecond: a request from 60 s ahead is good for exactly as long.
    return (this.#until.get(nonce) ?? Number.NEGATIVE_INFINITY) >= now;
  }

  /**
   * Remember a nonce.
   * @returns `replayed` if it is known, `full` if no more can be remembered: such a request must
   * be refused too, or forgetting would open the door to a replay.
   */
  add(nonce: string, now: number): 'fresh' | 'replayed' | 'full' {
    for (const [oldest, until] of this.#until) {
      if (until >= now) break;
      this.#until.delete(oldest);
    }
    if (this.#until.has(nonce)) return 'replayed';
    if (this.#until.size >= this.capacity) return 'full';
    this.#until.set(nonce, now + NONCE_KEPT_MS);
    return 'fresh';
  }
}
