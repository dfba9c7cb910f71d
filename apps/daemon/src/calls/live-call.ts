/**
 * One call while it lives: runs stepCall, performs its effects, and hands what comes of them, and
 * what the engine and the exchange say, back as the next events.
 */
import { placeCall, receiveCall, stepCall } from '@kyberline/core/call/call';
import type { CallEffect, CallEvent, CallState, CallStep } from '@kyberline/core/call/call-state';
import { callDeadline } from '@kyberline/core/call/deadline';
import { HANDSHAKE_EPOCH } from '@kyberline/core/crypto/schedule';
import type { CallId } from '@kyberline/shared/ids';
import type { CodecName } from '@kyberline/shared/voice';
import type { EngineToDaemon } from '../media/messages.js';
import { Problem } from '../problem.js';
import type { CallStart } from '../store/history.js';
import { CallMedia } from './call-media.js';
import { clockSentence } from './checks.js';
import { performRekey, readControl } from './keying.js';
import { type Meeting, refusedByExchange, type Surroundings } from './meeting.js';

/** What becomes known in the course of a call. Times are Unix ms. */
export interface CallFacts {
  startedAt: number;
  connectedAt?: number;
  endedAt?: number;
  words?: readonly string[];
  emoji?: readonly string[];
  endSentence?: string;
  /** It left no trace: the loser of glare, an offer that did not pass its checks. */
  forgotten?: true;
}

export class LiveCall {
  /** For people and the history; on the wire a second attempt has another one. */
  readonly id: CallId;
  readonly facts: CallFacts;
  #state: CallState;
  #media: CallMedia;
  #work: Promise<void> = Promise.resolve();
  #told: Promise<void> = Promise.resolve();

  constructor(
    readonly meeting: Meeting,
    private readonly around: Surroundings,
    autoAnswer: boolean,
  ) {
    const { party } = meeting;
    this.id = meeting.wireId;
    this.facts = { startedAt: party.wall() };
    this.#media = this.#newMedia();
    const now = party.monotonic();
    const first = meeting.incoming
      ? receiveCall(now, party.times, autoAnswer)
      : placeCall(now, party.times);
    this.#state = first.state;
    this.#take(first);
  }

  get state(): CallState {
    return this.#state;
  }

  get deadline(): number {
    return callDeadline(this.#state);
  }

  get isOver(): boolean {
    return this.#state.phase.at === 'ended';
  }

  /** Resolves when the exchange knows of the ending, or cannot be told. */
  get told(): Promise<void> {
    return this.#told;
  }

  dispatch(event: CallEvent): void {
    const step = stepCall(this.#state, event, this.meeting.party.monotonic());
    // A failure that came too late to matter must not explain another ending.
    const ends = !this.isOver && step.state.phase.at === 'ended';
    if (ends && event.type === 'attempt-failed' && event.sentence) {
      this.facts.endSentence = event.sentence;
    }
    this.#take(step);
  }

  /** What the media engine says of this call. */
  fromEngine(message: EngineToDaemon): void {
    switch (message.type) {
      case 'control': {
        const event = readControl(this.meeting.secrets, message.epoch, message.payload);
        if (event) this.dispatch(event);
        break;
      }
      case 'epoch-heard':
        this.dispatch({ type: 'epoch-heard', epoch: message.epoch });
        break;
      case 'epoch-worn':
        this.dispatch({ type: 'rekey-now' });
        break;
      case 'lease-request':
        this.#media.renew(message);
        break;
      case 'bye':
        this.dispatch({ type: 'bye', reason: message.reason });
        break;
      case 'quiet':
      case 'heard':
        this.dispatch({ type: message.type });
        break;
      case 'peer-mode':
        this.dispatch({ type: 'peer-mode', muted: message.muted });
        break;
    }
  }

  useCodec(codec: CodecName): void {
    if (this.meeting.prefer(codec)) this.#media.useCodec(codec);
  }

  /** The row is kept fresh, so that a killed program leaves nearly the right length. */
  alive(): void {
    const { log, wall } = this.meeting.party;
    if (this.facts.connectedAt === undefined || this.isOver) return;
    this.#contain(() => log.alive(this.id, wall()));
  }

  get #row(): CallStart {
    return {
      callId: this.id,
      registryId: this.meeting.registry,
      peer: this.meeting.peer,
      direction: this.meeting.incoming ? 'incoming' : 'outgoing',
      startedAt: this.facts.startedAt,
    };
  }

  #newMedia(): CallMedia {
    const { party, wire, role, secrets } = this.meeting;
    return new CallMedia(party.engine, wire, role, secrets);
  }

