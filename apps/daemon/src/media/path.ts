/**
 * Where a call's packets go (SPEC 9, roaming). Pure: addresses and time in, addresses out.
 *
 *   searching   to all candidates, until the first valid packet
 *   fixed       to where that came from
 *   probation   the newest packet came from elsewhere: PATH challenges go there, the call's
 *               packets do not, and never more bytes than came; PATH_OK from there moves the call
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

interface Probation {
  address: Address;
  challenge: Uint8Array;
  since: number;
  challengedAt: number;
  bytesIn: number;
  bytesOut: number;
}

export class Path {
  readonly #candidates: Address[];
  readonly #random: RandomBytes;
  #remote: [Address] | undefined;
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
    if (!this.#remote) {
      this.#remote = [from];
      return undefined;
    }
    if (same(this.#remote[0], from) || this.#isOwnChoice(from)) return undefined;
    let probation = this.#probation;
    if (probation && now - probation.since > PROBATION_MS) probation = this.#probation = undefined;
    if (!probation || (isNewest && !same(probation.address, from))) {
      if (!isNewest) return undefined;
      probation = this.#probation = {
        address: from,
        challenge: this.#random(CHALLENGE_BYTES),
        since: now,
        challengedAt: Number.NEGATIVE_INFINITY,
        bytesIn: 0,
        bytesOut: 0,
      };
    }
    if (!same(probation.address, from)) return undefined;
    probation.bytesIn += bytes;
    if (now - probation.challengedAt < CHALLENGE_EVERY_MS) return undefined;
    if (probation.bytesOut + PATH_PACKET_BYTES > probation.bytesIn) return undefined;
    probation.bytesOut += PATH_PACKET_BYTES;
    probation.challengedAt = now;
    return probation.challenge;
  }

  /**
   * Two machines often have several ways to each other, and each side may have begun with another
   * one. The callee follows the caller's choice; if both did, they would change places for ever.
   */
  #isOwnChoice(from: Address): boolean {
    return this.role === 'A' && this.#candidates.some((candidate) => same(candidate, from));
  }

  /** A PATH_OK came from here; true if the call has moved there. */
  answered(challenge: Uint8Array, from: Address): boolean {
    const probation = this.#probation;
    if (!probation || !same(probation.address, from)) return false;
    if (!equal(probation.challenge, challenge)) return false;
    this.#remote = [from];
    this.#probation = undefined;
    return true;
  }
}

export function same(a: Address, b: Address): boolean {
  return a.port === b.port && a.address === b.address;
}
