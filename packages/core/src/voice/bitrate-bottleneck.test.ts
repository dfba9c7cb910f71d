/** The rate at a bottleneck with a deep buffer, in a model of one: what waits in it, and how often. */
import { describe, expect, it } from 'vitest';
import {
  type ReceiverReport,
  type SendSettings,
  startRate,
  stepRate,
  wireKbps,
} from './bitrate.js';

const settings = ({ bitrateKbps, frameMs, redundancy }: SendSettings) =>
  `${bitrateKbps}/${frameMs}/${redundancy}`;

/** A link with 4 s of buffer before it; the queue's delay at every 10 ms. */
function bottleneck(
  seconds: number,
  step: (r: ReceiverReport, nowMs: number) => SendSettings,
  linkKbps = 100,
) {
  const queuesMs: number[] = [];
  let sending: SendSettings = startRate(0);
  let queuedBits = 0;
  let lastReportMs = 0;
  let droppedBits = 0;
  for (let nowMs = 10; nowMs <= seconds * 1000; nowMs += 10) {
    queuedBits = Math.max(0, queuedBits + (wireKbps(sending) - linkKbps) * 10);
    droppedBits += Math.max(0, queuedBits - 4000 * linkKbps);
    queuedBits = Math.min(queuedBits, 4000 * linkKbps);
    const queueMs = queuedBits / linkKbps;
    queuesMs.push(queueMs);
    if (nowMs % 1000 !== 0) continue;
    const lossRatio = droppedBits / (wireKbps(sending) * 1000);
    const delayTrendMsPerS = queueMs - lastReportMs;
    sending = step(
      { lossRatio, longestBurstFrames: 0, jitterMs: 1, queueMs, delayTrendMsPerS },
      nowMs,
    );
    lastReportMs = queueMs;
    droppedBits = 0;
  }
  return queuesMs;
}

describe('a bottleneck of 100 kbps with 4 s of buffer', () => {
  it('holds less than 250 ms of what the default settings become', () => {
    let state = startRate(0);
    const sent = new Set<string>();
    const queuesMs = bottleneck(300, (r, nowMs) => {
      state = stepRate(state, r, nowMs);
      sent.add(settings(state));
      return state;
    });
    expect(Math.max(...queuesMs)).toBeGreaterThan(20);
    expect(Math.max(...queuesMs)).toBeLessThan(250);
    expect([...sent].sort()).toEqual(['32/20/0', '48/20/0', '64/10/0', '64/20/0']);
  });

  it('is filled five times in five minutes at most, by trying', () => {
    let state = startRate(0);
    const queuesMs = bottleneck(300, (r, nowMs) => {
      state = stepRate(state, r, nowMs);
      return state;
    });
    const isFull = queuesMs.map((ms) => ms > 80);
    const times = isFull.filter((full, n) => full && !isFull[n - 1]).length;
    expect(times).toBeGreaterThan(1);
    expect(times).toBeLessThanOrEqual(5);
  });

  it('of 40 kbps drains, too', () => {
    let state = startRate(0);
    const step = (r: ReceiverReport, nowMs: number) => {
      state = stepRate(state, r, nowMs);
      return state;
    };
    const queuesMs = bottleneck(120, step, 40);
    expect(Math.max(...queuesMs.slice(60 * 100))).toBeLessThan(500);
  });

  it('holds more than 2 s of a constant 96 kbps', () => {
    const queuesMs = bottleneck(60, () => ({ bitrateKbps: 96, frameMs: 10, redundancy: 0 }));
    expect(Math.max(...queuesMs)).toBeGreaterThan(2000);
  });
});
