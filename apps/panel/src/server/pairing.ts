/**
 * One-time links. `kyberline open` and `npm start` ask for one with the daemon's token; the
 * browser that opens it is paired. Codes live in memory: a restart forgets them.
 */
import { createHash, randomBytes } from 'node:crypto';

const CODE_LIFETIME_MS = 10 * 60_000;
/** Nobody needs more open links than this; the oldest goes. */
const MAX_CODES = 20;

export class PairingCodes {
  /** SHA-256 of the code, so that a look-up leaks no prefix by its timing; value = expiry, ms. */
  readonly #codes = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** A new code of 128 bits, good once within ten minutes. */
  issue(): string {
    const code = randomBytes(16).toString('base64url');
    const oldest = this.#codes.keys().next();
    if (this.#codes.size >= MAX_CODES && !oldest.done) this.#codes.delete(oldest.value);
    this.#codes.set(digest(code), this.now() + CODE_LIFETIME_MS);
    return code;
  }

  /** True once for a code that was issued less than ten minutes ago. */
  redeem(code: string): boolean {
    const key = digest(code);
    const expiry = this.#codes.get(key);
    this.#codes.delete(key);
    return expiry !== undefined && this.now() < expiry;
  }
}

function digest(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
