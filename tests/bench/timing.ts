/** Timing small things honestly: warmed up, in batches, the median batch counted. */
import { quantile } from '../rig/sound.js';

const WARM_UP_MS = 300;
const BATCH_MS = 20;
const BATCHES = 50;

/** What one run of an operation costs, µs: median of 50 batches and the 95th percentile of them. */
export interface Cost {
  medianUs: number;
  p95Us: number;
}

/** Runs `once` until it is compiled, then in batches of about 20 ms on this one thread. */
export function costOf(once: () => void): Cost {
  const runs = warmUp(once);
  const perRunUs: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const started = process.hrtime.bigint();
    for (let run = 0; run < runs; run += 1) once();
    perRunUs.push(Number(process.hrtime.bigint() - started) / 1000 / runs);
  }
  return { medianUs: quantile(perRunUs, 0.5), p95Us: quantile(perRunUs, 0.95) };
}

/** How many runs fill a batch. */
function warmUp(once: () => void): number {
  const until = performance.now() + WARM_UP_MS;
  let runs = 0;
  while (performance.now() < until) {
    once();
    runs += 1;
  }
  return Math.max(1, Math.round((runs / WARM_UP_MS) * BATCH_MS));
}
