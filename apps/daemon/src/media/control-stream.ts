/**
 * The engine's own talk with its peer on the control stream (SPEC 9): round trips, reports, how
 * the audio is to be read, paths, and the goodbye. Pure: messages and time in, messages out.
 *
 *   PING ──► PONG       every second; the least of the last ten is the round trip
 *   SPOKEN              beside each REPORT: when our voice was spoken, for the peer's mouth to ear
 *   MODE ──► REPORT     MODE every 250 ms until a REPORT names it; REPORT every second, and at
 *                       once when a new MODE has come or a queue grows on the way
 *   BYE  ──► BYE        up to five in 1.5 s until one comes back; then it answers for 2 s more
 */
import type {
  ByeReason,
  ControlMessage,
  Spoken,
  Report as WholeReport,
} from '@kyberline/core/call/control';
import { encodeControl } from '@kyberline/core/call/control';
import { equal } from '@kyberline/core/crypto/bytes';
import { ClockOffset } from '@kyberline/core/voice/clock-offset';

export type Mode = Omit<Extract<ControlMessage, { kind: 'MODE' }>, 'kind' | 'sequence'>;
export type Report = Omit<WholeReport, 'modeSequence'>;

const PING_EVERY_MS = 1_000;
const PINGS_REMEMBERED = 16;
/** The least of so many round trips is said: queues come and go, the path's length stays. */
const ROUND_TRIPS = 10;
const REPORT_EVERY_MS = 1_000;
/** What cannot wait a second is said at most so often. */
const URGENT_EVERY_MS = 400;
const MODE_EVERY_MS = 250;
const BYE_EVERY_MS = 300;
const BYES = 5;
const BYE_MS = 1_500;
const LINGER_MS = 2_000;
const WORD = 2 ** 32;

type Ending =
  | { at: 'open' }
  | { at: 'saying-bye'; reason: ByeReason; left: number; nextAt: number; until: number }
  /** Over for us; repeated BYEs are still answered, so many times. */
  | { at: 'lingering'; until: number; answers: number }
  | { at: 'gone' };

type WholeMode = Extract<ControlMessage, { kind: 'MODE' }>;

/** Whether they say the very same, sequence number and all. */
export function isSameMode(a: WholeMode, b: WholeMode | undefined): boolean {
  return b !== undefined && equal(encodeControl(a), encodeControl(b));
}

export class ControlStream {
  readonly #send: (message: ControlMessage) => void;
  readonly #report: () => Report;
  readonly #isUrgent: () => boolean;
  readonly #spoken: () => Spoken | undefined;
  /** The peer's monotonic clock by ours. */
  readonly peerClock = new ClockOffset();
  #ending: Ending = { at: 'open' };

  #pingId = 0;
  #nextPing = 0;
  readonly #pings = new Map<number, number>();
  readonly #roundTrips: number[] = [];

  /** What our audio is, with the sequence number under which it is announced; 0 is none. */
  #mode: (Mode & { sequence: number }) | undefined;
  #modeSeen = false;
  #nextMode = 0;
  #sequence: number;

  /** The peer's last MODE, by the order of the packets that carried it. */
  #peerSequence = 0;
  #peerOrder: [epoch: number, counter: number] = [-1, -1];
  #nextReport = 0;
  #nextUrgent = 0;

  /**
   * @param firstSequence 1..255, by chance, so that an engine that is started again does not
   *   announce under the number that the peer has seen last
   */
  constructor(
    send: (message: ControlMessage) => void,
    report: () => Report,
    isUrgent: () => boolean,
    spoken: () => Spoken | undefined,
    firstSequence: number,
  ) {
    this.#send = send;
    this.#report = report;
    this.#isUrgent = isUrgent;
    this.#spoken = spoken;
    this.#sequence = firstSequence;
  }

  /** Nothing more will be said or answered. */
  get isGone(): boolean {
    return this.#ending.at === 'gone';
  }

  /** Voice has ended, whether by us or by them. */
  get isEnding(): boolean {
    return this.#ending.at !== 'open';
  }

  /** Goodbyes are being said that the peer has not answered yet. */
  get isSayingBye(): boolean {
    return this.#ending.at === 'saying-bye';
  }

  /** ms; undefined before the first PONG. */
  get roundTripMs(): number | undefined {
    return this.#roundTrips.length === 0 ? undefined : Math.min(...this.#roundTrips);
  }

  /** What our audio is from now on. */
  announce(mode: Mode, now: number): void {
    this.#mode = { ...mode, sequence: this.#sequence };
    this.#sequence = (this.#sequence % 255) + 1;
    this.#modeSeen = false;
    this.#sayMode(now);
  }

