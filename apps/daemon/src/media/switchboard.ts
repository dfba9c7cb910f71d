/**
 * All calls of an engine around one socket and one pair of devices: which call a datagram is for,
 * one microphone for all of them, all of them in one loudspeaker, levels and counters.
 */
import { toHex } from '@kyberline/core/crypto/bytes';
import { PLACE_MS } from '@kyberline/core/voice/jitter';
import { LevelMeter, meanSquare } from '@kyberline/core/voice/level';
import { emptyHeader, type PacketHeader, readHeader } from '@kyberline/core/voice/packet';
import type { Codecs } from '../codec/codecs.js';
import type { Address, DaemonToEngine, EngineToDaemon } from './messages.js';
import { same } from './path.js';
import type { Verdict } from './receive.js';
import type { BeforeSending } from './reports.js';
import { Session, type SharedParts } from './session.js';

/** SPEC 9: trials of keys for datagrams from unknown addresses, a second, in all. */
const TRIALS_PER_SECOND = 1_000;
/** Verdicts of a call whose key did not open the packet. */
const UNPROVED: ReadonlySet<Verdict> = new Set(['forged', 'no-key', 'replayed']);

interface Devices {
  /** What the microphone and the loudspeaker missed since they were started. */
  overruns: number;
  underruns: number;
  /** From the question for a sound until it is heard, ms. */
  outputMs: number;
}

const NOTHING_BEFORE: BeforeSending = { deviceMs: 0, processingMs: 0 };

export class Switchboard {
  readonly #calls = new Map<string, Session>();
  readonly #input = new LevelMeter();
  readonly #output = new LevelMeter();
  readonly #header = emptyHeader();
  #mixed = new Int16Array(0);
  #trials = { second: 0, left: TRIALS_PER_SECOND };
  strayDatagrams = 0;
  /** Of calls that are over. */
  #leaseWaits = 0;

  constructor(
    private readonly shared: SharedParts,
    private readonly codecs: Codecs,
    private readonly now: () => number,
  ) {
    shared.socket.onDatagram((bytes, from) => this.receive(bytes, from));
  }

