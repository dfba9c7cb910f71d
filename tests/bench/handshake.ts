/**
 * The handshake by suite, 100 runs, warm, both ends on one core. What a person waits for is less of
 * it, since the two ends work on two machines; the network comes on top.
 */
import { warmUp } from '@kyberline/core/crypto/suite';
import { SUITE_NAMES, type SuiteId } from '@kyberline/shared/ids';
import { quantile } from '../rig/sound.js';
import type { Bench, Row } from './bench.js';
import { answer, confirm, offer, open, type Person, person } from './people.js';

const RUNS = 100;
const WARM_UP_RUNS = 20;
const SUITES: SuiteId[] = [1, 2, 3];
const STEPS = [
  'A makes the offer',
  'B checks, opens, answers',
  'A opens the answer',
  'both confirm',
] as const;

export const handshake: Bench = {
  name: 'handshake',
  title: `Handshake by suite, ${RUNS} runs, warm, one core`,
  seconds: 20,
  async run() {
    await warmUp();
    const rows: Row[] = [];
    for (const suite of SUITES) rows.push(...(await ofSuite(suite)));
    return rows;
  },
};

async function ofSuite(suite: SuiteId): Promise<Row[]> {
  const a = await person('alice', suite);
  const b = await person('bob', suite);
  const runs: number[][] = [];
  for (let run = -WARM_UP_RUNS; run < RUNS; run += 1) {
    const times = await once(a, b);
    if (run >= 0) runs.push(times);
  }
  const name = SUITE_NAMES[suite];
  const whole = runs.map((times) => times.reduce((sum, ms) => sum + ms, 0));
  return [
    row(`${name}: whole, both ends`, whole),
    ...STEPS.map((step, index) =>
      row(
        `${name}: ${step}`,
        runs.map((times) => times[index]!),
      ),
    ),
  ];
}

/** One handshake; ms of each step. */
async function once(a: Person, b: Person): Promise<number[]> {
  const marks = [performance.now()];
  const mark = () => marks.push(performance.now());
  const offered = await offer(a, b);
  mark();
  const answered = await answer(b, offered.bytes, a);
  mark();
  const opened = await open(answered.bytes, offered.pending);
  mark();
  confirm(opened, answered.handshake);
  mark();
  return STEPS.map((_, index) => marks[index + 1]! - marks[index]!);
}

function row(what: string, times: number[]): Row {
  return { what, value: quantile(times, 0.5), p95: quantile(times, 0.95), unit: 'ms' };
}
