/**
 * Where a call's packets go (SPEC 9, roaming). Pure: addresses and time in, addresses out.
 *
 *   searching   to all candidates, until the first valid packet from one of them
 *   fixed       to where that came from
 *   probation   the newest packet came from elsewhere, or the first from nobody's candidate: PATH
 *               challenges go there, the call's packets do not, and never more bytes than came;
 *               PATH_OK from there moves the call
 */
import type { RandomBytes } from '@kyberline/core/crypto/bytes';
import { equal } from '@kyberline/core/crypto/bytes';
import type { Address, Role } from './messages.js';

const CHALLENGE_BYTES = 8;
/** What a sealed PATH or PATH_OK has as a datagram: 16 + (1 + 8) + 16. */
export const PATH_PACKET_BYTES = 41;
const CHALLENGE_EVERY_MS = 100;
/** A new address that does not answer for this long is forgotten. */
const PROBATION_MS = 5_000;
/** While there is nothing else, the first one may try for this long before another takes its place. */
const FIRST_TRY_MS = 500;
/** The caller stays where it is for as long as the peer was heard there so recently. */
const CHOICE_MS = 1_000;

interface Probation {
  address: Address;
  challenge: Uint8Array;
  since: number;
  heardAt: number;
  challengedAt: number;
  bytesIn: number;
  bytesOut: number;
}

export class Path {
  readonly #candidates: Address[];
  readonly #random: RandomBytes;
  #remote: [Address] | undefined;
  /** When `#remote` was heard last. */
  #heardAt = 0;
  #probation: Probation | undefined;

  constructor(
    candidates: readonly Address[],
    random: RandomBytes,
    private readonly role: Role = 'B',
  ) {
    this.#candidates = [...candidates];
    this.#random = random;
  }

  /** Where to send now: every candidate while the peer has not been heard, then one address. */
  get targets(): readonly Address[] {
    return this.#remote ?? this.#candidates;
  }

  get remote(): Address | undefined {
    return this.#remote?.[0];
  }

  /** Whether packets from there are this call's in the first place. */
  isKnown(from: Address): boolean {
    if (this.#remote && same(this.#remote[0], from)) return true;
    if (this.#probation && same(this.#probation.address, from)) return true;
    return this.#candidates.some((candidate) => same(candidate, from));
  }

  /**
   * A packet that opened came from here.
   * @param bytes length of the datagram
   * @param isNewest it has the highest counter so far
   * @returns the challenge to send to `from` now, if any
   */
  heard(from: Address, bytes: number, isNewest: boolean, now: number): Uint8Array | undefined {
    if (this.#remote && same(this.#remote[0], from)) {
      this.#heardAt = now;
      return undefined;
    }
    if (this.#candidates.some((candidate) => same(candidate, from))) {
      if (!this.#remote) {
        this.#fix(from, now);
        return undefined;
      }
      if (this.#keepsChoice(now)) return undefined;
    }
    const probation = this.#probationOf(from, isNewest, now);
    if (!probation) return undefined;
    probation.bytesIn += bytes;
    probation.heardAt = now;
    if (now - probation.challengedAt < CHALLENGE_EVERY_MS) return undefined;
    // A second challenge leaves room for an answer to the peer's own, or neither side would move.
    const needs = probation.bytesOut === 0 ? PATH_PACKET_BYTES : 2 * PATH_PACKET_BYTES;
    if (probation.bytesOut + needs > probation.bytesIn) return undefined;
    probation.bytesOut += PATH_PACKET_BYTES;
    probation.challengedAt = now;
    return probation.challenge;
  }

  /** A PATH came from here; false if its echo would be more bytes than an unproved address may get. */
  mayAnswer(from: Address): boolean {
    const probation = this.#probation;
    if (!probation || !same(probation.address, from)) return true;
    if (probation.bytesOut + PATH_PACKET_BYTES > probation.bytesIn) return false;
    probation.bytesOut += PATH_PACKET_BYTES;
    return true;
  }

  /**
   * Two machines often have several ways to each other, and each side may have begun with another
   * one. The callee follows the caller's choice; if both did, they would change places for ever.
   * A choice at which nothing is heard any more is none.
   */
  #keepsChoice(now: number): boolean {
    return this.role === 'A' && now - this.#heardAt < CHOICE_MS;
  }

  /** What is known of an address that has to prove itself; undefined if it is not its turn. */
  #probationOf(from: Address, isNewest: boolean, now: number): Probation | undefined {
    const old = this.#probation;
    if (old && now - old.since > PROBATION_MS) this.#probation = undefined;
    else if (old && same(old.address, from)) return old;
    if (!isNewest) return undefined;
    // Two that are heard in turn would never let each other gather the bytes for a challenge.
    if (this.#probation && !this.#remote && now - this.#probation.since < FIRST_TRY_MS) {
      return undefined;
    }
    this.#probation = {
      address: from,
      challenge: this.#random(CHALLENGE_BYTES),
      since: now,
      heardAt: now,
      challengedAt: Number.NEGATIVE_INFINITY,
      bytesIn: 0,
      bytesOut: 0,
    };
    return this.#probation;
  }

  #fix(address: Address, now: number): void {
    this.#remote = [address];
    this.#heardAt = now;
    this.#probation = undefined;
  }

  /** A PATH_OK came from here; true if the call has moved there. */
  answered(challenge: Uint8Array, from: Address): boolean {
    const probation = this.#probation;
    if (!probation || !same(probation.address, from)) return false;
    if (!equal(probation.challenge, challenge)) return false;
    this.#fix(from, probation.heardAt);
    return true;
  }
}

export function same(a: Address, b: Address): boolean {
  return a.port === b.port && a.address === b.address;
}
