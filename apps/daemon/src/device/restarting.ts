/**
 * What both ends of a sound card do about trouble: note it, wait, look for the device, open it again.
 *
 *   closed ── begin ──► opening ── first chunk ──► running
 *                          ▲                          │ stalled, racing, error, closed
 *                          └── 0.25, 0.5, 1, 2 s ── trouble
 *
 * Where several devices may be meant, one that fails again and again is taken in turns with the
 * others, so that whichever works first is used.
 */
import type { Candidate, Candidates } from './candidates.js';
import type { Cancel, Clock } from './clock.js';
import { Standing } from './device.js';

/**
 * A stream gives or takes a chunk every 10 ms. This long without one, it hangs: what is not heard
 * is moved in blocks of 2 s by PulseAudio's null sinks, which is no trouble.
 */
const STALLED_MS = 2_500;
const CHECK_MS = 200;
const RETRY_MS = [250, 500, 1_000, 2_000] as const;
/** The likeliest device may fail so often before another one gets its turn. */
const FAILURES_OF_FIRST = 3;
/** A device that cannot be closed must not hold up the engine. */
const CLOSE_MS = 1_000;
/**
 * After a starved moment PulseAudio's ALSA plugin sometimes races: every buffer counts as played
 * as soon as it is there, ten times too fast, for ever. Only a new stream ends that.
 */
const RACING_SHARE = 1.5;
const RACING_OVER_MS = 1_000;

/** What a choice means: at first, and whenever a device is to be opened. */
export interface Sought {
  choice: string;
  first: Candidate;
  /** Brings what `find` knows up to date. @returns undefined where it is */
  look?(): Promise<void> | undefined;
  /** Those that are there now, or the sentence that says why there is none. */
  find(): Candidates | string;
}

export abstract class Restarting {
  protected readonly standing: Standing;
  /** The device that is open, or was tried last. */
  #using: Candidate;
  #wanted = false;
  #failures = 0;
  /** A stream that fails says so more than once; it is in trouble until the next one is opened. */
  #isMending = false;
  #opens = 0;
  #cancel: Cancel = () => undefined;
  #openedAt = 0;
  #aliveAt: number | undefined;
  #chunks = 0;
  /** Where the count of chunks for the pace began. */
  #pace = { chunks: 0, at: 0 };

  constructor(
    protected readonly clock: Clock,
    private readonly chunkMs: number,
    private readonly mayRace: boolean,
    private readonly sought: Sought,
  ) {
    const { choice, first } = sought;
    this.standing = new Standing({ choice, kind: 'portaudio', name: first.name, why: first.why });
    this.#using = first;
  }

  get inUse() {
    return this.standing.inUse;
  }

  onChange(listener: () => void): void {
    this.standing.onChange(listener);
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    this.#cancel();
    await this.close();
    this.#failures = 0;
    this.standing.enter('closed', this.#using.why, this.#using.name);
  }

  protected get isWanted(): boolean {
    return this.#wanted;
  }

  protected begin(): void {
    this.#wanted = true;
    this.#open();
  }

  /** A chunk went through. Returns the ms since the one before, 0 for the first. */
  protected alive(): number {
    const now = this.clock.now();
    const since = this.#aliveAt === undefined ? 0 : now - this.#aliveAt;
    if (this.#aliveAt === undefined) {
      this.standing.enter('running', this.#using.why, this.#using.name);
    }
    this.#aliveAt = now;
    this.#chunks++;
    return since;
  }

  /** A stream failed, or could not be opened: closes it and opens another one, later each time. */
  protected trouble(
    why = `${this.#using.name} stopped or cannot be opened, and is tried again. Check that it is plugged in and not in use.`,
  ): void {
    if (!this.#wanted || this.#isMending) return;
    this.#isMending = true;
    const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]!;
    const state = this.#failures > RETRY_MS.length ? 'failed' : 'restarting';
    this.standing.enter(state, why, this.#using.name);
    this.#cancel();
    const opens = this.#opens;
    this.#cancel = this.clock.after(wait, () => {
      void this.close().then(() => {
        // Unless it was stopped, or stopped and started, while the old stream took its time to close.
        if (this.#wanted && this.#opens === opens) this.#open();
      });
    });
  }

  /**
   * Opens a stream, now or soon; where that fails it throws, or is in trouble.
   * @param deviceId PortAudio's number, good for this very moment
   */
  protected abstract open(deviceId: number): void;
  protected abstract close(): Promise<void>;

  /** Runs `quit` and waits for its answer, but not longer than a second. */
  protected closing(quit: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(CLOSE_MS, resolve);
      const done = () => {
        cancel();
        resolve();
      };
      try {
        quit(done);
      } catch {
        done();
      }
    });
  }

  #open(): void {
    this.#cancel();
    this.#isMending = false;
    const opens = ++this.#opens;
    const looking = this.sought.look?.();
    if (!looking) this.#openNow();
    else {
      void looking.then(() => {
        if (this.#wanted && this.#opens === opens) this.#openNow();
      });
    }
  }

  #openNow(): void {
    this.#openedAt = this.clock.now();
    this.#aliveAt = undefined;
    this.#chunks = 0;
    this.#pace = { chunks: 0, at: this.#openedAt };
    const found = this.sought.find();
    if (typeof found === 'string') {
      this.trouble(found);
      return;
    }
    this.#using = this.#turnOf(found);
    try {
      this.open(this.#using.deviceId);
    } catch {
      this.trouble();
      return;
    }
    // One that opens later says so itself where it cannot.
    if (!this.#isMending) this.#watch();
  }

  #turnOf(found: Candidates): Candidate {
    const turn = Math.max(0, this.#failures - FAILURES_OF_FIRST + 1);
    return found[turn % found.length]!;
  }

  /** A few times a second while a stream is open. */
  protected look(): void {
    // Nothing, unless there is something to look after.
  }

  #watch(): void {
    this.#cancel = this.clock.after(CHECK_MS, () => {
      this.look();
      if (this.#isStalled || this.#isRacing) this.trouble();
      else this.#watch();
    });
  }

  get #isStalled(): boolean {
    return this.clock.now() - (this.#aliveAt ?? this.#openedAt) >= STALLED_MS;
  }

  get #isRacing(): boolean {
    const overMs = this.clock.now() - this.#pace.at;
    if (overMs < RACING_OVER_MS) return false;
    const chunks = this.#chunks - this.#pace.chunks;
    this.#pace = { chunks: this.#chunks, at: this.clock.now() };
    const isRacing = this.mayRace && chunks * this.chunkMs > RACING_SHARE * overMs;
    // A second at the right pace: the device is well again.
    if (!isRacing && chunks * this.chunkMs > overMs / RACING_SHARE) this.#failures = 0;
    return isRacing;
  }
}
