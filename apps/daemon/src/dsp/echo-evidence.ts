/**
 * Whether a sound holds another one, a little later and from a room: the correlation of their
 * levels, in dB every 10 ms, at each lag up to 500 ms, over the last seconds. Phase and colour do
 * not survive a room, an echo canceller and a noise suppressor; when it is loud and when not, does.
 * Two people's own sentences go together for a second or two by chance, at one lag or another: hence
 * the long memory, and the threshold of whoever asks.
 */
import { meanSquare, toDbfs } from '@kyberline/core/voice/level';

const LAGS = 51;
/** Time constant, in frames. */
const MEMORY_FRAMES = 600;
/** Frames of evidence before there is an answer: 5 s. */
const LEAST_FRAMES = 500;
/** What is softer nobody hears; it counts as this. */
const FLOOR_DBFS = -60;
/** Standard deviations under which a sound has no shape to be known again by, dB. */
const LEAST_REFERENCE_DB = 4;
const LEAST_SENT_DB = 2;
const RING = 64;
/** Frames from one answer to the next. */
const CONCLUDE_EVERY = 10;

export class EchoEvidence {
  readonly #references = new Float64Array(RING);
  readonly #sumX = new Float64Array(LAGS);
  readonly #sumXX = new Float64Array(LAGS);
  readonly #sumXY = new Float64Array(LAGS);
  #sumY = 0;
  #sumYY = 0;
  #weight = 0;
  #frames = 0;
  /** The best correlation at any lag, -1 to 1; undefined if there is none yet. */
  correlation: number | undefined;
  /** At that lag, in frames. */
  lag = 0;

  /** Both of 10 ms, of the same instant; no reference is a silent loudspeaker. */
  note(sent: Int16Array, reference: Int16Array | undefined): void {
    const y = Math.max(FLOOR_DBFS, toDbfs(meanSquare(sent))) - FLOOR_DBFS;
    const played = reference === undefined ? FLOOR_DBFS : toDbfs(meanSquare(reference));
    this.#references[this.#frames % RING] = Math.max(FLOOR_DBFS, played) - FLOOR_DBFS;
    const kept = 1 - 1 / MEMORY_FRAMES;
    this.#weight = kept * this.#weight + 1;
    this.#sumY = kept * this.#sumY + y;
    this.#sumYY = kept * this.#sumYY + y * y;
    for (let lag = 0; lag < LAGS; lag++) {
      const x = this.#references[(this.#frames - lag + RING) % RING]!;
      this.#sumX[lag] = kept * this.#sumX[lag]! + x;
      this.#sumXX[lag] = kept * this.#sumXX[lag]! + x * x;
      this.#sumXY[lag] = kept * this.#sumXY[lag]! + x * y;
    }
    this.#frames++;
    if (this.#frames >= LEAST_FRAMES && this.#frames % CONCLUDE_EVERY === 0) this.#conclude();
  }

  #conclude(): void {
    const w = this.#weight;
    const varY = this.#sumYY / w - (this.#sumY / w) ** 2;
    this.correlation = 0;
    if (varY < LEAST_SENT_DB ** 2) return;
    for (let lag = 0; lag < LAGS; lag++) {
      const meanX = this.#sumX[lag]! / w;
      const varX = this.#sumXX[lag]! / w - meanX ** 2;
      if (varX < LEAST_REFERENCE_DB ** 2) continue;
      const covariance = this.#sumXY[lag]! / w - meanX * (this.#sumY / w);
      const correlation = covariance / Math.sqrt(varX * varY);
      if (correlation <= this.correlation) continue;
      this.correlation = correlation;
      this.lag = lag;
    }
  }
}
