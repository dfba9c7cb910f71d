/**
 * How two parties meet over an exchange (SPEC 4, 5): look up, offer, check, answer, open the
 * answer. Each step ends in the event that stepCall waits for.
 */
import {
  CODECS,
  type CodecName,
  commonCodecs,
  readBody,
  startingWith,
  writeBody,
} from '@kyberline/core/call/body';
import type { CallEvent } from '@kyberline/core/call/call-state';
import { CallSecrets } from '@kyberline/core/call/secrets';
import type { Bundle } from '@kyberline/core/crypto/bundle';
import { toHex } from '@kyberline/core/crypto/bytes';
import { CALL_ID_BYTES, readOffer } from '@kyberline/core/crypto/handshake';
import type { EndReason } from '@kyberline/shared/endings';
import type { CallId, Fingerprint, RegistryId, UserName } from '@kyberline/shared/ids';
import type { CallRecord } from '@kyberline/shared/registry';
import type { Address } from '../media/messages.js';
import { isOneMachine } from '../net/candidates.js';
import type { Exchange } from '../net/exchange.js';
import type { Problem } from '../problem.js';
import { checkAddress, checkBundle, checkOffer, isFinding } from './checks.js';
import type { Party } from './parties.js';

/** `answer`: it beat a call of ours to the same person. `glare-lost`: ours stands. */
export type Admission = 'ring' | 'answer' | 'busy' | 'glare-lost';

/** What a call asks of the collection it is in. */
export interface Surroundings {
  changed(): void;
  /** Whether the person is in a call that a further one must not disturb. */
  isBusy(id: CallId): boolean;
  /** What an offer that has passed every check finds now. By glare it may drop a call of ours. */
  admit(id: CallId): Admission;
  /** This call is being answered, by the person or by itself: every other one is hung up. */
  answering(id: CallId): void;
}

/** Nobody could reach us: without a socket no key may be agreed. */
const NO_ENGINE: CallEvent = { type: 'attempt-failed', reason: 'engine-failed' };

export class Meeting {
  wire: Uint8Array;
  secrets: CallSecrets;
  peerFingerprint: Fingerprint | undefined;
  /** Where the peer can be reached, and the codecs that both speak, the one to send in first. */
  route: { candidates: Address[]; codecs: CodecName[] } = { candidates: [], codecs: [] };
  #peerBundle: Bundle | undefined;

  constructor(
    readonly party: Party,
    readonly exchange: Exchange,
    readonly registryId: Uint8Array,
    readonly peer: UserName,
    /** The record of an incoming call; without one, a call is placed. */
    readonly incoming: CallRecord | undefined,
  ) {
    this.wire = incoming ? Buffer.from(incoming.call_id, 'hex') : party.random(CALL_ID_BYTES);
    this.secrets = new CallSecrets(this.role, party.random);
  }

  get role(): 'A' | 'B' {
    return this.incoming ? 'B' : 'A';
  }

  get wireId(): CallId {
    return toHex(this.wire) as CallId;
  }

  get registry(): RegistryId {
    return toHex(this.registryId) as RegistryId;
  }

  /** A call id is good for one offer only (SPEC 4), so a second attempt has a new one. */
  beginAgain(): void {
    this.exchange.unfollow(this.wireId);
    this.secrets.erase();
    this.wire = this.party.random(CALL_ID_BYTES);
    this.secrets = new CallSecrets(this.role, this.party.random);
  }

  /** What is sent in, from now on; false where the other side does not speak it. */
  prefer(codec: CodecName): boolean {
    const { codecs } = this.route;
    if (!codecs.includes(codec)) return false;
    this.route = { ...this.route, codecs: startingWith(codec, codecs) };
    return true;
  }

  async lookUp(): Promise<CallEvent> {
    const { bundle: bytes, online } = await this.exchange.lookUp(this.peer);
    const bundle = checkBundle(bytes, this.peer, this.registryId, this.party);
    if (isFinding(bundle)) return { type: 'attempt-failed', reason: bundle.reason };
    this.#identify(bundle);
    return online ? { type: 'looked-up' } : { type: 'attempt-failed', reason: 'unreachable' };
  }