  /** Whether any call needs the devices. */
  get hasCalls(): boolean {
    return [...this.#calls.values()].some((call) => !call.isEnding);
  }

  /** Calls go on, and none of them is to hear the microphone. */
  get isMuted(): boolean {
    const talking = this.#talking();
    return talking.length > 0 && talking.every((call) => call.isMuted);
  }

  /** Some peer may not have heard the goodbye yet. */
  get isSayingBye(): boolean {
    return [...this.#calls.values()].some((call) => call.control.isSayingBye);
  }

  /** What the daemon says of calls; everything else is the engine's. */
  handle(message: DaemonToEngine): void {
    const now = this.now();
    if (message.type === 'open-call') {
      this.#open(message, now);
      return;
    }
    if (!('callId' in message)) return;
    const call = this.#calls.get(toHex(message.callId));
    if (!call) return;
    switch (message.type) {
      case 'install-epoch':
        call.install(message);
        break;
      case 'send-on':
        call.sendOn(message.epoch, now);
        break;
      case 'drop-epoch':
        call.dropEpoch(message.epoch, message.direction);
        break;
      case 'lease':
        call.lease(message);
        break;
      case 'send-control':
        call.sendControl(message.epoch, message.payload, now);
        break;
      case 'allow-voice':
        call.allowVoice(message.allowed, now);
        break;
      case 'mute':
        call.mute(message.muted, now);
        break;
      case 'codec':
        call.useCodec(message.codec);
        break;
      case 'close-call':
        call.close(message.bye, now);
        break;
    }
  }

  /**
   * One captured frame, for every call that talks.
   * @param before what it waited for already, in the sound card and in processing
   */
  capture(frame: Int16Array, before: BeforeSending = NOTHING_BEFORE): void {
    const now = this.now();
    this.#input.note(meanSquare(frame));
    for (const call of this.#calls.values()) call.speak(frame, before, now);
  }

  /** So many frames were never captured: where the next one stands in a call is behind them. */
  missed(frames: number): void {
    for (const call of this.#calls.values()) call.missed(frames);
  }

  /** Another loudspeaker may play from now on, with a clock of its own. */
  outputOpened(): void {
    for (const call of this.#calls.values()) call.playout.outputChanged();
  }

  /** One frame for the loudspeaker: the sum of all calls. */
  play(frame: Int16Array): void {
    const now = this.now();
    frame.fill(0);
    if (this.#mixed.length !== frame.length) this.#mixed = new Int16Array(frame.length);
    for (const call of this.#calls.values()) {
      if (call.isTalking && call.playout.play(this.#mixed, now)) add(frame, this.#mixed);
    }
    this.#output.note(meanSquare(frame));
  }

  /** Whatever is due in any call. */
  tick(): void {
    const now = this.now();
    for (const [id, call] of this.#calls) {
      call.tick(now);
      if (!call.isOver) continue;
      call.end();
      this.#leaseWaits += call.counters.leaseWaits;
      this.#calls.delete(id);
    }
  }

  /** One datagram: the calls at its address first, then those told of it, then, in bounds, the rest. */
  receive(datagram: Uint8Array, from: Address): void {
    const now = this.now();
    const header = readHeader(datagram, this.#header);
    let owner: Session | undefined;
    let verdict: Verdict = 'malformed';
    for (const call of this.#calls.values()) {
      if (!call.path.remote || !same(call.path.remote, from)) continue;
      const said = header ? call.receive(header, datagram, from, now) : 'malformed';
      if (said === 'opened') return;
      // Two calls of one peer share an address: what one could not open may be the other's.
      if (owner && (said === 'forged' || said === 'no-key')) continue;
      owner = call;
      verdict = said;
    }
    // A counter that one call has had says nothing about a packet of another: nobody opened it yet.
    const isOpen = owner === undefined || UNPROVED.has(verdict);
    if (header && isOpen && this.#moved(header, datagram, from, now)) return;
    if (owner && verdict !== 'no-key') owner.note(verdict);
    else this.strayDatagrams++;
  }

  levels(): EngineToDaemon {
    return {
      type: 'levels',
      input: this.#input.take(),
      output: this.#output.take(),
      calls: this.#talking().map(({ callId, playout }) => ({
        callId,
        heard: playout.level.take(),
      })),
    };
  }

  countersOf(devices: Devices): EngineToDaemon {
    const calls = this.#talking();
    return {
      type: 'counters',
      calls: calls.map((call) => countersOf(call, devices)),
      strayDatagrams: this.strayDatagrams,
      leaseWaits: [...this.#calls.values()].reduce(
        (sum, { counters }) => sum + counters.leaseWaits,
        this.#leaseWaits,
      ),
    };
  }

  /** The daemon is gone: every peer is told, once each time this is called. */
  sayGoodbye(): void {
    for (const call of this.#calls.values()) call.control.sayOnce('program-stopped');
  }

  close(): void {
    for (const call of this.#calls.values()) call.end();
    this.#calls.clear();
  }

  #open(message: Extract<DaemonToEngine, { type: 'open-call' }>, now: number): void {
    const id = toHex(message.callId);
    this.#calls.get(id)?.end();
    this.#calls.set(id, new Session(message, this.codecs, this.shared, now));
  }

  /**
   * Calls whose packets come from elsewhere: whichever opens it has a peer there. Those that were
   * told this address cost no trial, or strays could keep a call from being set up.
   */
  #moved(header: PacketHeader, datagram: Uint8Array, from: Address, now: number): boolean {
    const others = [...this.#calls.values()].filter(
      ({ path }) => !path.remote || !same(path.remote, from),
    );
    const told = others.filter(({ path }) => path.isKnown(from));
    if (told.some((call) => call.receive(header, datagram, from, now) === 'opened')) return true;
    return others.some(
      (call) =>
        !told.includes(call) &&
        call.hasKeyFor(header) &&
        this.#mayTry(now) &&
        call.receive(header, datagram, from, now) === 'opened',
    );
  }

  #mayTry(now: number): boolean {
    const second = Math.floor(now / 1000);
    if (second !== this.#trials.second) this.#trials = { second, left: TRIALS_PER_SECOND };
    if (this.#trials.left === 0) return false;
    this.#trials.left--;
    return true;
  }

  #talking(): Session[] {
    return [...this.#calls.values()].filter((call) => call.isTalking);
  }
}

function countersOf(
  call: Session,
  devices: Devices,
): Extract<EngineToDaemon, { type: 'counters' }>['calls'][number] {
  const { callId, counters, playout } = call;
  const { roundTripMs } = call.control;
  const { leaseWaits: _, ...packets } = counters;
  const { jitter } = playout;
  return {
    callId,
    ...packets,
    ...jitter.counters,
    inputOverruns: devices.overruns,
    outputUnderruns: devices.underruns,
    buffered: jitter.buffered,
    jitterBufferMs: jitter.depth * PLACE_MS,
    jitterTargetMs: playout.targetMs,
    jitterDelayMs: playout.delayMs,
    jitterMs: playout.jitterMs,
    ...(roundTripMs !== undefined && { roundTripMs }),
    lossRatio: playout.lossRatio,
    driftPpm: playout.driftPpm,
    sending: call.sending,
    ...call.latency(devices.outputMs),
  };
}

function add(sum: Int16Array, frame: Int16Array): void {
  for (let i = 0; i < sum.length; i++) {
    sum[i] = Math.max(-32_768, Math.min(32_767, sum[i]! + frame[i]!));
  }
}
