/** Timing small things honestly: warmed up, in batches, the median batch counted. */
import { quantile } from '../rig/sound.js';

/** How long is measured; less of it tells less. */
export interface Effort {
  warmUpMs: number;
  batchMs: number;
  batches: number;
}

export const IN_FULL: Effort = { warmUpMs: 300, batchMs: 20, batches: 50 };

/** What one run of an operation costs, µs: median of the batches and the 95th percentile of them. */
export interface Cost {
  medianUs: number;
  p95Us: number;
}

/** Runs `once` until it is compiled, then in batches of about 20 ms on this one thread. */
export function costOf(once: () => void, effort: Effort): Cost {
  const runs = warmUp(once, effort);
  const perRunUs: number[] = [];
  for (let batch = 0; batch < effort.batches; batch += 1) {
    const started = process.hrtime.bigint();
    for (let run = 0; run < runs; run += 1) once();
    perRunUs.push(Number(process.hrtime.bigint() - started) / 1000 / runs);
  }
  return { medianUs: quantile(perRunUs, 0.5), p95Us: quantile(perRunUs, 0.95) };
}

/** How many runs fill a batch. */
function warmUp(once: () => void, { warmUpMs, batchMs }: Effort): number {
  const until = performance.now() + warmUpMs;
  let runs = 0;
  while (performance.now() < until) {
    once();
    runs += 1;
  }
  return Math.max(1, Math.round((runs / warmUpMs) * batchMs));
}
