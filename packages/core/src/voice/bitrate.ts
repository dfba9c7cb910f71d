/**
 * What a sender sends: bitrate, frame length and how many earlier frames a packet repeats. All of it
 * follows from the receiver's once-a-second report and the clock, never from what is said (SPEC 11),
 * so sizes and rhythm tell only what the network already knows.
 *
 * Growing delay is a queue that we fill: send less, before it overflows. Loss while delay stands
 * still is not ours to cause or cure by sending less: repeat frames instead.
 *
 * What has filled a queue is not tried again soon; each time that it does, the wait doubles.
 *
 *   kbps on the wire   ───┐ 118 fills the queue
 *                         └─┐ ┌── 91 ───────────┐?└─ 91 ── …     tried again after 30, 60, 120 … s
 *                           └─┘
 */

/** The lowest is no joy to hear, but a path of 40 kbps carries it. */
export const LADDER_KBPS = [8, 16, 24, 32, 48, 64, 96] as const;
export type BitrateKbps = (typeof LADDER_KBPS)[number];
export type FrameMs = 10 | 20;
/** How many earlier frames every packet repeats, whole. */
export type RedundancyDepth = 0 | 1 | 2 | 3;

export interface SendSettings {
  readonly bitrateKbps: BitrateKbps;
  readonly frameMs: FrameMs;
  readonly redundancy: RedundancyDepth;
}

export interface ReceiverReport {
  /** Share of the packets that did not arrive, 0 to 1, whether or not a repetition made up for it. */
  readonly lossRatio: number;
  readonly longestBurstFrames: number;
  readonly jitterMs: number;
  /** How fast the one-way delay grows; below zero while a queue drains. */
  readonly delayTrendMsPerS: number;
  /** One-way delay above the least one seen. */
  readonly queueMs: number;
}

export type RateStage =
  /** Just lowered: nothing goes up, neither bitrate nor redundancy. */
  | { readonly at: 'holding'; readonly untilMs: number }
  /** Goes up a rung at a quiet report from `nextMs` on. */
  | { readonly at: 'climbing'; readonly nextMs: number };

/** What filled a queue. */
export interface Ceiling {
  /** On the wire. So much, and more, is not sent before `untilMs`. */
  readonly kbps: number;
  readonly untilMs: number;
  /** How long that was to wait. */
  readonly waitMs: number;
}

export interface RateState extends SendSettings {
  readonly stage: RateStage;
  readonly ceiling: Ceiling | undefined;
  /** The last valid report, or the last step for want of one. */
  readonly silentSinceMs: number;
  /** Since when every report asked for less redundancy than there is; undefined if the last did not. */
  readonly lessLossSinceMs: number | undefined;
}

/** Of our packet and its payload; and what UDP and IPv4 add. */
const PACKET_OVERHEAD_BYTES = 32 + 7 + 28;
/** With so many repeated frames: one that comes is worth more than a finer one. */
const MOST_KBPS = [96, 64, 48, 48] as const;

const HOLD_MS = 5000;
/** Reports before this are of what was sent before it was lowered, or had just begun to be. */
const SETTLE_MS = 1500;
const CLIMB_EVERY_MS = 2000;
const SILENCE_MS = 3000;
const LESS_LOSS_MS = 10_000;
const CEILING_MS = 30_000;
const LONGEST_CEILING_MS = 240_000;

/** Sending 2 % more than the path carries; jitter comes on top, being what blurs the slope. */
const GROWING_MS_PER_S = 20;
const QUIET_QUEUE_MS = 20;
/** A machine that is busy, or a radio, holds all packets back by less than this now and then. */
const GROWN_QUEUE_MS = 40;
const LONG_QUEUE_MS = 80;

/** How many rungs down, by how full the queue is or how fast it fills. The worst is first. */
const DOWN = [
  { rungs: 3, queueMs: 320, trendMsPerS: 300 },
  { rungs: 2, queueMs: 160, trendMsPerS: 150 },
] as const;
const WORST_RUNGS = DOWN[0].rungs;

