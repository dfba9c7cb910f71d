/**
 * The daemon as its API shows it: one state put together from its parts, commands handed to the
 * part that is responsible. It decides nothing about a call; stepCall does.
 */
import { toHex } from '@kyberline/core/crypto/bytes';
import type { Identity } from '@kyberline/core/crypto/identity';
import type { HistoryEntry } from '@kyberline/shared/history';
import {
  type CallId,
  ECHO_NAME,
  type Fingerprint,
  type RegistryId,
  type UserName,
} from '@kyberline/shared/ids';
import type { CallCounters, SnapshotEvent, StateSnapshot } from '@kyberline/shared/snapshot';
import type { DaemonApi, SettingsChange } from './api/router.js';
import type { Calls } from './calls/calls.js';
import type { Choices } from './choices.js';
import { LOCAL_REGISTRY_ID } from './echo.js';
import { EngineView } from './engine-view.js';
import type { EngineToDaemon } from './media/messages.js';
import type { EngineState, MediaProcess } from './media/process.js';
import type { Exchange } from './net/exchange.js';
import { Problem } from './problem.js';
import type { Registration } from './registration.js';
import { SoundDesk } from './sound-desk.js';
import type { ContactStore } from './store/contacts.js';
import type { HistoryStore } from './store/history.js';
import { callView, peopleView } from './views.js';
import { Watchers } from './watchers.js';

/** Counters come once a second; every fifth time the open rows of the history are kept fresh. */
const COUNTERS_PER_ALIVE = 5;

export interface DaemonParts {
  version: string;
  identity: Identity;
  choices: Choices;
  contacts: ContactStore;
  history: HistoryStore;
  calls: Calls;
  registration: Registration;
  echo: Exchange;
  engine: MediaProcess;
  warn(sentence: string): void;
}

