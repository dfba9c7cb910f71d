import { describe, expect, it } from 'vitest';
import {
  codecKbps,
  type RateState,
  type ReceiverReport,
  type SendSettings,
  startRate,
  stepRate,
  stepWithoutReport,
  wireKbps,
} from './bitrate.js';

const QUIET: ReceiverReport = {
  lossRatio: 0,
  longestBurstFrames: 0,
  jitterMs: 1,
  delayTrendMsPerS: 0,
  queueMs: 0,
};
const report = (what: Partial<ReceiverReport>): ReceiverReport => ({ ...QUIET, ...what });
const settings = ({ bitrateKbps, frameMs, redundancy }: SendSettings) =>
  `${bitrateKbps}/${frameMs}/${redundancy}`;

/** The state after each of the reports, one a second from 1 s on. */
function run(reports: readonly ReceiverReport[], from: RateState = startRate(0)): RateState[] {
  const firstMs = from.silentSinceMs + 1000;
  let state = from;
  return reports.map((r, i) => {
    state = stepRate(state, r, firstMs + 1000 * i);
    return state;
  });
}
const quiet = (seconds: number) => Array.from({ length: seconds }, () => QUIET);

/** Numbers from 0 to 1 that are the same at every run. */
function* randoms(seed: number): Generator<number, never> {
  let x = seed;
  for (;;) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x / 2 ** 32;
  }
}

function randomLoss(ratio: number, frames: number, random: Generator<number, never>) {
  let lost = 0;
  let burst = 0;
  let longestBurstFrames = 0;
  for (let i = 0; i < frames; i++) {
    burst = random.next().value < ratio ? burst + 1 : 0;
    if (burst > 0) lost++;
    longestBurstFrames = Math.max(longestBurstFrames, burst);
  }
  return report({ lossRatio: lost / frames, longestBurstFrames });
}

describe('what the settings put on the wire', () => {
  it('counts 67 bytes of headers a packet and whole repeated frames', () => {
    expect(wireKbps({ bitrateKbps: 64, frameMs: 10, redundancy: 0 })).toBeCloseTo(117.6);
    expect(wireKbps({ bitrateKbps: 64, frameMs: 20, redundancy: 0 })).toBeCloseTo(90.8);
    expect(wireKbps({ bitrateKbps: 16, frameMs: 20, redundancy: 3 })).toBeCloseTo(90.8);
  });

  it('counts frames as coarse as they are beside repeated ones', () => {
    const kbps = ([0, 1, 2, 3] as const).map((redundancy) =>
      codecKbps({ bitrateKbps: 96, frameMs: 10, redundancy }),
    );
    expect(kbps).toEqual([96, 64, 48, 48]);
    expect(codecKbps({ bitrateKbps: 32, frameMs: 20, redundancy: 3 })).toBe(32);
    expect(wireKbps({ bitrateKbps: 96, frameMs: 10, redundancy: 3 })).toBeCloseTo(245.6);
  });
});

