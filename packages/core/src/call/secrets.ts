/**
 * The secrets of one call, from the first ephemeral key to the last root: they live here and
 * nowhere else, and `erase` ends them all. Every method is a stage of the handshake or of a rekey
 * (SPEC 4 to 8); what leaves are public messages and, per epoch, the engine's traffic keys.
 */
import type { SuiteId } from '@kyberline/shared/ids';
import type { Bundle, BundleKeys } from '../crypto/bundle.js';
import type { RandomBytes } from '../crypto/bytes.js';
import {
  type Finished,
  type Handshake,
  makeAnswer,
  makeOffer,
  type Offer,
  type OpenedOffer,
  openAnswer,
  openOffer,
  type PendingOffer,
} from '../crypto/handshake.js';
import type { Identity } from '../crypto/identity.js';
import {
  type EpochSecret,
  isRekeyFin,
  nextEpoch,
  type RekeySecrets,
  rekeyAnswer,
  rekeyFin,
  rekeyFinish,
  rekeyRequest,
  trafficKeys,
} from '../crypto/schedule.js';
import type { Secret } from '../crypto/secret.js';
import { kem } from '../crypto/suite.js';
import type { RekeyEvent } from './rekey-state.js';

export type CallStream = 'control' | 'audio';

/** One stream's two keys, one direction. The engine takes copies of the bytes. */
export interface TrafficKeys {
  aead: Secret;
  obf: Secret;
}

/** An event for a step in which nothing need happen. */
const NOTHING_CAME_OF_IT: RekeyEvent = { type: 'tick' };

export class CallSecrets {
  #pending: PendingOffer | undefined;
  #opened: OpenedOffer | undefined;
  #handshake: Handshake | undefined;
  #awaited: Uint8Array | undefined;
  #request: { epoch: number; secrets: RekeySecrets } | undefined;
  readonly #epochs = new Map<number, EpochSecret>();
  #suite: SuiteId = 1;
  #erased = false;

  constructor(
    private readonly role: 'A' | 'B',
    private readonly random: RandomBytes,
  ) {}

  get suite(): SuiteId {
    return this.#suite;
  }

  /** Whether the call is over, or began again with other secrets. */
  get isErased(): boolean {
    return this.#erased;
  }

  /** A: the bytes of a new offer. An earlier one of this call is erased. */
  async offer(from: Omit<Parameters<typeof makeOffer>[0], 'random'>): Promise<Uint8Array> {
    this.#pending?.erase();
    const { bytes, pending } = await makeOffer({ ...from, random: this.random });
    this.#pending = this.#keep(pending);
    this.#suite = pending.offer.suite;
    return bytes;
  }

  /** B: the offer's body, once `offerProblem` found nothing; `undefined` if it does not open. */
  async openOffer(
    offer: Offer,
    keys: BundleKeys,
    myBundle: Bundle,
  ): Promise<Uint8Array | undefined> {
    const opened = await openOffer(offer, keys, myBundle);
    if (!opened) return undefined;
    this.#opened = this.#keep(opened);
    this.#suite = offer.suite;
    return opened.body;
  }

  /** B: the bytes of the answer to the offer that was opened; `undefined` if the call ended. */
  async answer(me: Identity, body: Uint8Array): Promise<Uint8Array | undefined> {
    const offer = this.#opened;
    if (!offer) throw new Error('an answer needs an opened offer');
    const made = await makeAnswer({ offer, me, body, random: this.random });
    if (!made) return undefined;
    this.#opened = undefined;
    this.#handshake = this.#keep(made.handshake);
    return made.bytes;
  }

