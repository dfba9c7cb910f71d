/**
 * How long the quickest frames wait before they are played, measured at every turn of the loudspeaker,
 * and what is to be done about it. Pure arithmetic: playout.ts asks and stretches.
 *
 *   delay = now - (quickest transit + media time of what is played now)
 *
 * The jitter target (delay-histogram.ts) says how much later than the quickest a frame may come; the
 * turn's length is added to it, since a turn's last sample is asked for with its first. The least of
 * the last 300 ms counts: a loudspeaker that asks unevenly needs a frame at its earliest question.
 */

/** 300 ms of turns of 5 ms; a loudspeaker that asks for 10 is given twice as long for everything here. */
const TURNS = 60;
/** Nearer than this, the resampler corrects it (drift.ts) and nobody hears that. */
const OVER_MS = 8;
const UNDER_MS = 10;
/** A pitch period every 200 ms is not heard as haste; a backlog is worked off as fast as it can be. */
const CALM_TURNS = 40;
const HASTE_TURNS = 8;
const BACKLOG_MS = 40;
/** Sound in which no period is found is cut after so long: a lasting delay is worse than a seam. */
const PATIENCE_TURNS = 300;
/** Beyond this, a value is a jump of the timeline and no delay. */
const ABSURD_MS = 10_000;

export type PaceStep = 'keep' | 'shorten' | 'cut' | 'lengthen';

export class PlayoutDelay {
  readonly #turnsMs = new Float64Array(TURNS);
  #turns = 0;
  #sinceStep = 0;
  #wanting = 0;

  /** The delay, ms; 0 before the first turn. */
  get leastMs(): number {
    const turns = Math.min(this.#turns, TURNS);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < turns; i++) least = Math.min(least, this.#turnsMs[i]!);
    return turns === 0 ? 0 : least;
  }

  /** The same on average, ms: what a listener has. */
  get meanMs(): number {
    const turns = Math.min(this.#turns, TURNS);
    let sum = 0;
    for (let i = 0; i < turns; i++) sum += this.#turnsMs[i]!;
    return turns === 0 ? 0 : sum / turns;
  }

  /** A turn: what is played now waited so long. */
  note(delayMs: number): void {
    if (!(Math.abs(delayMs) < ABSURD_MS)) {
      this.restart();
      return;
    }
    this.#turnsMs[this.#turns % TURNS] = delayMs;
    this.#turns++;
    this.#sinceStep++;
  }

  /** Sound was made longer (above 0) or shorter by so much, or silence was put in. */
  moved(ms: number): void {
    for (let i = 0; i < TURNS; i++) this.#turnsMs[i] = this.#turnsMs[i]! + ms;
    this.#sinceStep = 0;
    this.#wanting = 0;
  }

  /** What this turn should do to come nearer to the target; `cut` where nothing else has helped. */
  step(targetMs: number): PaceStep {
    if (this.#turns < TURNS) return 'keep';
    const over = this.leastMs - targetMs;
    if (over > -UNDER_MS && over < OVER_MS) {
      this.#wanting = 0;
      return 'keep';
    }
    if (this.#sinceStep < (over > BACKLOG_MS ? HASTE_TURNS : CALM_TURNS)) return 'keep';
    if (over < 0) {
      this.#wanting = 0;
      return 'lengthen';
    }
    this.#wanting++;
    return this.#wanting > PATIENCE_TURNS ? 'cut' : 'shorten';
  }

  /** A new beginning: what was measured says nothing any more. */
  restart(): void {
    this.#turns = 0;
    this.#sinceStep = 0;
    this.#wanting = 0;
  }
}
