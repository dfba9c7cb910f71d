/**
 * Ten minutes of one call: does the delay grow, and what is left of it after one end stood still? At
 * the half bob's media engine is stopped for 500 ms.
 */
import { setTimeout as after } from 'node:timers/promises';
import { sleep } from '../rig/child.js';
import type { Bench, Row } from './bench.js';
import { type CallPair, startPair } from './call-pair.js';
import { CHIRPS, EVERY_MS, heardRows, type Measured, measure } from './mouth-to-ear.js';
import { backWithin, median, slope } from './series.js';
import type { Point } from './svg.js';

const MINUTES = Number(process.env.KYBERLINE_BENCH_MINUTES ?? 10);
const SETTLE_MS = 5000;
/** Of a minute's recording; the next one begins with it. */
const PART_SECONDS = 58;
const STALL_AFTER_MS = 20_000;
const STALL_MS = 500;
/** What a stall does is no slope. */
const STALLED_SECONDS = 30;
const BACK_MS = 15;

export const steady: Bench = {
  name: 'steady',
  title: `Mouth to ear over ${MINUTES} minutes of one call, sound as it is`,
  seconds: 64 * MINUTES + 20,
  needsSound: true,
  async run(): Promise<Row[]> {
    const pair = await startPair({ processing: 'off' });
    try {
      await pair.connect();
      await sleep(SETTLE_MS);
      const all: Measured = { toBob: [], toAlice: [], saidOfBob: [], saidOfAlice: [] };
      let stalledAt = Number.NaN;
      for (let minute = 0; minute < MINUTES; minute++) {
        const stalled =
          minute === Math.floor(MINUTES / 2) ? stall(pair) : Promise.resolve(undefined);
        const part = await measure(pair, CHIRPS, PART_SECONDS);
        all.toBob.push(...part.toBob);
        all.toAlice.push(...part.toAlice);
        stalledAt = (await stalled) ?? stalledAt;
      }
      return [...heardRows('all', CHIRPS, all), ...steadyRows(all, stalledAt)];
    } finally {
      await pair.stop();
    }
  },
};

/** @returns when bob's engine went on, in seconds as `measure` counts them */
async function stall({ bob }: CallPair): Promise<number> {
  await after(STALL_AFTER_MS);
  const engine = bob.daemon.enginePid();
  process.kill(engine, 'SIGSTOP');
  await after(STALL_MS);
  process.kill(engine, 'SIGCONT');
  return performance.now() / 1000;
}

/** Slope, and how soon a stall was over; what was said in the stall was heard after it. */
export function steadyRows({ toBob, toAlice }: Measured, stalledAt: number): Row[] {
  return [
    ...(
      [
        ['alice to bob', toBob],
        ['bob to alice', toAlice],
      ] as const
    ).flatMap(([way, points]) => [
      {
        what: `${way}: growth, but for ${STALLED_SECONDS} s of the stall`,
        value: 60 * slope(points.filter(([at]) => !isStalled(at, stalledAt))),
        unit: 'ms a minute',
      },
      {
        what: `${way}: back within ${BACK_MS} ms after bob stood still for ${STALL_MS} ms`,
        value: backMs(points, stalledAt),
        unit: 'ms',
        note: `a chirp every ${EVERY_MS} ms tells; 0 if already the first one after it was in time`,
      },
    ]),
  ];
}

function isStalled(at: number, stalledAt: number): boolean {
  return at > stalledAt - 1 && at < stalledAt + STALLED_SECONDS;
}

function backMs(points: readonly Point[], stalledAt: number): number {
  const before = points.filter(([at]) => at < stalledAt - 1 && at > stalledAt - STALLED_SECONDS);
  const usual = median(before.map(([, ms]) => ms));
  const moments = points
    .filter(([at]) => at < stalledAt + STALLED_SECONDS)
    .map(([at, ms]) => ({ atMs: 1000 * at, ms }));
  const first = moments.find(({ atMs }) => atMs >= 1000 * stalledAt);
  if (!first) return Number.POSITIVE_INFINITY;
  return backWithin(moments, ({ ms }) => ms, first.atMs, usual + BACK_MS);
}