describe('growing delay', () => {
  it('lowers the rate, drops redundancy and takes long frames at the first report of it', () => {
    const lossy = run([report({ lossRatio: 0.2 })]).at(-1)!;
    expect(settings(lossy)).toBe('64/10/3');
    const next = run([report({ delayTrendMsPerS: 50, queueMs: 41, lossRatio: 0.2 })], lossy);
    expect(settings(next[0]!)).toBe('48/20/0');
  });

  it('goes down further the faster the queue fills or the fuller it is', () => {
    const after = (r: Partial<ReceiverReport>) => run([report(r)])[0]!.bitrateKbps;
    expect(after({ queueMs: 81 })).toBe(48);
    expect(after({ queueMs: 161 })).toBe(32);
    expect(after({ queueMs: 41, delayTrendMsPerS: 301 })).toBe(24);
    expect(after({ queueMs: 4000 })).toBe(24);
  });

  it('is not seen in a short queue, nor in a slope that jitter explains', () => {
    const [state] = run([report({ delayTrendMsPerS: 200, queueMs: 40 })]);
    expect(settings(state!)).toBe('64/10/0');
    const jittery = report({ delayTrendMsPerS: 60, queueMs: 60, jitterMs: 45 });
    expect(settings(run([jittery])[0]!)).toBe('64/10/0');
  });

  it('never goes below the lowest rung', () => {
    const states = run(Array.from({ length: 20 }, () => report({ queueMs: 4000 })));
    expect(settings(states.at(-1)!)).toBe('8/20/0');
  });

  it('holds for 5 s, then climbs a rung per 2 s while it is quiet, short frames being one', () => {
    const down = run([report({ queueMs: 200 })]).at(-1)!;
    expect(run(quiet(14), { ...down, ceiling: undefined }).map(settings)).toEqual([
      ...Array.from({ length: 4 }, () => '32/20/0'),
      ...['48/20/0', '48/20/0', '64/20/0', '64/20/0', '64/10/0', '64/10/0'],
      ...Array.from({ length: 4 }, () => '96/10/0'),
    ]);
  });

  it('lowers no further for what was sent before, nor while the queue drains', () => {
    const down = run([report({ queueMs: 200 })]).at(-1)!;
    const full = report({ queueMs: 400, delayTrendMsPerS: 150 });
    const drains = report({ queueMs: 300, delayTrendMsPerS: -100 });
    expect(run([full, drains, drains, full], down).map(settings)).toEqual([
      ...['32/20/0', '32/20/0', '32/20/0'],
      '8/20/0',
    ]);
  });

  it('does not climb while a queue stands or while much is lost', () => {
    const down = { ...run([report({ queueMs: 200 })]).at(-1)!, ceiling: undefined };
    for (const r of [report({ queueMs: 50 }), report({ lossRatio: 0.1 })]) {
      const states = run(
        Array.from({ length: 30 }, () => r),
        down,
      );
      expect(states.every(({ bitrateKbps }) => bitrateKbps === 32)).toBe(true);
    }
  });

  it('does not repeat frames during the hold, when the loss may be the full queue', () => {
    const down = run([report({ queueMs: 100 })]).at(-1)!;
    const states = run(
      Array.from({ length: 5 }, () => report({ lossRatio: 0.2 })),
      down,
    );
    expect(states.map(({ redundancy }) => redundancy)).toEqual([0, 0, 0, 0, 3]);
  });
});

describe('what has filled a queue', () => {
  const down = run([report({ queueMs: 200 })]).at(-1)!;
  /** Seconds until short frames are sent again, which filled it. */
  const secondsUntil = (from: RateState) =>
    run(quiet(300), from).findIndex(({ frameMs }) => frameMs === 10) + 1;

  it('is tried again after 30 s, and after twice as long each time that it does again', () => {
    let state = down;
    const waits: number[] = [];
    for (let time = 0; time < 5; time++) {
      const wait = secondsUntil(state);
      waits.push(wait);
      state = run([...quiet(wait), report({ queueMs: 200 })], state).at(-1)!;
    }
    // And a second until the next climb is due.
    expect(waits).toEqual([31, 61, 121, 241, 241]);
  });

  it('is not filled by repeating frames either: they get coarser, or are not repeated', () => {
    const calm = run(quiet(12), down).at(-1)!;
    expect(settings(calm)).toBe('64/20/0');
    const raised = run([report({ lossRatio: 0.02 })], calm).at(-1)!;
    expect(settings(raised)).toBe('32/20/1');
    expect(wireKbps(raised)).toBeLessThan(117.6);
    const narrow = { ...calm, ceiling: { kbps: 40, untilMs: 1e9, waitMs: 30_000 } };
    expect(settings(run([report({ lossRatio: 0.02 })], narrow).at(-1)!)).toBe('64/20/0');
  });
});

