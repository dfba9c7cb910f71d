/**
 * Keeps a call's rhythm where a device does not: a microphone that is unplugged, restarts or holds
 * its breath must not show on the wire (SPEC 11), and a loudspeaker that does must not make what is
 * heard pile up. After 150 ms without a turn of the device the stand-in takes one every 10 ms, and
 * those that were missed so far are told; the turns that the device then makes up for in one go are
 * not wanted any more.
 */
import { type Cancel, type Clock, pace } from '../device/clock.js';
import { FRAME_MS } from '../device/device.js';

const ABSENT_MS = 150;
/** This thread may have been held up, and the device's turns wait behind the timer that says so. */
const SECOND_LOOK_MS = 2;
/** Turns closer together than this come in one go. */
const RUSH_MS = FRAME_MS / 2;

export class StandIn {
  readonly #clock: Clock;
  readonly #turn: () => void;
  readonly #missed: (turns: number) => void;
  #stop: Cancel | undefined;
  #lastMs = 0;
  /** Turns taken in the device's place since it was last on time. */
  #taken = 0;
  /** The device's latest turns that came in one go. */
  #inOneGo = 0;

  /**
   * @param turn what is done in place of the device's turn
   * @param missed so many turns were taken by nobody, before the next one
   */
  constructor(clock: Clock, turn: () => void, missed: (turns: number) => void) {
    this.#clock = clock;
    this.#turn = turn;
    this.#missed = missed;
  }

  start(): void {
    this.stop();
    this.#lastMs = this.#clock.now();
    this.#taken = 0;
    this.#inOneGo = 0;
    this.#watch();
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** The device takes a turn. False if this one has been taken in its place already. */
  take(): boolean {
    const now = this.#clock.now();
    const since = now - this.#lastMs;
    this.#lastMs = now;
    if (since < RUSH_MS) {
      this.#inOneGo++;
      if (this.#taken === 0) return true;
      this.#taken--;
      return false;
    }
    if (since < ABSENT_MS && this.#isOnTime(since)) this.#taken = 0;
    this.#inOneGo = 1;
    return true;
  }

  /** Of turns that the device has lost: those that have not been taken in its place. */
  uncovered(lost: number): number {
    const covered = Math.min(lost, this.#taken);
    this.#taken -= covered;
    return lost - covered;
  }

  /** Looks again when the device would be absent, and not every 10 ms: waking costs more than looking. */
  #watch(): void {
    const leftMs = ABSENT_MS - (this.#clock.now() - this.#lastMs);
    this.#stop = this.#clock.after(leftMs, () => {
      this.#stop = this.#clock.after(SECOND_LOOK_MS, () => {
        if (this.#isAbsent) this.#stand();
        else this.#watch();
      });
    });
  }

  #stand(): void {
    const turn = () => {
      this.#taken++;
      this.#turn();
    };
    const missed = Math.floor((this.#clock.now() - this.#lastMs) / FRAME_MS) - 1;
    this.#taken += missed;
    this.#missed(missed);
    turn();
    const stop = pace(this.#clock, FRAME_MS, () => {
      if (this.#isAbsent) turn();
      else {
        stop();
        this.#watch();
      }
    });
    this.#stop = stop;
  }

  get #isAbsent(): boolean {
    return this.#clock.now() - this.#lastMs >= ABSENT_MS;
  }

  /**
   * A device that gives four turns every 40 ms is; one that made up for 30 and was interrupted after
   * ten of them, by 5 ms in which this thread had other work, is not.
   */
  #isOnTime(since: number): boolean {
    return since >= Math.max(FRAME_MS, RUSH_MS * this.#inOneGo);
  }
}
