/**
 * All calls of one party: which offer becomes a call, which call an event is for, and the one
 * timer that wakes them.
 */
import { glareKeeps } from '@kyberline/core/call/reasons';
import { toHex } from '@kyberline/core/crypto/bytes';
import { type CallId, ECHO_NAME, type UserName } from '@kyberline/shared/ids';
import type { CallRecord } from '@kyberline/shared/registry';
import type { CodecName } from '@kyberline/shared/voice';
import type { EngineToDaemon } from '../media/messages.js';
import type { Exchange } from '../net/exchange.js';
import { Problem } from '../problem.js';
import { LiveCall } from './live-call.js';
import { Meeting, type Surroundings } from './meeting.js';
import type { Party } from './parties.js';

/** An ended call is shown this long, so that its ending can be read. */
const SHOWN_AFTER_END_MS = 10_000;
/** SPEC 4: a call id counts as seen this long. */
const SEEN_MS = 600_000;
/** Offers whose checks may be under way at once; each costs a look-up and two signatures. */
const MAX_CHECKING = 8;

interface Incoming {
  record: CallRecord;
  exchange: Exchange;
  autoAnswer: boolean;
}

export class Calls {
  readonly #live = new Map<CallId, LiveCall>();
  readonly #ended = new Map<CallId, { call: LiveCall; until: number }>();
  readonly #seen = new Map<CallId, number>();
  /** Offers that gave way to a call of ours; they ring if that comes to nothing. */
  readonly #aside = new Map<CallId, Incoming>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly party: Party,
    private readonly changed: () => void,
  ) {}

  /** Calls that are alive or have just ended, oldest first; unchecked offers are nobody's business. */
  get shown(): LiveCall[] {
    const live = [...this.#live.values()].filter((call) => call.state.phase.at !== 'checking');
    return [...[...this.#ended.values()].map(({ call }) => call), ...live];
  }

  /** @throws Problem `in-a-call`, `registry-unreachable` */
  place(peer: UserName, exchange: Exchange): LiveCall {
    const other = this.#talking();
    if (other) {
      throw new Problem(
        'in-a-call',
        `You are in a call with ${other.meeting.peer}. Hang up first, then call ${peer}.`,
      );
    }
    const { registryId } = exchange;
    if (!registryId) {
      throw new Problem(
        'registry-unreachable',
        'The registry has not answered yet, so nobody can be looked up. Check its address in the settings.',
      );
    }
    this.#leaveEcho();
    return this.#start(new Meeting(this.party, exchange, registryId, peer, undefined), false);
  }

  /** A record that an exchange delivered: a new offer, or news of a call. May come twice. */
  heard(record: CallRecord, exchange: Exchange, autoAnswer: boolean): void {
    const call = this.#byWire(record.call_id);
    if (call) {
      call.dispatch({ type: 'registry', call: record });
      return;
    }
    this.#aside.delete(record.call_id);
    const { registryId } = exchange;
    if (this.#stopped || !registryId || record.status !== 'ringing') return;
    if (this.#givesWay(record) && this.#aside.size < MAX_CHECKING) {
      // The other side sees the same two ids and drops this one.
      this.#aside.set(record.call_id, { record, exchange, autoAnswer });
      return;
    }
    if (!this.#takes(record, registryId)) return;
    const meeting = new Meeting(this.party, exchange, registryId, record.caller_username, record);
    this.#start(meeting, autoAnswer);
  }

  fromEngine(message: EngineToDaemon): void {
    if (!('callId' in message)) return;
    this.#byWire(toHex(message.callId) as CallId)?.fromEngine(message);
  }

  engineRestarted(): void {
    for (const call of this.#live.values()) call.dispatch({ type: 'engine-restarted' });
  }

  engineFailed(): void {
    for (const call of [...this.#live.values()]) call.dispatch({ type: 'engine-failed' });
  }

  /** @throws Problem `no-call` with what there is instead */
  answer(id: CallId | undefined): void {
    const ringing = (each: LiveCall) => each.state.phase.at === 'ringing-here';
    this.#one(id, 'answered', ringing).dispatch({ type: 'accept' });
  }

  reject(id: CallId | undefined): void {
    const ringing = (each: LiveCall) => each.state.phase.at === 'ringing-here';
    this.#one(id, 'declined', ringing).dispatch({ type: 'reject' });
  }

  hangUp(id: CallId | undefined): void {
    this.#one(id, 'hung up', isShown).dispatch({ type: 'hang-up' });
  }

  mute(id: CallId | undefined, muted: boolean): void {
    this.#one(id, muted ? 'muted' : 'unmuted', isShown).dispatch({ type: 'mute', muted });
  }

  /** The person's choice of how their voice leaves, for every call that goes on. */
  useCodec(codec: CodecName): void {
    for (const call of this.#live.values()) call.useCodec(codec);
  }

  /** The two people compared the words. @throws Problem `no-words`, `not-verified` */
  verifyWords(id: CallId, match: boolean): void {
    const call = this.#one(id, 'verified', isShown);
    const { peerFingerprint, registry, peer } = call.meeting;
    if (!call.facts.words || !peerFingerprint) {
      throw new Problem('no-words', 'There are no words to compare before the call is connected.');
    }
    if (!match) call.dispatch({ type: 'words-differ' });
    else if (!this.party.pins.verify(registry, peer, peerFingerprint)) {
      throw new Problem(
        'not-verified',
        `${peer}'s key has changed since this call began, so the words say nothing about the one that is kept now. Call again and compare anew.`,
      );
    }
    this.changed();
  }

  /** Once a second: rows of calls that go on are kept fresh. */
  alive(): void {
    for (const call of this.#live.values()) call.alive();
  }

  /** The daemon stops: every peer is told, every row is closed. Resolves when the exchanges know. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#aside.clear();
    const calls = [...this.#live.values()];
    for (const call of calls) call.dispatch({ type: 'program-stopping' });
    clearTimeout(this.#timer);
    await Promise.all(calls.map((call) => call.told));
  }

  #start(meeting: Meeting, autoAnswer: boolean): LiveCall {
    const call = new LiveCall(meeting, this.#surroundings, autoAnswer);
    this.#live.set(call.id, call);
    this.#settle();
    return call;
  }

  readonly #surroundings: Surroundings = {
    changed: () => this.#settle(),
    isBusy: (id) => {
      const call = this.#byWire(id);
      const other = this.#talking();
      // A call of ours to the same person gives way to theirs, or stands, by glare.
      return other !== undefined && other !== call && other.meeting.peer !== call?.meeting.peer;
    },
    admit: (id) => {
      // Checks take their time: what was so when the offer came need not be so now.
      if (this.#surroundings.isBusy(id)) return 'busy';
      const peer = this.#byWire(id)?.meeting.peer;
      const mine = peer && this.#outgoingTo(peer);
      if (!mine) return 'ring';
      if (glareKeeps(mine.meeting.wireId, id) === 'mine') return 'glare-lost';
      mine.dispatch({ type: 'glare-lost' });
      // Having called them, the person has said already that they want to talk.
      return 'answer';
    },
    answering: (id) => {
      for (const other of [...this.#live.values()]) {
        if (other.id !== id && isShown(other)) other.dispatch({ type: 'hang-up' });
      }
    },
  };

  /** Each call id once, for this party, and not more offers at a time than can be checked. */
  #takes(record: CallRecord, registryId: Uint8Array): boolean {
    const now = this.party.monotonic();
    for (const [id, at] of this.#seen) {
      if (now - at < SEEN_MS) break;
      this.#seen.delete(id);
    }
    const checking = [...this.#live.values()].filter((each) => each.state.phase.at === 'checking');
    if (record.callee_username !== this.party.nameAt(registryId)) return false;
    if (this.#seen.has(record.call_id) || checking.length >= MAX_CHECKING) return false;
    this.#seen.set(record.call_id, now);
    return true;
  }

  #byWire(wireId: CallId): LiveCall | undefined {
    return [...this.#live.values()].find((each) => each.meeting.wireId === wireId);
  }

  /** The call that keeps the person busy; one with the echo contact never does. */
  #talking(): LiveCall | undefined {
    return [...this.#live.values()].find(
      (call) => call.meeting.peer !== ECHO_NAME && isShown(call),
    );
  }

  #outgoingTo(peer: UserName): LiveCall | undefined {
    return [...this.#live.values()].find(
      (call) =>
        call.meeting.peer === peer && !call.meeting.incoming && UNANSWERED.has(call.state.phase.at),
    );
  }

  /** Glare: whether an offer loses to a call of ours to the same person. */
  #givesWay({ caller_username, call_id }: CallRecord): boolean {
    const mine = this.#outgoingTo(caller_username);
    return mine !== undefined && glareKeeps(mine.meeting.wireId, call_id) === 'mine';
  }

  /** The offers that gave way to a call that did not come about. */
  #reconsider(): void {
    for (const { record, exchange, autoAnswer } of [...this.#aside.values()]) {
      if (this.#givesWay(record)) continue;
      this.#aside.delete(record.call_id);
      if (!this.#talking()) this.heard(record, exchange, autoAnswer);
    }
  }

  #leaveEcho(): void {
    for (const call of [...this.#live.values()]) {
      if (call.meeting.peer === ECHO_NAME) call.dispatch({ type: 'hang-up' });
    }
  }

  #one(id: CallId | undefined, verb: string, fits: (call: LiveCall) => boolean): LiveCall {
    const calls = [...this.#live.values()].filter((call) => (id ? call.id === id : fits(call)));
    const [call, ...more] = calls.filter(fits);
    if (!call) throw new Problem('no-call', `There is no call that could be ${verb} now.`);
    if (more.length > 0) {
      throw new Problem('which-call', `Several calls could be ${verb}. Say which one.`);
    }
    return call;
  }

  /** After every change: ended calls move over, and the timer stands at the next deadline. */
  #settle(): void {
    const now = this.party.monotonic();
    for (const [id, call] of this.#live) {
      if (!call.isOver) continue;
      this.#live.delete(id);
      if (call.facts.forgotten) continue;
      this.#ended.set(id, { call, until: now + SHOWN_AFTER_END_MS });
    }
    this.#reconsider();
    this.#arm();
    this.changed();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const next = Math.min(
      ...[...this.#live.values()].map((call) => call.deadline),
      ...[...this.#ended.values()].map(({ until }) => until),
    );
    if (!Number.isFinite(next)) return;
    const inMs = Math.max(0, next - this.party.monotonic());
    this.#timer = setTimeout(() => this.#wake(), inMs);
  }

  #wake(): void {
    const now = this.party.monotonic();
    for (const call of [...this.#live.values()]) {
      if (call.deadline <= now) call.dispatch({ type: 'tick' });
    }
    for (const [id, { until }] of this.#ended) if (until <= now) this.#ended.delete(id);
    this.#settle();
  }
}

const UNANSWERED: ReadonlySet<string> = new Set([
  'looking-up',
  'offering',
  'ringing-there',
  'opening',
]);

function isShown(call: LiveCall): boolean {
  return call.state.phase.at !== 'checking' && !call.isOver;
}