describe('loss without growing delay', () => {
  it('of 5 % at random leads to redundancy and not to a lower bitrate', () => {
    const random = randoms(1);
    const states = run(Array.from({ length: 120 }, () => randomLoss(0.05, 100, random)));
    expect(states.every(({ bitrateKbps }) => bitrateKbps >= 64)).toBe(true);
    expect(states.every(({ frameMs }) => frameMs === 10)).toBe(true);
    expect(states.slice(5).every(({ redundancy }) => redundancy >= 1)).toBe(true);
  });

  it('raises redundancy at once, by its ratio or its bursts', () => {
    const depth = (r: Partial<ReceiverReport>) => run([report(r)])[0]!.redundancy;
    expect([0.01, 0.011, 0.061, 0.141].map((lossRatio) => depth({ lossRatio }))).toEqual([
      0, 1, 2, 3,
    ]);
    expect([1, 2, 3, 4].map((n) => depth({ longestBurstFrames: n }))).toEqual([0, 2, 2, 3]);
  });

  it('does not raise it while the delay grows', () => {
    const r = report({ lossRatio: 0.1, delayTrendMsPerS: 100, queueMs: 10 });
    expect(settings(run([r])[0]!)).toBe('64/10/0');
  });

  it('lowers it a step at a time, after 10 s of less each', () => {
    const depths = run([report({ lossRatio: 0.2 }), ...quiet(31)]).map((s) => s.redundancy);
    const expected = [...Array(11).fill(3), ...Array(10).fill(2), ...Array(10).fill(1), 0];
    expect(depths).toEqual(expected);
  });

  it('keeps it when the loss comes back within the 10 s', () => {
    const often = Array.from({ length: 60 }, (_, i) => report({ lossRatio: i % 9 ? 0 : 0.02 }));
    expect(run(often).every(({ redundancy }) => redundancy === 1)).toBe(true);
  });
});

describe('a missing report', () => {
  it('counts as the worst congestion once per 3 s', () => {
    let state = startRate(0);
    const sent = [];
    for (let nowMs = 500; nowMs <= 6000; nowMs += 500) {
      state = stepWithoutReport(state, nowMs);
      sent.push(settings(state));
    }
    const [before, first] = [Array(5).fill('64/10/0'), Array(6).fill('24/20/0')];
    expect(sent).toEqual([...before, ...first, '8/20/0']);
  });

  it('is none while reports arrive', () => {
    const state = run(quiet(3)).at(-1)!;
    expect(stepWithoutReport(state, 5999)).toBe(state);
    expect(stepWithoutReport(state, 6000).bitrateKbps).toBe(24);
  });

  it('is what invalid numbers count as', () => {
    const start = startRate(0);
    const invalid: Partial<ReceiverReport>[] = [{ lossRatio: 1.1 }];
    for (const key of Object.keys(QUIET) as (keyof ReceiverReport)[]) {
      invalid.push({ [key]: Number.NaN }, { [key]: Number.POSITIVE_INFINITY });
      if (key !== 'delayTrendMsPerS') invalid.push({ [key]: -1 });
    }
    for (const what of invalid) {
      expect(stepRate(start, report(what), 2999)).toBe(start);
      expect(stepRate(start, report(what), 3000)).toEqual(stepWithoutReport(start, 3000));
    }
    expect(stepRate(start, QUIET, Number.NaN)).toBe(start);
  });

  it('is not a draining queue, whose trend is below zero', () => {
    const [state] = run([report({ delayTrendMsPerS: -300, queueMs: 10 })]);
    expect(state!.silentSinceMs).toBe(1000);
  });
});

describe('the states', () => {
  it('are the same after the same reports, and none is changed by a step', () => {
    const random = randoms(7);
    const next = () => random.next().value;
    const reports = Array.from({ length: 1000 }, () => ({
      lossRatio: next() ** 4,
      longestBurstFrames: Math.floor(6 * next() ** 4),
      jitterMs: 20 * next(),
      delayTrendMsPerS: 200 * next() - 170,
      queueMs: 84 * next() ** 3,
    }));
    const frozen = Object.freeze(startRate(0));
    const states = run(reports, frozen);
    expect(run(reports, frozen)).toEqual(states);
    expect(new Set(states.map(settings)).size).toBeGreaterThan(10);
  });
});
