/**
 * `npm run bench`: builds, runs each benchmark in a process of its own, prints a table and keeps the
 * figures in bench-output/bench.json with what they were taken on.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import { join } from 'node:path';
import { build } from '../setup/build.mjs';
import { FOR_TESTS, installDebianPackages } from '../setup/debian.mjs';
import { install } from '../setup/install.mjs';
import { NODE_MODULES, ROOT } from '../setup/places.mjs';
import { Problem } from '../setup/problem.mjs';
import { progress } from '../setup/progress.mjs';
import { run } from '../setup/run.mjs';
import { keepResult } from '../testing/bench-file.mjs';
import { benchUsage, chosenFrom, limitMsOf } from '../testing/bench-list.mjs';
import { benchTable } from '../testing/bench-table.mjs';

const OUTPUT = join(ROOT, 'bench-output');
const MAIN = join(OUTPUT, 'bench', 'main.js');
/** Chromium is for the tests only. */
const NEEDED = FOR_TESTS.filter(({ name }) => name !== 'chromium' && !name.startsWith('fonts'));

/** @typedef {import('../testing/bench-list.mjs').BenchEntry} BenchEntry */

/**
 * @param {string[]} argv names of benchmarks; all that are not by hand if there is none
 * @returns {Promise<number>} exit code
 */
export async function bench(argv) {
  await install();
  await build();
  await compile();
  const list = listOf();
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(`${benchUsage(list)}\n`);
    return 0;
  }
  const chosen = chosenFrom(list, argv);
  if (chosen.some(({ needsSound }) => needsSound)) {
    await installDebianPackages(NEEDED, { required: true });
  }
  const file = join(OUTPUT, 'bench.json');
  for (const entry of chosen) {
    const { name, title } = entry;
    const rows = await runOne(entry);
    process.stdout.write(`${benchTable(title, rows)}\n`);
    // At once: what was measured is not lost with a later one that fails.
    keepResult(file, name, { title, rows }, circumstances());
  }
  process.stdout.write(`\nKept in ${file}\n`);
  return 0;
}

/** @param {BenchEntry} entry */
async function runOne(entry) {
  const file = join(OUTPUT, `${entry.name}.rows.json`);
  rmSync(file, { force: true });
  const line = progress(`${entry.name} (about ${entry.seconds} s)`);
  const { code, tail } = await run(process.execPath, [MAIN, entry.name, file], {
    cwd: ROOT,
    limitMs: limitMsOf(entry),
  });
  if (code !== 0) {
    line.failed();
    throw new Problem('bench-failed', `The benchmark "${entry.name}" failed: see above.`, {
      detail: tail.join('\n'),
    });
  }
  line.done();
  const rows = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(file);
  return rows;
}

async function compile() {
  mkdirSync(OUTPUT, { recursive: true });
  const tsc = join(NODE_MODULES, 'typescript', 'bin', 'tsc');
  const { code, tail } = await run(
    process.execPath,
    [tsc, '-p', join('tests', 'bench', 'tsconfig.json')],
    { cwd: ROOT },
  );
  if (code === 0) return;
  throw new Problem('build-failed', 'The benchmarks do not compile: see above.', {
    detail: tail.join('\n'),
  });
}

/** @returns {BenchEntry[]} */
function listOf() {
  return JSON.parse(execFileSync(process.execPath, [MAIN], { encoding: 'utf8' }));
}

/**
 * What the figures belong to.
 * @returns {import('../testing/bench-file.mjs').Circumstances}
 */
function circumstances() {
  return {
    takenAt: new Date().toISOString(),
    revision: revision(),
    node: process.version,
    platform: `${process.platform} ${process.arch} ${release()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpuCount: availableParallelism(),
  };
}

function revision() {
  try {
    const git = (/** @type {string[]} */ ...args) =>
      execFileSync('git', args, {
        cwd: ROOT,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const changed = git('status', '--porcelain', '--untracked-files=no').trim() !== '';
    return `${git('rev-parse', 'HEAD').trim()}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}
