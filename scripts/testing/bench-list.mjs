/** Which benchmarks there are, which of them are to run, and for how long each may. */
import { Problem } from '../setup/problem.mjs';

/**
 * What tests/bench/main.ts says of each.
 * @typedef {object} BenchEntry
 * @property {string} name
 * @property {string} title
 * @property {number} seconds that it takes, about
 * @property {boolean} [needsSound] PulseAudio or espeak-ng
 * @property {boolean} [byHand] runs only when it is named
 */

const LEAST_LIMIT_MS = 10 * 60_000;

/**
 * @param {BenchEntry[]} list
 * @param {string[]} names none for all that are not by hand
 * @returns {BenchEntry[]} in the order of the list
 */
export function chosenFrom(list, names) {
  const unknown = names.find((name) => !list.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new Problem('bad-option', `There is no benchmark "${unknown}".\n\n${benchUsage(list)}`);
  }
  if (names.length === 0) return list.filter(({ byHand }) => !byHand);
  return list.filter(({ name }) => names.includes(name));
}

/**
 * A busy machine takes longer than a quiet one; one that hangs must end.
 * @param {BenchEntry} entry
 */
export function limitMsOf({ seconds }) {
  return Math.max(LEAST_LIMIT_MS, 2 * seconds * 1000);
}

/** @param {BenchEntry[]} list */
export function benchUsage(list) {
  const lines = list.map(
    ({ name, title, seconds, byHand }) =>
      `  ${name.padEnd(12)}${title} (about ${seconds} s${byHand ? ', only if named' : ''})`,
  );
  return `Usage: npm run bench -- [name …]\n\n${lines.join('\n')}`;
}
