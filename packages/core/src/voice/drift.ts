/**
 * How much faster the sender's sound card runs than ours, and how fast its sound is to be played
 * for the delay to stay as it is.
 *
 * Two cards that both say 48 kHz differ by up to some 300 ppm: 180 ms in ten minutes. Neither is
 * our clock, so each is measured against it: the sender's by when its frames came, ours by when its
 * output asked for frames. Frames come late by chance but never early, so of every second only the
 * quickest counts (the lower envelope; Moon, Skelly & Towsley, "Estimation and Removal of Clock Skew
 * from Network Delay Measurements", INFOCOM 1999), and a line through the last 3 minutes is the drift:
 *
 *   transit   │ · ·   ·  ·  : ·   ·│ ·  ·  ·          one slope for all segments, and for each
 *             │  · ·  · _ _ ·_·_ ·_│· · ·_ ·_ ·_      a height of its own: a step in the way is
 *             │ _·_ ·_· _ ·        │_· _ ·            a new segment, and no drift
 *             └────────────────────────────────── time
 *
 * Least squares, as if something had been observed before: no drift, give or take 200 ppm. So a
 * little noisy evidence says little, and the estimate grows from 0 instead of swinging about.
 */

const STRETCH_MS = 1000;
const STRETCHES = 180;
/** The quickest of fewer frames is not quick: in DTX nothing is learnt. */
const LEAST_FRAMES = 8;
/** What the drift is before anything is known, give or take; in ms a second. */
const USUAL_DRIFT = 0.2;
const MOST_DRIFT_PPM = 500;
/** The scatter of the envelope before it is known, and how many stretches that counts for. */
const USUAL_SCATTER_MS = 2;
const USUAL_SCATTER_WEIGHT = 4;
/** What is further than this from the line, in scatters, is none of it. */
const ODD_SCATTERS = 5;
const LEAST_STEP_MS = 1;
/** So many odd stretches in a row, all on one side, are a step; fewer were a stall. */
const STEP_STRETCHES = 3;
/** The estimate moves by this much a second at most, and by less while the evidence is little. */
const MOST_CHANGE_PPM = 20;

/** The drift of a clock that ticks in what arrives, against ours. */
class Envelope {
  /** The stretches' quickest frames, a ring; a segment has one way, or one start of the source. */
  readonly #atMs = new Float64Array(STRETCHES);
  readonly #transitMs = new Float64Array(STRETCHES);
  readonly #segments = new Float64Array(STRETCHES);
  #length = 0;
  #next = 0;
  #segment = 0;

  /** The stretch that has not ended. */
  #beganMs = 0;
  #frames = 0;
  #quickestAtMs = 0;
  #quickestMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** The last stretches that were odd. */
  readonly #oddAtMs = new Float64Array(STEP_STRETCHES);
  readonly #oddMs = new Float64Array(STEP_STRETCHES);
  #odd = 0;
  #isOddAbove = false;

  /** The fit: ms of transit a second, the newest segment's centre, and how good all that is. */
  #slope = 0;
  #slopeError = USUAL_DRIFT;
  #scatterMs = USUAL_SCATTER_MS;
  #centreAtMs = 0;
  #centreMs = 0;
  #ppm = 0;

  /** How much faster than our clock it runs. */
  get ppm(): number {
    return this.#ppm;
  }

  /** The standard error of that. */
  get errorPpm(): number {
    return this.#slopeError * 1000;
  }