  async placeOffer(): Promise<CallEvent> {
    const { party, secrets, wireId } = this;
    if (party.candidates().length === 0) return NO_ENGINE;
    if (!this.#peerBundle) throw new Error('an offer needs the bundle that was looked up');
    const name = party.nameAt(this.registryId);
    const offer = await secrets.offer({
      me: party.identity,
      myName: name,
      myBundle: await party.bundles.offered(this.registryId, name, party.suite()),
      preference: party.suite(),
      peerBundle: this.#peerBundle,
      callId: this.wire,
      registryId: this.registryId,
      now: party.wall(),
      body: this.#body(startingWith(party.codec(), CODECS)),
    });
    // Cancelled while the offer was made: it must not ring there afterwards.
    if (secrets.isErased) return { type: 'attempt-failed', reason: 'cancelled-by-me' };
    await this.exchange.initiate({ callId: wireId, from: name, to: this.peer, offer });
    // Only now: asked for a call that it does not have yet, a registry would say that it knows none.
    if (!secrets.isErased) this.exchange.follow(wireId);
    return { type: 'offer-placed' };
  }

  /** Everything that must hold before it rings; cheap checks first, keys last. */
  async checkOffer(around: Surroundings): Promise<CallEvent> {
    const { party, incoming } = this;
    // That the caller gives up is a change of status, which a poll for new calls does not show.
    this.exchange.follow(this.wireId);
    const refused = { type: 'offer-refused', reason: 'refused', tell: 'refused' } as const;
    const offer = incoming && readOffer(Buffer.from(incoming.offer, 'base64'));
    if (!offer || offer.nameA !== this.peer || toHex(offer.callId) !== this.wireId) return refused;
    const early = checkAddress(offer, this.registryId, party);
    if (early) return { type: 'offer-refused', ...early };
    const { bundle: bytes } = await this.exchange.lookUp(this.peer);
    const bundle = checkBundle(bytes, this.peer, this.registryId, party);
    if (isFinding(bundle)) return { type: 'offer-refused', ...bundle };
    const finding = checkOffer(offer, bundle, this.registryId, party);
    if (finding) return { type: 'offer-refused', ...finding };
    this.#identify(bundle);
    const busy = { type: 'offer-refused', reason: 'busy-here', tell: 'busy' } as const;
    if (around.isBusy(this.wireId)) return busy;
    const mine = party.bundles.find(offer.bundleHashB);
    const opened = mine && (await this.secrets.openOffer(offer, mine.keys, mine.bundle));
    if (!this.#agree(opened)) return refused;
    switch (around.admit(this.wireId)) {
      case 'ring':
        return { type: 'offer-checked' };
      case 'answer':
        return { type: 'offer-checked', answer: true };
      case 'busy':
        return busy;
      case 'glare-lost':
        return { type: 'glare-lost' };
    }
  }

  async placeAnswer(): Promise<CallEvent> {
    if (this.party.candidates().length === 0) return NO_ENGINE;
    const answer = await this.secrets.answer(this.party.identity, this.#body(this.route.codecs));
    if (!answer) return { type: 'attempt-failed', reason: 'refused' };
    await this.exchange.accept(this.wireId, answer);
    return { type: 'answer-placed' };
  }

  async openAnswer(bytes: Uint8Array): Promise<CallEvent> {
    const opened = await this.secrets.openAnswer(bytes);
    return { type: this.#agree(opened) ? 'answer-opened' : 'answer-invalid' };
  }

  /** Takes the route from an opened body; false if there is none that can be used. */
  #agree(opened: Uint8Array | undefined): boolean {
    const body = opened && readBody(opened);
    const codecs = body && commonCodecs(body.codecs);
    if (!body || !codecs || codecs.length === 0) return false;
    this.route = { candidates: body.candidates.filter(isOneMachine), codecs };
    this.prefer(this.party.codec());
    return true;
  }

  #body(codecs: string[]): Uint8Array {
    return writeBody({ version: 1, candidates: this.party.candidates(), codecs });
  }

  #identify(bundle: Bundle): void {
    this.#peerBundle = bundle;
    this.peerFingerprint = toHex(bundle.identity.fingerprint) as Fingerprint;
  }
}

/** What a refusal of the exchange means for the call; any other keeps the registry's own words. */
const REASONS: Record<string, EndReason> = {
  'unknown-name': 'unknown-name',
  'registry-unreachable': 'registry-unreachable',
};

export function refusedByExchange({ code, message }: Problem): CallEvent {
  const reason = REASONS[code];
  return reason
    ? { type: 'attempt-failed', reason }
    : { type: 'attempt-failed', reason: 'registry-refused', sentence: message };
}
