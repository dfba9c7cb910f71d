/**
 * What the far end of a call hears of a sound while packets are lost, put back where it was said:
 *
 *   sound ──► Speaking ──► lost? ──► Playout ──► found again, half a second at a time
 *                 ▲ once a second a report ┘
 */
import type { CodecName } from '@kyberline/core/call/body';
import { emptyHeader, HEADER_BYTES, STREAM_NUMBERS, TAG_BYTES } from '@kyberline/core/voice/packet';
import { Codecs } from '@kyberline/daemon/codec/codecs';
import { Playout } from '@kyberline/daemon/media/playout';
import { Speaking } from '@kyberline/daemon/media/speaking';
import { alignedCorrelation, resample, type Sound } from '../rig/sound.js';

const RATE_HZ = 48_000;
const TURN_MS = 10;
const TURN_SAMPLES = 480;
const REPORT_TURNS = 100;
const MOST_PAYLOAD_BYTES = 1_000;
/** Of UDP and IPv4. */
const OUTER_BYTES = 28;
/** As far as the delay moves from one window to the next, and how long these are. */
const SEARCH_MS = 60;
const WINDOW_MS = 500;
/** A window that holds less of what was said does not say where it is. */
const FOUND = 0.5;

/** Packets are lost in runs of `burstMs`, each as likely as makes `share` of all; one packet at least. */
export interface LossPlan {
  what: string;
  share: number;
  burstMs: number;
}

export interface Heard {
  /** Sample for sample at its place. */
  sound: Sound;
  /** Shares of the packets. */
  lost: number;
  repaired: number;
  /** Share of the time. */
  concealed: number;
  /** With all headers. */
  kbps: number;
}

export async function throughLoss(
  said: Sound,
  plan: LossPlan,
  codec: CodecName,
  chance: () => number,
): Promise<Heard> {
  const codecs = await Codecs.open(2);
  const speaking = new Speaking([codec], codecs, 0);
  const playout = new Playout(codecs);
  const isLost = losing(plan, chance);
  const header = emptyHeader();
  header.stream = STREAM_NUMBERS.audio;
  const payload = new Uint8Array(MOST_PAYLOAD_BYTES);
  const samples = resample(said, RATE_HZ).samples;
  const turns = Math.floor(samples.length / TURN_SAMPLES);
  const heard = new Float32Array(turns * TURN_SAMPLES);
  const frame = new Int16Array(TURN_SAMPLES);
  let packets = 0;
  let lost = 0;
  let wireBytes = 0;
  for (let turn = 0; turn < turns; turn++) {
    const at = turn * TURN_SAMPLES;
    const now = turn * TURN_MS;
    for (let i = 0; i < frame.length; i++) frame[i] = toInt16(samples[at + i]!);
    const bytes = speaking.take(frame, payload, 0, now);
    if (bytes > 0) {
      header.type = speaking.payloadType;
      header.counter = packets++;
      wireBytes += OUTER_BYTES + HEADER_BYTES + bytes + TAG_BYTES;
      if (isLost(speaking.mode.frameMs)) lost++;
      else playout.put(header, payload.subarray(0, bytes), true, now);
    }
    playout.play(frame, now);
    for (let i = 0; i < frame.length; i++) heard[at + i] = frame[i]! / 32_768;
    if (turn % REPORT_TURNS === REPORT_TURNS - 1) report(playout, speaking, now);
  }
  const { repaired, concealed } = playout.jitter.counters;
  speaking.end();
  playout.end();
  return {
    sound: putBack({ rateHz: RATE_HZ, samples: heard }, said),
    lost: lost / packets,
    repaired: repaired / packets,
    concealed: concealed / turns,
    kbps: (wireBytes * 8) / (turns * TURN_MS),
  };
}

/** As media/session.ts has it. */
function report(playout: Playout, speaking: Speaking, now: number): void {
  const { lossRatio, longestBurst } = playout.arrived();
  const { queueMs, trendMsPerS } = playout.path;
  speaking.reported(
    {
      lossRatio,
      longestBurstFrames: longestBurst,
      jitterMs: playout.jitterMs,
      delayTrendMsPerS: trendMsPerS,
      queueMs,
    },
    now,
  );
}

/** Each window of what was said from where it is in what was heard. */
function putBack(heard: Sound, said: Sound): Sound {
  const { windows } = alignedCorrelation(heard, said, {
    windowMs: WINDOW_MS,
    searchMs: SEARCH_MS,
  });
  const window = (WINDOW_MS * heard.rateHz) / 1000;
  const back = new Float32Array(heard.samples.length);
  let lagMs = windows.find(({ correlation }) => correlation > FOUND)?.lagMs ?? 0;
  for (let at = 0; at < back.length; at += window) {
    const found = windows.find(({ atMs }) => Math.round((atMs * heard.rateHz) / 1000) === at);
    if (found && found.correlation > FOUND) lagMs = found.lagMs;
    const from = at + Math.round((lagMs * heard.rateHz) / 1000);
    const part = heard.samples.subarray(Math.max(0, from), Math.max(0, from + window));
    back.set(part.subarray(0, back.length - at), at);
  }
  return { rateHz: heard.rateHz, samples: back };
}

/** Whether the next packet is lost, which has so many ms. */
function losing({ share, burstMs }: LossPlan, chance: () => number): (frameMs: number) => boolean {
  let left = 0;
  return (frameMs) => {
    const run = Math.max(1, Math.round(burstMs / frameMs));
    // Of the packets outside a run, this share begins one.
    const begins = share / (run - share * (run - 1));
    if (left === 0 && chance() < begins) left = run;
    return left > 0 && left-- > 0;
  };
}

function toInt16(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
}