  /** A: the answer's body; `undefined` for an answer that does not verify, and the offer stands. */
  async openAnswer(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    if (!this.#pending) return undefined;
    const opened = await openAnswer({ bytes, pending: this.#pending });
    if (!opened) return undefined;
    this.#pending = undefined;
    this.#handshake = this.#keep(opened.handshake);
    return opened.body;
  }

  /** The keys of the handshake's own packets (SPEC 6), while there is a handshake. */
  handshakeKeys(): { send: TrafficKeys; receive: TrafficKeys } | undefined {
    return this.#handshake?.controlKeys;
  }

  /** This side's proof, the same however often it is sent. */
  confirm(): Uint8Array | undefined {
    if (!this.#handshake) return undefined;
    return this.role === 'A' ? this.#handshake.confirmA() : this.#handshake.confirmB();
  }

  /** Whether the peer's proof is right. */
  verifyConfirm(proof: Uint8Array): boolean {
    if (!this.#handshake) return false;
    return this.role === 'A'
      ? this.#handshake.acceptConfirmB(proof)
      : this.#handshake.acceptConfirmA(proof);
  }

  /** After the peer's proof: epoch 0 and the words. Call `eraseHandshake` when it is not needed. */
  finish(): Pick<Finished, 'words' | 'emoji'> {
    if (!this.#handshake) throw new Error('there is no handshake to finish');
    const { epochZero, words, emoji } = this.#handshake.finish();
    this.#epochs.set(0, epochZero);
    return { words, emoji };
  }

  eraseHandshake(): void {
    this.#handshake?.erase();
    this.#handshake = undefined;
  }

  /** An epoch's keys for one stream; `undefined` once its root was erased. */
  traffic(epoch: number, direction: 'send' | 'receive', stream: CallStream) {
    const secret = this.#epochs.get(epoch);
    if (!secret) return undefined;
    const mine = this.role === 'A' ? 'A>B' : 'B>A';
    const theirs = this.role === 'A' ? 'B>A' : 'A>B';
    return trafficKeys(secret, direction === 'send' ? mine : theirs, stream);
  }

  /** A: a request for the epoch after the current one. */
  async makeRequest(epoch: number): Promise<RekeyEvent> {
    this.#request?.secrets.erase();
    const previous = this.#before(epoch)?.epoch ?? 0;
    const { req, secrets } = await rekeyRequest(previous, kem(this.#suite), this.random);
    this.#request = { epoch, secrets: this.#keep(secrets) };
    return { type: 'request-made', epoch, req };
  }

  /** B: this request, the very object, takes the place of earlier ones that wait for an answer. */
  awaitAnswer(req: Uint8Array): void {
    this.#awaited = req;
  }

  /**
   * B: the answer to a request; the next epoch's keys can be derived afterwards. For a request
   * that another has replaced nothing is computed, nor kept: whoever floods waits for the last.
   */
  async makeAnswer(epoch: number, req: Uint8Array): Promise<RekeyEvent> {
    if (this.#awaited !== req) return NOTHING_CAME_OF_IT;
    const previous = this.#before(epoch);
    const made = previous && (await rekeyAnswer(previous, req, kem(this.#suite), this.random));
    if (this.#awaited !== req) {
      made?.next.root.erase();
      return NOTHING_CAME_OF_IT;
    }
    if (!made) return { type: 'answer-refused', epoch, req };
    this.#setEpoch(made.next);
    return { type: 'answer-made', epoch, req, ack: made.ack };
  }

  /** A: the next epoch from the callee's answer. */
  async makeFinish(epoch: number, req: Uint8Array, ack: Uint8Array): Promise<RekeyEvent> {
    const previous = this.#before(epoch);
    if (!previous || this.#request?.epoch !== epoch) return { type: 'finish-refused', epoch };
    const { secrets } = this.#request;
    const next = await rekeyFinish(previous, req, secrets, ack, kem(this.#suite));
    if (!next) return { type: 'finish-refused', epoch };
    this.#setEpoch(next);
    secrets.erase();
    this.#request = undefined;
    return { type: 'finish-made', epoch, fin: rekeyFin(next) };
  }

  /** B: whether a FIN proves that A has this epoch's root. */
  verifyFin(epoch: number, proof: Uint8Array): boolean {
    const secret = this.#epochs.get(epoch);
    return secret !== undefined && isRekeyFin(secret, proof);
  }

  dropEpoch(epoch: number): void {
    this.#epochs.get(epoch)?.root.erase();
    this.#epochs.delete(epoch);
  }

  erase(): void {
    this.#erased = true;
    this.#pending?.erase();
    this.#opened?.erase();
    this.#request?.secrets.erase();
    this.eraseHandshake();
    for (const epoch of [...this.#epochs.keys()]) this.dropEpoch(epoch);
  }

  /** The epoch that comes right before this one. */
  #before(epoch: number): EpochSecret | undefined {
    return [...this.#epochs.values()].find((each) => nextEpoch(each.epoch) === epoch);
  }

  #setEpoch(next: EpochSecret): void {
    this.dropEpoch(next.epoch);
    this.#epochs.set(next.epoch, next);
    if (this.#erased) this.dropEpoch(next.epoch);
  }

  /** What was still being computed when the call ended must not outlive it. */
  #keep<T extends { erase(): void }>(secrets: T): T {
    if (this.#erased) secrets.erase();
    return secrets;
  }
}
