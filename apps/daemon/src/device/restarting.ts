/**
 * What both ends of a sound card do about trouble: note it, wait, open again.
 *
 *   closed ── begin ──► opening ── first chunk ──► running
 *                          ▲                          │ stalled, racing, error, closed
 *                          └── 0.25, 0.5, 1, 2 s ── trouble
 */
import type { Cancel, Clock } from './clock.js';
import { Standing } from './device.js';

/**
 * A stream gives or takes a chunk every 10 ms. This long without one, it hangs: what is not heard
 * is moved in blocks of 2 s by PulseAudio's null sinks, which is no trouble.
 */
const STALLED_MS = 2_500;
const CHECK_MS = 200;
const RETRY_MS = [250, 500, 1_000, 2_000] as const;
/** A device that cannot be closed must not hold up the engine. */
const CLOSE_MS = 1_000;
/**
 * After a starved moment PulseAudio's ALSA plugin sometimes races: every buffer counts as played
 * as soon as it is there, ten times too fast, for ever. Only a new stream ends that.
 */
const RACING_SHARE = 1.5;
const RACING_OVER_MS = 1_000;

export abstract class Restarting {
  protected readonly standing: Standing;
  /** What is said while all is well. */
  readonly #calm: { name: string; why: string };
  #wanted = false;
  #failures = 0;
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
    { choice, name, why }: { choice: string; name: string; why: string },
  ) {
    this.standing = new Standing({ choice, kind: 'portaudio', name, why });
    this.#calm = { name, why };
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
    this.standing.enter('closed', this.#calm.why);
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
    if (this.#aliveAt === undefined) this.standing.enter('running', this.#calm.why);
    this.#aliveAt = now;
    this.#chunks++;
    return since;
  }

  /** Once for each stream that failed: closes it and opens another one, later each time. */
  protected trouble(): void {
    if (!this.#wanted) return;
    const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]!;
    const why = `${this.#calm.name} stopped or cannot be opened, and is tried again. Check that it is plugged in and not in use.`;
    this.standing.enter(this.#failures > RETRY_MS.length ? 'failed' : 'restarting', why);
    this.#cancel();
    this.#cancel = this.clock.after(wait, () => {
      void this.close().then(() => {
        if (this.#wanted) this.#open();
      });
    });
  }

  protected abstract open(): void;
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
    this.#openedAt = this.clock.now();
    this.#aliveAt = undefined;
    this.#chunks = 0;
    this.#pace = { chunks: 0, at: this.#openedAt };
    try {
      this.open();
    } catch {
      this.trouble();
      return;
    }
    this.#watch();
  }

  #watch(): void {
    this.#cancel = this.clock.after(CHECK_MS, () => {
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