  note(atMs: number, mediaMs: number): void {
    const transitMs = atMs - mediaMs;
    if (!Number.isFinite(transitMs) || atMs < this.#lastMs) return;
    this.#lastMs = atMs;
    if (this.#frames > 0 && atMs - this.#beganMs >= STRETCH_MS) this.#end();
    if (this.#frames === 0) this.#beganMs = atMs;
    if (this.#frames === 0 || transitMs < this.#quickestMs) {
      this.#quickestAtMs = atMs;
      this.#quickestMs = transitMs;
    }
    this.#frames++;
  }

  /** The same clock, counted from another time. */
  restart(): void {
    this.#frames = 0;
    this.#odd = 0;
    this.#segment++;
  }

  /** Another clock. */
  forget(): void {
    this.restart();
    this.#length = 0;
    this.#lastMs = Number.NEGATIVE_INFINITY;
    this.#slope = 0;
    this.#slopeError = USUAL_DRIFT;
    this.#scatterMs = USUAL_SCATTER_MS;
    this.#ppm = 0;
  }

  #end(): void {
    const enough = this.#frames >= LEAST_FRAMES;
    this.#frames = 0;
    if (!enough) return;
    if (this.#isOdd()) {
      if (this.#odd < STEP_STRETCHES) return;
      this.#segment++;
      for (let i = 0; i < STEP_STRETCHES; i++) this.#keep(this.#oddAtMs[i]!, this.#oddMs[i]!);
    } else this.#keep(this.#quickestAtMs, this.#quickestMs);
    this.#odd = 0;
    this.#fit();
  }

  /** Whether the stretch is too far from the line; if so it is put with the odd ones. */
  #isOdd(): boolean {
    const newest = (this.#next + STRETCHES - 1) % STRETCHES;
    if (this.#length === 0 || this.#segments[newest] !== this.#segment) return false;
    const secondsOn = (this.#quickestAtMs - this.#centreAtMs) / 1000;
    const offMs = this.#quickestMs - this.#centreMs - this.#slope * secondsOn;
    if (Math.abs(offMs) <= Math.max(LEAST_STEP_MS, ODD_SCATTERS * this.#scatterMs)) return false;
    if (offMs > 0 !== this.#isOddAbove) this.#odd = 0;
    this.#isOddAbove = offMs > 0;
    this.#oddAtMs[this.#odd] = this.#quickestAtMs;
    this.#oddMs[this.#odd++] = this.#quickestMs;
    return true;
  }

  #keep(atMs: number, transitMs: number): void {
    this.#atMs[this.#next] = atMs;
    this.#transitMs[this.#next] = transitMs;
    this.#segments[this.#next] = this.#segment;
    this.#next = (this.#next + 1) % STRETCHES;
    this.#length = Math.min(this.#length + 1, STRETCHES);
  }

  /** One slope through all segments. */
  #fit(): void {
    let squares = 0;
    let products = 0;
    let heights = 0;
    let free = USUAL_SCATTER_WEIGHT;
    for (let i = 0; i < this.#length; ) {
      const first = (this.#next + STRETCHES - this.#length + i) % STRETCHES;
      const [originMs, heightMs] = [this.#atMs[first]!, this.#transitMs[first]!];
      let n = 0;
      let [x, y, xx, xy, yy] = [0, 0, 0, 0, 0];
      for (; i < this.#length; i++, n++) {
        const at = (first + n) % STRETCHES;
        if (this.#segments[at] !== this.#segments[first]) break;
        const seconds = (this.#atMs[at]! - originMs) / 1000;
        const ms = this.#transitMs[at]! - heightMs;
        x += seconds;
        y += ms;
        xx += seconds * seconds;
        xy += seconds * ms;
        yy += ms * ms;
      }
      squares += xx - (x * x) / n;
      products += xy - (x * y) / n;
      heights += yy - (y * y) / n;
      free += n - 1;
      this.#centreAtMs = originMs + (x / n) * 1000;
      this.#centreMs = heightMs + y / n;
    }
    const bare = squares > 0 ? products / squares : 0;
    const scatter = USUAL_SCATTER_WEIGHT * USUAL_SCATTER_MS ** 2;
    const variance = (scatter + Math.max(0, heights - bare * products)) / free;
    const weight = squares + variance / USUAL_DRIFT ** 2;
    this.#scatterMs = Math.sqrt(variance);
    this.#slope = products / weight;
    this.#slopeError = Math.sqrt(variance / weight);
    // A faster clock gets ahead: its frames need less and less time.
    const ppm = Math.min(Math.max(-1000 * this.#slope, -MOST_DRIFT_PPM), MOST_DRIFT_PPM);
    const most = MOST_CHANGE_PPM * (squares / weight);
    this.#ppm += Math.min(Math.max(ppm - this.#ppm, -most), most);
  }
}

/** What the delay's error adds to the ratio: at 40 ppm per ms it is worked off in 25 s. */
const CORRECTION_PPM_PER_MS = 40;
/** Not more than this, which outweighs the most that the drift can be wrong by; 1 cent of pitch. */
const MOST_CORRECTION_PPM = 600;
const MOST_PPM = 1000;
/** A level further off than this is a stall, and is not to be felt long after it. */
const MOST_LEVEL_ERROR_MS = 100;
/** The delay's error is smoothed, since jitter is in it: over 2.5 s of turns of 5 ms. */
const SMOOTHED_OVER_TURNS = 500;

export class Drift {
  readonly #sender = new Envelope();
  readonly #output = new Envelope();
  #levelErrorMs = 0;

  /**
   * A frame came. Ignored if a time is not finite or our clock went back.
   * @param arrivedMs on our clock
   * @param mediaMs where it stands on the sender's timeline; it may be out of order
   */
  noteArrival(arrivedMs: number, mediaMs: number): void {
    this.#sender.note(arrivedMs, mediaMs);
  }

  /**
   * Our output asked for a frame.
   * @param askedMs on our clock
   * @param playedMs how much it had asked for before, by its own rate
   */
  noteOutput(askedMs: number, playedMs: number): void {
    this.#output.note(askedMs, playedMs);
  }

  /** The sender's timeline starts anew, on the same card: what is known of that stays true. */
  restartSender(): void {
    this.#sender.restart();
  }

  /** Our output was opened anew, perhaps on another card. */
  changeOutput(): void {
    this.#output.forget();
  }

  /** How much faster than our output the sender's card runs: -1000 to 1000. */
  get ppm(): number {
    const ratio = (1 + this.#sender.ppm / 1e6) / (1 + this.#output.ppm / 1e6);
    return Math.min(Math.max((ratio - 1) * 1e6, -MOST_PPM), MOST_PPM);
  }

  /** The standard error of `ppm`. */
  get errorPpm(): number {
    return Math.hypot(this.#sender.errorPpm, this.#output.errorPpm);
  }

  /**
   * How many of the sender's samples are to be played for each of our output's, now: to be asked
   * for once a turn. Within 1 ± 0.001.
   * @param levelErrorMs how much more is buffered than wanted; ignored if it is not finite
   */
  playoutRatio(levelErrorMs: number): number {
    if (Number.isFinite(levelErrorMs)) {
      const seenMs = Math.min(Math.max(levelErrorMs, -MOST_LEVEL_ERROR_MS), MOST_LEVEL_ERROR_MS);
      this.#levelErrorMs += (seenMs - this.#levelErrorMs) / SMOOTHED_OVER_TURNS;
    }
    const wanted = CORRECTION_PPM_PER_MS * this.#levelErrorMs;
    const correction = Math.min(Math.max(wanted, -MOST_CORRECTION_PPM), MOST_CORRECTION_PPM);
    return 1 + Math.min(Math.max(this.ppm + correction, -MOST_PPM), MOST_PPM) / 1e6;
  }
}
