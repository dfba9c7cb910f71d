/**
 * What the two ends of a call tell each other once a second (SPEC 9): how much of the voice arrived
 * (REPORT), from which the other end sets its rate, and when one's own was spoken (SPOKEN), from which
 * the other end knows mouth to ear.
 */
import type { Report, Spoken } from '@kyberline/core/call/control';
import type { ReceiverReport } from '@kyberline/core/voice/bitrate';
import type { PathDelay } from '@kyberline/core/voice/path-delay';
import { SAMPLES_PER_MS } from '../codec/codec.js';
import type { Playout } from './playout.js';
import type { Speaking } from './speaking.js';

const U32 = 2 ** 32;
const MOST_BURST = 255;
/** 16 bits of tenths. */
const MOST_STAGE_MS = 6_553;
const URGENT_QUEUE_MS = 40;
const URGENT_TREND_MS_PER_S = 60;

/** What a captured frame waited for before it was spoken to the calls, ms. */
export interface BeforeSending {
  deviceMs: number;
  processingMs: number;
}

export function reportOf(playout: Playout): Omit<Report, 'modeSequence'> {
  const { received, lost, concealed } = playout.jitter.counters;
  const { lossRatio, longestBurst } = playout.arrived();
  return {
    received: received % U32,
    lost: lost % U32,
    concealed: concealed % U32,
    jitterMicros: within(playout.jitterMs * 1000, 0, U32 - 1),
    lossRatio,
    longestBurst: Math.min(longestBurst, MOST_BURST),
    queueMs: within(playout.path.queueMs, 0, 65_535),
    delayTrend: within(playout.path.trendMsPerS, -32_768, 32_767),
    driftPpm: within(playout.driftPpm, -32_768, 32_767),
  };
}

/** A queue grows on the way so fast that its sender should know before the second is over. */
export function isUrgent({ queueMs, trendMsPerS }: PathDelay): boolean {
  return queueMs > URGENT_QUEUE_MS && trendMsPerS > URGENT_TREND_MS_PER_S;
}

/** A report as the rate takes it (core/voice/bitrate.ts). */
export function feedbackOf(report: Report): ReceiverReport {
  const { lossRatio, longestBurst, jitterMicros, delayTrend, queueMs } = report;
  return {
    lossRatio,
    longestBurstFrames: longestBurst,
    jitterMs: jitterMicros / 1000,
    delayTrendMsPerS: delayTrend,
    queueMs,
  };
}

/** @returns undefined before anything was captured */
export function spokenBy(
  speaking: Speaking,
  { deviceMs, processingMs }: BeforeSending,
  now: number,
): Spoken | undefined {
  const captured = speaking.ticksAt(now);
  if (captured === undefined) return undefined;
  // What is at the lips now will be captured when the sound card has had its time.
  const ticks = Math.max(0, Math.round(captured + deviceMs * SAMPLES_PER_MS));
  return {
    atMicros: Math.floor(now * 1000),
    ticks,
    deviceMs: sayable(deviceMs),
    processingMs: sayable(processingMs),
    codecMs: sayable(speaking.lookaheadMs),
  };
}

/** A sound card may claim anything. */
function sayable(ms: number): number {
  return Math.min(MOST_STAGE_MS, Math.max(0, ms));
}

function within(value: number, least: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, value)));
}
