/**
 * How a call adapts: five calls in virtual time (traces.ts), each a picture in bench-output/ and a few
 * figures. No sound card, no socket and no clock has a share in it, so that it is the same everywhere.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Bench, Row } from './bench.js';
import { svgOf } from './svg.js';
import { bottleneck, drift, jitter, loss, stall } from './traces.js';

/** Compiled, this file is in bench-output/bench. */
const OUTPUT = fileURLToPath(new URL('../', import.meta.url));

export const adaptation: Bench = {
  name: 'adaptation',
  title: 'Adaptation in virtual time: bench-output/adaptation-*.svg',
  seconds: 30,
  async run(): Promise<Row[]> {
    return [jitter, stall, bottleneck, loss, drift].flatMap((trace) => {
      const { name, chart, rows } = trace();
      writeFileSync(`${OUTPUT}adaptation-${name}.svg`, svgOf(chart));
      return rows;
    });
  },
};