export class Daemon implements DaemonApi {
  readonly #parts: DaemonParts;
  readonly #watchers = new Watchers(() => this.state());
  readonly #engine = new EngineView();
  #historyRevision = 0;
  #counted = 0;
  readonly #desk: SoundDesk;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
    const { calls, choices, engine } = parts;
    this.#desk = new SoundDesk({
      tell: (message) => engine.send(message),
      inCallWith: () => calls.shown.find((call) => !call.isOver)?.meeting.peer,
      rings: () => {
        if (!calls.shown.some((call) => call.state.phase.at === 'ringing-here')) return undefined;
        const { ringtone, ringOutput } = choices.read();
        return ringtone ? ringOutput : undefined;
      },
    });
  }

  changed(): void {
    this.#desk.settle();
    this.#watchers.changed();
  }

  historyChanged(): void {
    this.#historyRevision++;
    this.changed();
  }

  state(): StateSnapshot {
    const { calls, contacts, identity, registration, choices, version } = this.#parts;
    const { name, ...settings } = choices.read();
    return {
      version,
      ...(name && {
        me: {
          name,
          fingerprint: toHex(identity.public.fingerprint) as Fingerprint,
          registered: registration.isRegistered,
        },
      }),
      settings,
      registry: registration.view,
      ...this.#engine.shown,
      soundTest: this.#desk.test,
      people: peopleView({
        me: name,
        online: registration.people,
        registryId: registration.exchange.registryId,
        echoRegistry: toHex(LOCAL_REGISTRY_ID) as RegistryId,
        contacts,
      }),
      calls: calls.shown.map((call) => callView(call, contacts)),
      historyRevision: this.#historyRevision,
    };
  }

  watch(signal: AbortSignal): AsyncIterable<SnapshotEvent> {
    return this.#watchers.watch(signal);
  }

  register(name: UserName): Promise<void> {
    return this.#parts.registration.register(name);
  }

  unregister(): Promise<void> {
    return this.#parts.registration.unregister();
  }

  call(name: UserName): CallId {
    this.#needEngine();
    const { calls, registration, echo, choices } = this.#parts;
    const { name: me } = choices.read();
    if (name === ECHO_NAME) return calls.place(name, echo).id;
    if (name === me) {
      throw new Problem('call-to-self', 'That is your own name. To hear yourself, call echo.');
    }
    if (!me) {
      throw new Problem(
        'not-registered',
        'Choose a name first, so that the other side knows who calls.',
      );
    }
    return calls.place(name, registration.exchange).id;
  }

  answer(callId: CallId | undefined): void {
    this.#needEngine();
    this.#parts.calls.answer(callId);
  }

  reject(callId: CallId | undefined): void {
    this.#parts.calls.reject(callId);
  }

  hangUp(callId: CallId | undefined): void {
    this.#parts.calls.hangUp(callId);
  }

  mute(callId: CallId | undefined, muted: boolean): void {
    this.#parts.calls.mute(callId, muted);
  }

  verifyWords(callId: CallId, match: boolean): void {
    this.#parts.calls.verifyWords(callId, match);
  }

  resetContact(name: UserName, fingerprint: Fingerprint | undefined): void {
    const { contacts, registration } = this.#parts;
    const id = registration.exchange.registryId;
    const result = id
      ? contacts.reset(toHex(id) as RegistryId, name, fingerprint)
      : ('unknown' as const);
    if (result === 'unknown') {
      throw new Problem(
        'unknown-contact',
        `${name} has no key on this machine that could be reset.`,
      );
    }
    if (result === 'other-key') {
      throw new Problem(
        'other-key',
        `${name} has shown yet another key since. Look at the new fingerprint and decide again.`,
      );
    }
    this.changed();
  }

  changeSettings(change: SettingsChange): void {
    const { calls, choices, registration, engine } = this.#parts;
    const before = choices.read();
    const after = choices.change(change);
    if (after.input !== before.input || after.output !== before.output) {
      engine.send({ type: 'devices', input: after.input, output: after.output });
    }
    if (change.processing) engine.send({ type: 'processing', processing: after.processing });
    if (after.codec !== before.codec) calls.useCodec(after.codec);
    registration.use(after.registryUrl);
    if (after.suite !== before.suite) registration.republish();
    this.changed();
  }

  testMicrophone(on: boolean): void {
    this.#desk.meter(on);
  }

  testRecording(on: boolean): void {
    this.#desk.rehearse('recording', on);
  }

  testSpeaker(on: boolean): void {
    this.#desk.rehearse('speaker', on);
  }

  history(limit: number): HistoryEntry[] {
    return this.#parts.history.list(limit);
  }

  engineState(state: EngineState): void {
    const { calls } = this.#parts;
    this.#engine.enter(state);
    if (state.at !== 'running') this.#desk.tested('idle');
    if (state.at === 'running' && state.restarts > 0) calls.engineRestarted();
    if (state.at === 'failed') calls.engineFailed();
    this.changed();
  }

  /** Everything that the engine says, in the order in which it says it. */
  fromEngine(message: EngineToDaemon): void {
    switch (message.type) {
      case 'ready':
      case 'device-state':
        this.#engine.use(message);
        this.changed();
        break;
      case 'levels':
        this.#watchers.levels({
          input: message.input,
          output: message.output,
          calls: message.calls.flatMap(({ callId, heard }) =>
            this.#shown(callId).map((id) => ({ callId: id, heard })),
          ),
        });
        break;
      case 'counters':
        this.#counters(message);
        break;
      case 'warnings':
        this.#engine.warn(message.warnings);
        this.changed();
        break;
      case 'sound-test':
        this.#desk.tested(message.state);
        this.changed();
        break;
      case 'log':
        this.#parts.warn(message.sentence);
        break;
      default:
        this.#parts.calls.fromEngine(message);
    }
  }

  /** @throws Problem `no-engine`: the other side would be given no address to speak to */
  #needEngine(): void {
    if (this.#parts.engine.udpPort !== 0) return;
    throw new Problem(
      'no-engine',
      this.#engine.problem ?? 'The sound engine is still starting. Try again in a moment.',
    );
  }

  #counters(message: Extract<EngineToDaemon, { type: 'counters' }>): void {
    const calls: CallCounters[] = message.calls.flatMap(({ callId, ...counters }) =>
      this.#shown(callId).map((id) => ({ ...counters, callId: id })),
    );
    const { strayDatagrams, leaseWaits } = message;
    this.#watchers.counters({ calls, strayDatagrams, leaseWaits });
    if (++this.#counted % COUNTERS_PER_ALIVE === 0) this.#parts.calls.alive();
  }

  /** The id under which people know a call that the engine knows by its bytes on the wire. */
  #shown(wire: Uint8Array): CallId[] {
    const wireId = toHex(wire);
    const call = this.#parts.calls.shown.find((each) => each.meeting.wireId === wireId);
    return call ? [call.id] : [];
  }
}
