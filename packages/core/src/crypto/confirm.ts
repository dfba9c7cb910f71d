/**
 * The confirm half of the handshake (SPEC 6), over UDP under the reserved epoch 0xFFFF.
 *
 *   A ── nA ‖ HMAC(E(ms, "confirm A", th2), th3) ──► B      B checks com: H over nA was in the offer
 *   A ◄── HMAC(E(ms, "confirm B", th2), th3) ──────  B      th3 = H(th2 ‖ LV(nA))
 *
 * No voice before the peer's confirm has verified. `finish` then gives epoch 0 and the words and
 * erases the master secret and nA; the ephemeral keys, ck0 and ck1 were erased with the answer.
 */
import type { SuiteId } from '@kyberline/shared/ids';
import { concat, equal, lv } from './bytes.js';
import { expand, hmac, sha256 } from './kdf.js';
import { type Offer, SAS_NONCE_BYTES, sasCommitment } from './offer.js';
import { type EpochSecret, epochZero } from './schedule.js';
import { Secret } from './secret.js';
import { type Four, shortAuthentication } from './words.js';

export const CONFIRM_A_BYTES = 64;
export const CONFIRM_B_BYTES = 32;

/** A = caller, B = callee. */
export type Role = 'A' | 'B';

/** Both keys of one direction, 32 bytes each (SPEC 9, 10). */
export interface PacketKeys {
  readonly aead: Secret;
  readonly obf: Secret;
}

export interface Finished {
  readonly epochZero: EpochSecret;
  readonly words: Four;
  readonly emoji: Four;
  /** th3, which both ends have in common and no other call has. */
  readonly transcriptHash: Uint8Array;
}

type Stage = 'unconfirmed' | 'confirmed' | 'finished' | 'erased';

/** What is known once nA is. */
interface Agreed {
  readonly th3: Uint8Array;
  /** nA ‖ MAC. */
  readonly confirmA: Secret;
  readonly confirmAHash: Uint8Array;
  readonly confirmB: Uint8Array;
}

export class Handshake {
  readonly role: Role;
  readonly suite: SuiteId;
  readonly callId: Uint8Array;
  /** For packets of epoch 0xFFFF. Alive until `erase`: B goes on answering after `finish`. */
  readonly controlKeys: { readonly send: PacketKeys; readonly receive: PacketKeys };
  readonly #offer: Offer;
  readonly #ms: Secret;
  readonly #th2: Uint8Array;
  #agreed: Agreed | undefined;
  #stage: Stage = 'unconfirmed';

  /** Takes `ms` and A's own `nonceA` over. Made by `makeAnswer` and `openAnswer` only. */
  constructor(
    from: { offer: Offer; ms: Secret; th2: Uint8Array } & (
      | { role: 'A'; nonceA: Secret }
      | { role: 'B' }
    ),
  ) {
    this.role = from.role;
    this.suite = from.offer.suite;
    this.callId = from.offer.callId;
    this.#offer = from.offer;
    this.#ms = from.ms;
    this.#th2 = from.th2;
    const [a, b] = [this.#packetKeys('A'), this.#packetKeys('B')];
    this.controlKeys = from.role === 'A' ? { send: a, receive: b } : { send: b, receive: a };
    if (from.role === 'A') {
      this.#agreed = this.#agree(from.nonceA.bytes);
      from.nonceA.erase();
    }
  }

  /** A's CONFIRM, 64 bytes, the same every time; until `finish`. */
  confirmA(): Uint8Array {
    this.#only('A');
    return Uint8Array.from(this.#knowing().confirmA.bytes);
  }

  /** B's CONFIRM, 32 bytes, the same every time; from A's on, and after `finish` too. */
  confirmB(): Uint8Array {
    this.#only('B');
    return Uint8Array.from(this.#knowing().confirmB);
  }

  /** Whether this is A's CONFIRM: nA opens the commitment and the MAC is right. Resends are. */
  acceptConfirmA(payload: Uint8Array): boolean {
    this.#only('B');
    if (payload.length !== CONFIRM_A_BYTES) return false;
    if (this.#agreed !== undefined) return equal(sha256(payload), this.#agreed.confirmAHash);
    const nonceA = payload.subarray(0, SAS_NONCE_BYTES);
    const { callId, fpA, fpB, com } = this.#offer;
    if (!equal(sasCommitment(callId, fpA, fpB, nonceA), com)) return false;
    const agreed = this.#agree(nonceA);
    if (!equal(agreed.confirmA.bytes, payload)) {
      agreed.confirmA.erase();
      return false;
    }
    this.#agreed = agreed;
    this.#stage = 'confirmed';
    return true;
  }

  /** Whether this is B's CONFIRM. Resends are. */
  acceptConfirmB(payload: Uint8Array): boolean {
    this.#only('A');
    if (!equal(this.#knowing().confirmB, payload)) return false;
    if (this.#stage === 'unconfirmed') this.#stage = 'confirmed';
    return true;
  }

  /** Once, after the peer's confirm has verified; anything else is a bug and throws. */
  finish(): Finished {
    if (this.#stage !== 'confirmed') {
      throw new Error(`a handshake cannot be finished while it is ${this.#stage}`);
    }
    const { th3, confirmA } = this.#knowing();
    const finished = {
      epochZero: epochZero(this.#ms, th3),
      ...shortAuthentication(this.#ms.bytes, th3),
      transcriptHash: th3,
    };
    this.#ms.erase();
    confirmA.erase();
    this.#stage = 'finished';
    return finished;
  }

  /** Everything, the keys of epoch 0xFFFF included. What `finish` gave out is not touched. */
  erase(): void {
    this.#ms.erase();
    this.#agreed?.confirmA.erase();
    this.#agreed = undefined;
    for (const { aead, obf } of [this.controlKeys.send, this.controlKeys.receive]) {
      aead.erase();
      obf.erase();
    }
    this.#stage = 'erased';
  }

  #agree(nonceA: Uint8Array): Agreed {
    const th3 = sha256(this.#th2, lv(nonceA));
    const confirmA = concat(nonceA, this.#mac('A', th3));
    return {
      th3,
      confirmA: new Secret(confirmA),
      confirmAHash: sha256(confirmA),
      confirmB: this.#mac('B', th3),
    };
  }

  #mac(role: Role, th3: Uint8Array): Uint8Array {
    const key = expand(this.#ms.bytes, `confirm ${role}`, this.#th2);
    const mac = hmac(key, th3);
    key.fill(0);
    return mac;
  }

  #packetKeys(role: Role): PacketKeys {
    return {
      aead: new Secret(expand(this.#ms.bytes, `hs ctl ${role}`, this.#th2)),
      obf: new Secret(expand(this.#ms.bytes, `hs obf ${role}`, this.#th2)),
    };
  }

  #knowing(): Agreed {
    if (this.#agreed === undefined) throw new Error('a confirm was asked for before nA is known');
    return this.#agreed;
  }

  #only(role: Role): void {
    if (this.role !== role) throw new Error(`only ${role} does this in a handshake`);
    if (this.#stage === 'erased') throw new Error('a handshake was used after it was erased');
  }
}
