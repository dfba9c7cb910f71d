/**
 * One call as its engine has it: keys, path, both directions, control stream. It lives from
 * open-call until its goodbyes are said (control-stream.ts).
 */
import type { CodecName } from '@kyberline/core/call/body';
import {
  type ByeReason,
  CODEC_IDS,
  type ControlMessage,
  decodeControl,
  encodeControl,
  type Spoken,
} from '@kyberline/core/call/control';
import { HANDSHAKE_EPOCH, type PacketHeader } from '@kyberline/core/voice/packet';
import type { CallCounters } from '@kyberline/shared/snapshot';
import type { Codecs } from '../codec/codecs.js';
import type { DatagramSocket } from '../net/udp.js';
import { noPackets, type PacketCounters } from './call-counters.js';
import { ControlStream, isSameMode } from './control-stream.js';
import { Epochs } from './epochs.js';
import { mouthToEar } from './latency.js';
import type { Address, DaemonToEngine, EngineToDaemon, MediaStream } from './messages.js';
import type { PacketRing } from './packets.js';
import { Path } from './path.js';
import { Playout } from './playout.js';
import { type ControlArrival, Receiver, type Verdict } from './receive.js';
import { type BeforeSending, feedbackOf, isUrgent, reportOf, spokenBy } from './reports.js';
import { Sender } from './send.js';
import { type SendMode, Speaking } from './speaking.js';

/** SPEC 9: no packet for this long, and the call is reconnecting. */
const QUIET_MS = 3_000;

type Mode = Extract<ControlMessage, { kind: 'MODE' }>;

/** What all calls of an engine share. */
export interface SharedParts {
  socket: DatagramSocket;
  ring: PacketRing;
  random(bytes: number): Uint8Array;
  emit(message: EngineToDaemon): void;
}

export class Session {
  readonly callId: Uint8Array;
  readonly counters: PacketCounters = noPackets();
  readonly path: Path;
  readonly playout: Playout;
  /** Its own talk with the peer. */
  readonly control: ControlStream;
  readonly #keys = new Epochs();
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #emit: (message: EngineToDaemon) => void;
  readonly #speaking: Speaking;
  #now: number;
  #voice = false;
  #muted = false;
  #quiet = false;
  #peerMode: Mode | undefined;
  #peerSpoken: Spoken | undefined;
  #before: BeforeSending = { deviceMs: 0, processingMs: 0 };

  constructor(
    open: Extract<DaemonToEngine, { type: 'open-call' }>,
    codecs: Codecs,
    shared: SharedParts,
    now: number,
  ) {
    const { role, candidates } = open;
    const callId = Uint8Array.from(open.callId);
    const { counters } = this;
    this.#now = now;
    this.#speaking = new Speaking(open.codecs, codecs, now);
    this.callId = callId;
    // A call that this side has closed has nothing more to tell the daemon.
    this.#emit = (message) => {
      if (!this.control.isEnding || message.type === 'bye') shared.emit(message);
    };
    this.path = new Path(candidates, shared.random, role);
    this.playout = new Playout(codecs);
    const emit = (message: EngineToDaemon) => this.#emit(message);
    const askLease = (epoch: number, stream: MediaStream, at: number) => {
      const need = this.#keys.needs(epoch, stream, at);
      if (need) this.#emit({ type: 'lease-request', callId, epoch, stream, ...need });
    };
    const both = { callId, role, keys: this.#keys, path: this.path, counters, askLease, emit };
    const [high, low, mode] = shared.random(3);
    this.#sender = new Sender(
      { ...both, speaking: this.#speaking, socket: shared.socket, ring: shared.ring },
      (high ?? 0) * 256 + (low ?? 0),
    );
    const first = 1 + ((mode ?? 0) % 255);
    this.control = new ControlStream(
      (message) => this.#say(message),
      () => reportOf(this.playout),
      () => isUrgent(this.playout.path),
      () => spokenBy(this.#speaking, this.#before, this.#now),
      first,
    );
    this.#receiver = new Receiver(
      {
        ...both,
        playout: this.playout,
        onControl: (arrival) => this.#controlArrived(arrival),
        onChallenge: (challenge, to) => this.#say({ kind: 'PATH', challenge }, to),
      },
      now,
    );
  }

  get isOver(): boolean {
    return this.control.isGone;
  }

  /** Goodbyes are being said, or answered. */
  get isEnding(): boolean {
    return this.control.isEnding;
  }