  #take(step: CallStep): void {
    this.#state = step.state;
    for (const effect of step.effects) this.#contain(() => this.#perform(effect));
    this.around.changed();
  }

  /** What throws, as the history does on a full disk, must not stop what comes after it. */
  #contain(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#warn(cause);
    }
  }

  #perform(effect: CallEffect): void {
    const { meeting } = this;
    switch (effect.type) {
      case 'look-up':
        // At once, so that whatever is still said of the first attempt finds no call.
        if (this.#state.attempt === 2) this.#beginAgain();
        this.#later(() => meeting.lookUp());
        break;
      case 'place-offer':
        this.#later(() => meeting.placeOffer());
        break;
      case 'check-offer':
        this.#later(() => meeting.checkOffer(this.around));
        break;
      case 'place-answer':
        this.around.answering(this.id);
        this.#later(() => meeting.placeAnswer());
        break;
      case 'open-answer':
        this.#later(() => meeting.openAnswer(Buffer.from(effect.answer, 'base64')));
        break;
      case 'ring':
        break; // the phase in the snapshot is what rings
      case 'open-media':
        this.#media.open(meeting.route.codecs, meeting.route.candidates);
        break;
      case 'reopen-media':
        this.#media.reopen();
        break;
      case 'close-media':
        this.#media.close(effect.bye);
        break;
      case 'send-probe':
        this.#media.send(HANDSHAKE_EPOCH, { kind: 'PROBE' });
        break;
      case 'send-confirm': {
        const proof = meeting.secrets.confirm();
        if (proof) this.#media.send(HANDSHAKE_EPOCH, { kind: 'CONFIRM', proof });
        break;
      }
      case 'prepare-voice':
        this.#prepareVoice();
        break;
      case 'start-voice':
        this.#media.sendOn(0);
        this.#media.allowVoice();
        break;
      case 'set-mute':
        this.#media.mute(effect.muted);
        break;
      case 'tell-registry':
        this.#tellExchange(effect);
        break;
      case 'erase':
        meeting.secrets.erase();
        break;
      case 'record':
        this.#record(effect.what);
        break;
      case 'rekey':
        performRekey(effect.effect, meeting.secrets, this.#media, (task) => this.#later(task));
        break;
    }
  }

  /** One after another, each ending in an event. */
  #later(task: () => Promise<CallEvent>): void {
    this.#work = this.#work.then(async () => {
      if (this.isOver) return;
      const event = await task().catch((cause: unknown) => this.#failed(cause));
      this.dispatch(event);
    });
  }

  #failed(cause: unknown): CallEvent {
    if (!(cause instanceof Problem)) {
      // What was computed for a call that ended meanwhile may well find its secrets erased.
      if (!this.isOver) this.#warn(cause);
      return { type: 'attempt-failed', reason: 'refused' };
    }
    return refusedByExchange(cause);
  }

  /** The kind of the error and never its message, which could quote anything. */
  #warn(cause: unknown): void {
    const kind = cause instanceof Error ? cause.name : typeof cause;
    this.meeting.party.warn(`Part of a call failed for a reason that should not be (${kind}).`);
  }

  #beginAgain(): void {
    this.meeting.beginAgain();
    this.#media = this.#newMedia();
    if (this.#state.muted) this.#media.mute(true);
  }

  #prepareVoice(): void {
    const { secrets, party, peer, registry, peerFingerprint } = this.meeting;
    const { words, emoji } = secrets.finish();
    Object.assign(this.facts, { words, emoji });
    this.#media.install(0, 'receive');
    this.#media.install(0, 'send');
    if (!peerFingerprint) return;
    party.pins.seen(registry, peer, peerFingerprint, secrets.suite, party.wall());
    party.log.identified(this.id, { peerFingerprint, suite: secrets.suite });
  }

  #tellExchange(effect: Extract<CallEffect, { type: 'tell-registry' }>): void {
    const { exchange, wireId } = this.meeting;
    // After whatever is on its way: a hang-up that overtook its offer would let it ring for nobody.
    this.#told = this.#work
      .then(() =>
        effect.what === 'reject'
          ? exchange.reject(wireId, effect.reason)
          : exchange.hangUp(wireId, effect.reason),
      )
      // It has no say in the ending, and forgets the call by itself soon.
      .catch(() => undefined);
  }

  #record(what: Extract<CallEffect, { type: 'record' }>['what']): void {
    const { exchange, wireId, party, peer } = this.meeting;
    const { phase } = this.#state;
    if (what === 'started') party.log.started(this.#row);
    if (what === 'connected') {
      this.facts.connectedAt = party.wall();
      party.log.connected(this.id, this.facts.connectedAt);
    }
    if (phase.at !== 'ended') return;
    this.facts.endedAt = party.wall();
    if (phase.reason === 'clock-wrong') {
      const sentence = clockSentence(peer, exchange.clockOffsetMs);
      if (sentence) this.facts.endSentence = sentence;
    }
    exchange.unfollow(wireId);
    if (what === 'ended') party.log.ended(this.#row, phase.reason, this.facts.endedAt);
    if (what === 'forget') {
      this.facts.forgotten = true;
      party.log.forget(this.id);
    }
  }
}
