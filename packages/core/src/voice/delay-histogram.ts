/**
 * How much the frames' delay varies, learnt from every arrival: the adaptive jitter target, after
 * the idea of WebRTC's NetEq.
 *
 * A frame's delay is counted against the quickest frame of the last 2 s, so neither the two clocks'
 * offset nor their drift matters. The delays go into a histogram that forgets; the target is the
 * delay within which the wanted share of the frames came:
 *
 *   share   █
 *           █ █ ▄ ▂                     ▁
 *           0 5 10 15 20 25 …               delay in ms
 *                     ▲ targetMs(0.97): the late one is not worth waiting for
 *
 * When the way becomes longer, all frames look late until the last one of the old way has left the
 * window; then those in the window are counted again, against the new way's quickest.
 *
 * Frames that come at once count as one, the first and latest of them: a stall of a second holds
 * back a hundred, and is one event that no delay would have been worth.
 * At the beginning, when a stall is likeliest, the frames of the first seconds that are still to come
 * count as if they had come in time: what has been seen once is not yet what the way is like.
 *
 * A mean (RFC 3550's jitter) cannot do this: it does not say how many frames come later than it.
 */

const BIN_MS = 5;
/** The last one also takes whatever is later: nobody talks with half a second of buffer. */
const BINS = 100;
const WINDOW_MS = 2000;
/** 2 s of 10 ms frames, and some room for bursts; in longer ones the window is shorter. */
const WINDOW_FRAMES = 256;
/** After so long, a frame weighs 1/e of a new one; half of what NetEq takes, since a target of 99 % lasts longer. */
const FORGET_MS = 6_000;
/** The newest frame's weight grows instead of all others shrinking; at this one all are scaled. */
const MOST_WEIGHT = 1e9;
const DEFAULT_QUANTILE = 0.97;
/** So much has to have come before it alone is believed. */
const BELIEVED_MS = 3_000;

const PEAK_TARGETS = 2;
/** Two frames of 20 ms: less is no peak, however small the target. */
const LEAST_PEAK_MS = 40;
/** A stall longer than this is worth no delay, however often it comes. */
const MOST_PEAK_MS = 200;
const PEAK_HOLD_MS = 10_000;
/** So many, each within the time above after the one before. */
const PEAKS_IN_A_ROW = 3;
/** Frames closer together than this share of a frame come at once. */
const AT_ONCE = 1 / 4;

const binOf = (delayMs: number) => Math.min(Math.floor(delayMs / BIN_MS), BINS - 1);
const upperEdgeMs = (bin: number) => (bin + 1) * BIN_MS;

/** Peaks too rare for the histogram that come again and again, as when a radio scans. */
class Peaks {
  #isInside = false;
  #inARow = 0;
  #beganMs = Number.NEGATIVE_INFINITY;
  #raisedUntilMs = Number.NEGATIVE_INFINITY;
  #beforeMs = 0;
  #heightMs = 0;
  #leastMs = LEAST_PEAK_MS;

  get isInside(): boolean {
    return this.#isInside;
  }

  /** The higher of the last two peaks, while they count; else 0. */
  heightMs(nowMs: number): number {
    return nowMs < this.#raisedUntilMs ? Math.max(this.#beforeMs, this.#heightMs) : 0;
  }

