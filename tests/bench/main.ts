/**
 * Runs one benchmark in this process and writes its rows to a file:
 * `node main.js NAME FILE`. `node main.js` lists the benchmarks as JSON.
 */
import { writeFileSync } from 'node:fs';
import { adaptation } from './adaptation.js';
import { bandwidth } from './bandwidth.js';
import type { Bench } from './bench.js';
import { call } from './call.js';
import { delayed } from './delayed.js';
import { deviceLoop } from './device-loop.js';
import { disguise } from './disguise.js';
import { frames } from './frames.js';
import { handshake } from './handshake.js';
import { latency } from './latency.js';
import { quality } from './quality.js';
import { steady } from './steady.js';

const BENCHES: Bench[] = [
  ...[handshake, frames, bandwidth, quality, adaptation, disguise],
  ...[latency, delayed, call, deviceLoop, steady],
];

const [name, file] = process.argv.slice(2);
if (name === undefined || file === undefined) {
  const list = BENCHES.map(({ run, ...entry }) => entry);
  process.stdout.write(`${JSON.stringify(list)}\n`);
} else {
  const bench = BENCHES.find((one) => one.name === name);
  if (bench === undefined) throw new Error(`There is no benchmark "${name}".`);
  writeFileSync(file, JSON.stringify(await bench.run()));
}
