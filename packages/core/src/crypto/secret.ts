/**
 * Secret bytes that can be erased and do not print. Erasure is best effort: the JavaScript
 * engine may have copied them before (SPEC 13).
 */

/** What `util.inspect` and `console.log` ask an object for; the same symbol in every realm. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

export class Secret {
  #bytes: Uint8Array | undefined;

  /** Takes the bytes over: the giver must not keep or change them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The bytes themselves, not a copy. Using a secret after its erasure is a bug and throws. */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) throw new Error('a secret was used after it was erased');
    return this.#bytes;
  }

  get erased(): boolean {
    return this.#bytes === undefined;
  }

  /** Overwrites the bytes with zeros; any number of times. */
  erase(): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [INSPECT](): string {
    return '[secret]';
  }
}