  /**
   * All late frames in a row are one peak: a stall delays many. What is late was settled when it
   * began, since a long one raises the target itself.
   */
  note(arrivedMs: number, delayMs: number, targetMs: number): void {
    if (!this.#isInside) this.#leastMs = Math.max(PEAK_TARGETS * targetMs, LEAST_PEAK_MS);
    const isPeak = delayMs >= this.#leastMs;
    if (isPeak && !this.#isInside) {
      this.#inARow = arrivedMs - this.#beganMs < PEAK_HOLD_MS ? this.#inARow + 1 : 1;
      this.#beforeMs = this.#inARow > 1 ? this.#heightMs : 0;
      this.#heightMs = 0;
      this.#beganMs = arrivedMs;
    }
    this.#isInside = isPeak;
    if (!isPeak) return;
    this.#heightMs = Math.min(MOST_PEAK_MS, Math.max(this.#heightMs, delayMs));
    if (this.#inARow >= PEAKS_IN_A_ROW) this.#raisedUntilMs = arrivedMs + PEAK_HOLD_MS;
  }

  restart(): void {
    this.#isInside = false;
    this.#inARow = 0;
    this.#beganMs = Number.NEGATIVE_INFINITY;
    this.#raisedUntilMs = Number.NEGATIVE_INFINITY;
  }
}

export class DelayHistogram {
  readonly #bins = new Float64Array(BINS);
  /** While it learns, frames weigh the same (factor 1 - 1/(n+1)), until so many have come. */
  readonly #warmFrames: number;
  readonly #frameMs: number;
  readonly #believedFrames: number;
  #frames = 0;
  #weight = 1;

  /** The window, a ring: when a frame came, its transit time, and how it was counted. */
  readonly #arrivedMs = new Float64Array(WINDOW_FRAMES);
  readonly #transitMs = new Float64Array(WINDOW_FRAMES);
  readonly #weights = new Float64Array(WINDOW_FRAMES);
  readonly #binOfFrame = new Uint8Array(WINDOW_FRAMES);
  #oldest = 0;
  #length = 0;

  readonly #peaks = new Peaks();
  #lastMs = Number.NEGATIVE_INFINITY;
  /** The quickest transit time in the window. */
  #quickestMs = 0;

  /** @param frameMs 10 or 20 */
  constructor(frameMs = 20) {
    this.#warmFrames = FORGET_MS / frameMs;
    this.#frameMs = frameMs;
    this.#believedFrames = BELIEVED_MS / frameMs;
  }

  /**
   * One frame arrived. Ignored if a time is not finite or the clock went back.
   * @param arrivedMs on the receiver's clock
   * @param mediaMs where the frame stands on the sender's timeline; it may be out of order
   * @param isRepair it came in a later frame's packet: to wait for it is worth as much as for one
   *   that is late by itself
   */
  note(arrivedMs: number, mediaMs: number, isRepair = false): void {
    const transitMs = arrivedMs - mediaMs;
    if (!Number.isFinite(transitMs) || arrivedMs < this.#lastMs) return;
    const sinceMs = arrivedMs - this.#lastMs;
    const share = isRepair ? 1 : Math.min(1, sinceMs / (AT_ONCE * this.#frameMs));
    this.#lastMs = arrivedMs;
    this.#leave(arrivedMs - WINDOW_MS);
    // So far from the others is no delay: the sender counts from another time, or paused.
    if (Math.abs(transitMs - this.#quickestMs) > WINDOW_MS) this.#length = 0;

    const quickestMs = this.#quickestWith(transitMs);
    const isLongerWay = this.#length > 0 && quickestMs - this.#quickestMs >= BIN_MS;
    this.#quickestMs = quickestMs;
    if (isLongerWay) this.#countAgain();

    const delayMs = transitMs - quickestMs;
    if (this.#frames >= this.#believedFrames) {
      this.#peaks.note(arrivedMs, delayMs, this.#quantileMs(DEFAULT_QUANTILE));
    }
    this.#count(arrivedMs, transitMs, binOf(delayMs), share);
  }

  /** The least transit time (arrival minus media time) of the last 2 s, ms; 0 before the first. */
  get quickestMs(): number {
    return this.#quickestMs;
  }

  /** The delay within which the share `quantile` (0 to 1) of the frames came, or recurring peaks. */
  targetMs(quantile = DEFAULT_QUANTILE): number {
    const peakMs = this.#peaks.heightMs(this.#lastMs);
    const learntMs = this.#quantileMs(quantile);
    return peakMs > 0 ? Math.max(learntMs, upperEdgeMs(binOf(peakMs))) : learntMs;
  }

  /** A new beginning: all that was learnt is forgotten. */
  restart(): void {
    this.forgetDelays();
    this.#length = 0;
    this.#quickestMs = 0;
    this.#lastMs = Number.NEGATIVE_INFINITY;
  }

  /** What the delays were says nothing any more; which way is the quickest, still does. */
  forgetDelays(): void {
    this.#bins.fill(0);
    this.#weights.fill(0);
    this.#frames = 0;
    this.#weight = 1;
    this.#peaks.restart();
  }

  /** So many frames the quantile is of, at least; while it learns, each weighs 1. */
  get #leastFrames(): number {
    return this.#frames < this.#warmFrames ? this.#believedFrames : 0;
  }

  #quantileMs(quantile: number): number {
    let total = 0;
    for (let bin = 0; bin < BINS; bin++) total += this.#bins[bin]!;
    let within = Math.max(0, this.#leastFrames - total);
    total += within;
    for (let bin = 0; bin < BINS; bin++) {
      within += this.#bins[bin]!;
      if (within >= quantile * total) return upperEdgeMs(bin);
    }
    return upperEdgeMs(BINS - 1);
  }

  /** Frames that came before `beforeMs` leave the window. */
  #leave(beforeMs: number): void {
    while (this.#length > 0 && this.#arrivedMs[this.#oldest]! < beforeMs) this.#dropOldest();
  }

  #dropOldest(): void {
    this.#oldest = (this.#oldest + 1) % WINDOW_FRAMES;
    this.#length--;
  }

  #quickestWith(transitMs: number): number {
    let quickestMs = transitMs;
    for (let i = 0; i < this.#length; i++) {
      const at = (this.#oldest + i) % WINDOW_FRAMES;
      quickestMs = Math.min(quickestMs, this.#transitMs[at]!);
    }
    return quickestMs;
  }

  /** The window's frames were counted against a quicker way than there is: move them. */
  #countAgain(): void {
    for (let i = 0; i < this.#length; i++) {
      const at = (this.#oldest + i) % WINDOW_FRAMES;
      const weight = this.#weights[at]!;
      const before = this.#binOfFrame[at]!;
      const now = binOf(this.#transitMs[at]! - this.#quickestMs);
      this.#bins[before] = Math.max(0, this.#bins[before]! - weight);
      this.#bins[now] = this.#bins[now]! + weight;
      this.#binOfFrame[at] = now;
    }
    if (this.#peaks.isInside) this.#peaks.restart();
  }

  #count(arrivedMs: number, transitMs: number, bin: number, share: number): void {
    if (this.#frames < this.#warmFrames) this.#frames++;
    else this.#weight /= 1 - 1 / this.#warmFrames;
    if (this.#weight > MOST_WEIGHT) this.#scale();
    const weight = share * this.#weight;
    this.#bins[bin] = this.#bins[bin]! + weight;

    if (this.#length === WINDOW_FRAMES) this.#dropOldest();
    const at = (this.#oldest + this.#length++) % WINDOW_FRAMES;
    this.#arrivedMs[at] = arrivedMs;
    this.#transitMs[at] = transitMs;
    this.#weights[at] = weight;
    this.#binOfFrame[at] = bin;
  }

  #scale(): void {
    for (let bin = 0; bin < BINS; bin++) this.#bins[bin] = this.#bins[bin]! / this.#weight;
    for (let at = 0; at < WINDOW_FRAMES; at++)
      this.#weights[at] = this.#weights[at]! / this.#weight;
    this.#weight = 1;
  }
}
