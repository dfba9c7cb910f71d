/**
 * bench-output/bench.json: of each benchmark the newest rows, with when, on what and of which
 * revision they are. A run of some benchmarks leaves the others' figures as they were.
 */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Where and when a benchmark ran.
 * @typedef {object} Circumstances
 * @property {string} takenAt
 * @property {string} revision
 * @property {string} node
 * @property {string} platform
 * @property {string} cpu
 * @property {number} cpuCount
 */

/** @typedef {{ title: string, rows: import('./bench-table.mjs').Row[] }} Result */
/** @typedef {{ results: Record<string, Result & Circumstances> }} BenchFile */

/**
 * Puts this result into the file, over that of the same name.
 * @param {string} path
 * @param {string} name the benchmark's
 * @param {Result} result
 * @param {Circumstances} circumstances
 */
export function keepResult(path, name, { title, rows }, circumstances) {
  const kept = read(path);
  kept.results[name] = { title, ...circumstances, rows };
  writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`);
}

/**
 * What is there already; nothing if it cannot be read, or is of a time when figures did not say
 * where they came from.
 * @param {string} path
 * @returns {BenchFile}
 */
function read(path) {
  try {
    /** @type {BenchFile} */
    const { results } = JSON.parse(readFileSync(path, 'utf8'));
    const known = Object.entries(results).filter(([, { takenAt }]) => takenAt !== undefined);
    return { results: Object.fromEntries(known) };
  } catch {
    return { results: {} };
  }
}