/** Shorter frames come back at this bitrate: below it their headers cost more than they give. */
const SHORT_FRAMES_KBPS = 64;
/** Loss above this may be a short buffer that we overflow: do not climb into it. */
const CLIMB_LOSS_RATIO = 0.06;

export function startRate(nowMs: number): RateState {
  return {
    bitrateKbps: 64,
    frameMs: 10,
    redundancy: 0,
    stage: { at: 'climbing', nextMs: nowMs + HOLD_MS },
    ceiling: undefined,
    silentSinceMs: nowMs,
    lessLossSinceMs: undefined,
  };
}

/** Of each frame: what is repeated has to fit beside it. */
export function codecKbps({ bitrateKbps, redundancy }: SendSettings): BitrateKbps {
  return bitrateKbps < MOST_KBPS[redundancy] ? bitrateKbps : MOST_KBPS[redundancy];
}

/** What the settings put on the wire, headers and repeated frames included. */
export function wireKbps(settings: SendSettings): number {
  const { frameMs, redundancy } = settings;
  return codecKbps(settings) * (1 + redundancy) + (PACKET_OVERHEAD_BYTES * 8) / frameMs;
}

/**
 * A report arrived.
 * @param nowMs on the sender's clock, which never runs backwards
 */
export function stepRate(state: RateState, report: ReceiverReport, nowMs: number): RateState {
  if (!isValid(report)) return stepWithoutReport(state, nowMs);
  if (!Number.isFinite(nowMs)) return state;
  const heard: RateState = { ...state, silentSinceMs: nowMs };
  const growing = report.delayTrendMsPerS > GROWING_MS_PER_S + report.jitterMs;
  const draining = report.delayTrendMsPerS < -GROWING_MS_PER_S;
  const { stage } = state;
  const isHolding = stage.at === 'holding' && nowMs < stage.untilMs;
  if (isHolding && (draining || nowMs < stage.untilMs - HOLD_MS + SETTLE_MS)) return heard;
  if (report.queueMs > LONG_QUEUE_MS || (growing && report.queueMs > GROWN_QUEUE_MS)) {
    return lower({ ...heard, ceiling: ceilingOf(state, nowMs) }, rungsDown(report), nowMs);
  }
  if (isHolding) return heard;
  const repeating = stepRedundancy(heard, report, growing, nowMs);
  const quiet =
    !growing && report.queueMs <= QUIET_QUEUE_MS && report.lossRatio <= CLIMB_LOSS_RATIO;
  // More redundancy is more on the wire already: see what that does before adding to it.
  if (!quiet || repeating.redundancy > state.redundancy) return climbLater(repeating, nowMs);
  if (stage.at === 'climbing' && nowMs < stage.nextMs) return repeating;
  const higher = { ...repeating, ...rungUp(repeating) };
  return climbLater(isBelowCeiling(higher, nowMs) ? higher : repeating, nowMs);
}

/**
 * No report arrived by now; call it as often as is convenient. Silence is what a path does that
 * carries nothing any more, so each 3 s of it count as the worst congestion.
 */
export function stepWithoutReport(state: RateState, nowMs: number): RateState {
  if (!Number.isFinite(nowMs) || nowMs - state.silentSinceMs < SILENCE_MS) return state;
  return lower({ ...state, silentSinceMs: nowMs }, WORST_RUNGS, nowMs);
}

function isValid(report: ReceiverReport): boolean {
  const { lossRatio, longestBurstFrames, jitterMs, delayTrendMsPerS, queueMs } = report;
  return (
    Number.isFinite(delayTrendMsPerS) &&
    lossRatio <= 1 &&
    [lossRatio, longestBurstFrames, jitterMs, queueMs].every((n) => Number.isFinite(n) && n >= 0)
  );
}