  tick(now: number): void {
    switch (this.#ending.at) {
      case 'open':
        if (this.#mode) this.#talk(now);
        break;
      case 'saying-bye': {
        const { until, nextAt, left, reason } = this.#ending;
        if (now >= until) this.#linger(now);
        else if (now >= nextAt && left > 0) {
          this.#send({ kind: 'BYE', reason });
          this.#ending = { ...this.#ending, left: left - 1, nextAt: now + BYE_EVERY_MS };
        }
        break;
      }
      case 'lingering':
        if (now >= this.#ending.until) this.#ending = { at: 'gone' };
        break;
    }
  }

  /** Ends the call here. With a reason the peer is told until it answers; without, nobody is. */
  close(reason: ByeReason | undefined, now: number): void {
    if (this.#ending.at !== 'open') return;
    if (reason === undefined) {
      this.#ending = { at: 'gone' };
      return;
    }
    this.#ending = { at: 'saying-bye', reason, left: BYES, nextAt: now, until: now + BYE_MS };
    this.tick(now);
  }

  /** Goodbye without waiting for an answer: this program ends. */
  sayOnce(reason: ByeReason): void {
    if (this.#ending.at === 'open' || this.#ending.at === 'saying-bye') {
      this.#send({ kind: 'BYE', reason });
    }
  }

  pong(message: Extract<ControlMessage, { kind: 'PONG' }>, now: number): void {
    const sentAt = this.#pings.get(message.id);
    if (sentAt === undefined) return;
    this.#pings.delete(message.id);
    this.#roundTrips.push(now - sentAt);
    this.peerClock.note(sentAt, message.answeredMicros / 1000, now);
    if (this.#roundTrips.length > ROUND_TRIPS) this.#roundTrips.shift();
  }

  ping(message: Extract<ControlMessage, { kind: 'PING' }>, now: number): void {
    if (this.#ending.at !== 'open') return;
    const { id, sentMicros } = message;
    this.#send({ kind: 'PONG', id, sentMicros, answeredMicros: Math.floor(now * 1000) });
  }

  reported(message: Extract<ControlMessage, { kind: 'REPORT' }>): void {
    if (message.modeSequence === this.#mode?.sequence) this.#modeSeen = true;
  }

  /**
   * The peer's MODE, carried by the packet with this epoch and counter.
   * @returns false if a newer one was here before it
   */
  mode(sequence: number, epoch: number, counter: number, now: number): boolean {
    const [newestEpoch, newestCounter] = this.#peerOrder;
    if (epoch < newestEpoch || (epoch === newestEpoch && counter < newestCounter)) return false;
    this.#peerOrder = [epoch, counter];
    if (sequence !== this.#peerSequence) {
      this.#peerSequence = sequence;
      this.#sayReport(now);
    }
    return true;
  }

  /** @returns true the first time: the call has been ended by the peer */
  bye(now: number): boolean {
    switch (this.#ending.at) {
      case 'open':
        this.#send({ kind: 'BYE', reason: 'hung-up' });
        this.#linger(now);
        return true;
      case 'saying-bye':
        this.#linger(now);
        return false;
      case 'lingering':
        if (this.#ending.answers > 0) {
          this.#ending = { ...this.#ending, answers: this.#ending.answers - 1 };
          this.#send({ kind: 'BYE', reason: 'hung-up' });
        }
        return false;
      case 'gone':
        return false;
    }
  }

  #linger(now: number): void {
    this.#ending = { at: 'lingering', until: now + LINGER_MS, answers: BYES };
  }

  #talk(now: number): void {
    if (now >= this.#nextPing) {
      this.#nextPing = now + PING_EVERY_MS;
      this.#pingId = (this.#pingId + 1) % WORD;
      this.#pings.set(this.#pingId, now);
      if (this.#pings.size > PINGS_REMEMBERED) {
        const oldest = this.#pings.keys().next().value;
        if (oldest !== undefined) this.#pings.delete(oldest);
      }
      this.#send({ kind: 'PING', id: this.#pingId, sentMicros: Math.floor(now * 1000) });
    }
    const isDue = now >= this.#nextReport || (now >= this.#nextUrgent && this.#isUrgent());
    if (isDue) this.#sayReport(now);
    if (!this.#modeSeen && now >= this.#nextMode) this.#sayMode(now);
  }

  #sayReport(now: number): void {
    if (this.#ending.at !== 'open') return;
    this.#nextReport = now + REPORT_EVERY_MS;
    this.#nextUrgent = now + URGENT_EVERY_MS;
    this.#send({ kind: 'REPORT', modeSequence: this.#peerSequence, ...this.#report() });
    const spoken = this.#spoken();
    if (spoken) this.#send({ kind: 'SPOKEN', ...spoken });
  }

  #sayMode(now: number): void {
    if (!this.#mode || this.#ending.at !== 'open') return;
    this.#nextMode = now + MODE_EVERY_MS;
    this.#send({ kind: 'MODE', ...this.#mode });
  }
}
