/**
 * Runs one benchmark in this process and writes its rows to a file:
 * `node main.js NAME FILE`. `node main.js` lists the benchmarks as JSON.
 */
import { writeFileSync } from 'node:fs';
import type { Bench } from './bench.js';
import { call } from './call.js';
import { frames } from './frames.js';
import { handshake } from './handshake.js';
import { latency } from './latency.js';
import { quality } from './quality.js';

const BENCHES: Bench[] = [handshake, frames, quality, latency, call];

const [name, file] = process.argv.slice(2);
if (name === undefined || file === undefined) {
  const list = BENCHES.map((bench) => ({
    name: bench.name,
    title: bench.title,
    seconds: bench.seconds,
  }));
  process.stdout.write(`${JSON.stringify(list)}\n`);
} else {
  const bench = BENCHES.find((one) => one.name === name);
  if (bench === undefined) throw new Error(`There is no benchmark "${name}".`);
  writeFileSync(file, JSON.stringify(await bench.run()));
}