function rungsDown({ queueMs, delayTrendMsPerS }: ReceiverReport): number {
  const step = DOWN.find((s) => queueMs > s.queueMs || delayTrendMsPerS > s.trendMsPerS);
  return step?.rungs ?? 1;
}

function lower(state: RateState, rungs: number, nowMs: number): RateState {
  const rung = Math.max(0, LADDER_KBPS.indexOf(state.bitrateKbps) - rungs);
  return {
    ...state,
    bitrateKbps: LADDER_KBPS[rung]!,
    frameMs: 20,
    redundancy: 0,
    stage: { at: 'holding', untilMs: nowMs + HOLD_MS },
    lessLossSinceMs: undefined,
  };
}

/** While a queue drains, what is sent did not fill it: that is known already. */
function ceilingOf(state: RateState, nowMs: number): Ceiling | undefined {
  const { ceiling, stage } = state;
  if (stage.at === 'holding' && nowMs < stage.untilMs) return ceiling;
  const waitMs = Math.min(2 * (ceiling?.waitMs ?? CEILING_MS / 2), LONGEST_CEILING_MS);
  return { kbps: wireKbps(state), untilMs: nowMs + waitMs, waitMs };
}

function isBelowCeiling(state: RateState, nowMs: number): boolean {
  const { ceiling } = state;
  return ceiling === undefined || nowMs >= ceiling.untilMs || wireKbps(state) < ceiling.kbps;
}

function climbLater(state: RateState, nowMs: number): RateState {
  return { ...state, stage: { at: 'climbing', nextMs: nowMs + CLIMB_EVERY_MS } };
}

/** Shorter frames are a rung of their own: their headers are as much as a rung of bitrate. */
function rungUp({
  bitrateKbps,
  frameMs,
}: SendSettings): Pick<SendSettings, 'bitrateKbps' | 'frameMs'> {
  if (frameMs === 20 && bitrateKbps >= SHORT_FRAMES_KBPS) return { bitrateKbps, frameMs: 10 };
  const next = LADDER_KBPS[LADDER_KBPS.indexOf(bitrateKbps) + 1];
  return { bitrateKbps: next ?? bitrateKbps, frameMs };
}

/** Up at once to what the loss asks for; down a step after 10 s in which less would have done. */
function stepRedundancy(
  state: RateState,
  report: ReceiverReport,
  growing: boolean,
  nowMs: number,
): RateState {
  const wanted = depthFor(report);
  if (wanted >= state.redundancy) {
    const repeating = growing ? state : withRoomFor(wanted, state, nowMs);
    return { ...repeating, lessLossSinceMs: undefined };
  }
  const sinceMs = state.lessLossSinceMs ?? nowMs;
  if (nowMs - sinceMs < LESS_LOSS_MS) return { ...state, lessLossSinceMs: sinceMs };
  return { ...state, redundancy: oneLess(state.redundancy), lessLossSinceMs: nowMs };
}

/** Coarser frames where they would fill a queue otherwise; as it was where none is coarse enough. */
function withRoomFor(redundancy: RedundancyDepth, state: RateState, nowMs: number): RateState {
  if (redundancy === state.redundancy) return state;
  const possible = LADDER_KBPS.filter((kbps) => kbps <= state.bitrateKbps)
    .map((bitrateKbps): RateState => ({ ...state, bitrateKbps, redundancy }))
    .filter((each) => isBelowCeiling(each, nowMs));
  return possible.at(-1) ?? state;
}

function depthFor({ lossRatio, longestBurstFrames }: ReceiverReport): RedundancyDepth {
  if (lossRatio > 0.14 || longestBurstFrames >= 4) return 3;
  if (lossRatio > 0.06 || longestBurstFrames >= 2) return 2;
  return lossRatio > 0.01 ? 1 : 0;
}

function oneLess(depth: RedundancyDepth): RedundancyDepth {
  return depth === 3 ? 2 : depth === 2 ? 1 : 0;
}