  /** Whether voice goes in and out. */
  get isTalking(): boolean {
    return this.#voice && !this.control.isEnding;
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  install(message: Extract<DaemonToEngine, { type: 'install-epoch' }>): void {
    this.#keys.install(message);
    // Before there is voice, what the engine itself has to say goes with the handshake.
    if (message.epoch === HANDSHAKE_EPOCH && message.send.control) {
      this.#sender.epoch ??= HANDSHAKE_EPOCH;
    }
  }

  sendOn(epoch: number, now: number): void {
    this.#now = now;
    this.#sender.epoch = epoch;
    // First under the new epoch: where its counters stand on the timeline.
    this.#announce();
  }

  dropEpoch(epoch: number, direction: 'send' | 'receive'): void {
    this.#keys.drop(epoch, direction);
  }

  lease(message: Extract<DaemonToEngine, { type: 'lease' }>): void {
    this.#keys.extend(message);
  }

  allowVoice(allowed: boolean, now: number): void {
    if (allowed && !this.#voice) this.#speaking.begin(now);
    this.#voice = allowed;
    this.#receiver.lastHeardMs = now;
  }

  mute(muted: boolean, now: number): void {
    this.#now = now;
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.#announce();
  }

  useCodec(codec: CodecName): void {
    this.#speaking.use(codec);
  }

  sendControl(epoch: number, payload: Uint8Array, now: number): void {
    this.#sender.control(epoch, payload, now);
  }

  /** How voice leaves now. */
  get sending(): SendMode {
    return this.#speaking.mode;
  }

  /** How late what is heard is, once both clocks are known, and where the time went. */
  latency(outputMs: number): Pick<CallCounters, 'mouthToEarMs' | 'budget'> {
    const offsetMs = this.control.peerClock.offsetMs(this.#now);
    return mouthToEar(this.#peerSpoken, offsetMs, this.playout.timing, outputMs) ?? {};
  }

  /** One captured frame. */
  speak(frame: Int16Array, before: BeforeSending, now: number): void {
    this.#before = before;
    if (!this.isTalking) return;
    this.#sender.voice(frame, this.#muted, now);
    if (!this.#speaking.takeChange()) return;
    this.#now = now;
    this.#announce();
  }

  /** So many frames were never captured. */
  missed(frames: number): void {
    if (this.isTalking) this.#speaking.skip(frames);
  }

  /** Whether to open such a packet would take a trial of a key. */
  hasKeyFor(header: PacketHeader): boolean {
    return this.#receiver.hasKeyFor(header);
  }

  receive(header: PacketHeader, datagram: Uint8Array, from: Address, now: number): Verdict {
    this.#now = now;
    return this.#receiver.receive(header, datagram, from, now);
  }

  /** Counts a datagram that came from this call's address and was not opened. */
  note(verdict: Exclude<Verdict, 'opened' | 'no-key'>): void {
    if (verdict === 'waiting') this.counters.leaseWaits++;
    else this.counters[verdict]++;
  }

  close(bye: ByeReason | undefined, now: number): void {
    this.#now = now;
    // A call that the peer ended answers its repeated goodbyes until they stop.
    if (!this.control.isEnding) this.control.close(bye, now);
  }

  /** Whatever is due; called every few tens of ms. */
  tick(now: number): void {
    this.#now = now;
    this.control.tick(now);
    if (this.isTalking) this.#speaking.unreported(now);
    const quiet = this.isTalking && now - this.#receiver.lastHeardMs >= QUIET_MS;
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#emit({ type: quiet ? 'quiet' : 'heard', callId: this.callId });
  }

  /** Every key is erased. */
  end(): void {
    this.#keys.erase();
    this.#speaking.end();
    this.playout.end();
  }

  #controlArrived({ epoch, counter, message: bytes, from }: ControlArrival): void {
    const { callId } = this;
    const now = this.#now;
    const message = decodeControl(bytes);
    switch (message?.kind) {
      case undefined:
        this.counters.malformed++;
        break;
      case 'PING':
        this.control.ping(message, now);
        break;
      case 'PONG':
        this.control.pong(message, now);
        break;
      case 'REPORT':
        this.control.reported(message);
        if (this.isTalking) this.#speaking.reported(feedbackOf(message), this.#now);
        break;
      case 'MODE':
        if (this.control.mode(message.sequence, epoch, counter, now)) this.#modeArrived(message);
        break;
      case 'SPOKEN':
        this.#peerSpoken = message;
        break;
      case 'PATH':
        if (this.path.mayAnswer(from)) this.#say({ ...message, kind: 'PATH_OK' }, from);
        break;
      case 'PATH_OK':
        this.path.answered(message.challenge, from);
        break;
      case 'BYE':
        if (this.control.bye(now)) this.#emit({ type: 'bye', callId, reason: message.reason });
        break;
      case 'PROBE':
        break; // its address was all that it had to say
      default:
        this.#emit({ type: 'control', callId, epoch, payload: bytes.slice() });
    }
  }

  #modeArrived(mode: Mode): void {
    // An engine that was started again may begin with the very number that was seen last.
    if (isSameMode(mode, this.#peerMode)) return;
    this.#peerMode = mode;
    // Other codecs' packets have their timestamps in them.
    if (mode.codec === CODEC_IDS.pcm16) {
      this.playout.base(mode.epoch, mode.counter, mode.timestamp);
    }
    this.#emit({ type: 'peer-mode', callId: this.callId, muted: mode.muted });
  }

  #announce(): void {
    const { base } = this.#sender;
    if (base) this.control.announce({ ...base, muted: this.#muted, held: false }, this.#now);
  }

  #say(message: ControlMessage, to?: Address): void {
    const { epoch } = this.#sender;
    if (epoch !== undefined) this.#sender.control(epoch, encodeControl(message), this.#now, to);
  }
}
