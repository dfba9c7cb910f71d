/** What `npm test` runs, in order, and for how long each part may take at most. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, turbo } from '../setup/build.mjs';
import { FOR_TESTS, installDebianPackages } from '../setup/debian.mjs';
import { install } from '../setup/install.mjs';
import { NODE_MODULES, ROOT } from '../setup/places.mjs';
import { Problem } from '../setup/problem.mjs';
import { run } from '../setup/run.mjs';

/** @typedef {Pick<import('./summary.mjs').StageResult, 'passed' | 'failed' | 'skipped'>} Outcome */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {boolean} counts true if it consists of tests
 * @property {boolean} vital nothing after it can run when it fails
 * @property {() => Promise<Outcome>} run
 */

const MINUTE_MS = 60_000;
const TSC = join(NODE_MODULES, 'typescript', 'bin', 'tsc');

/** @type {Stage[]} */
export const STAGES = [
  // npm compiles with what the packages bring.
  vital('packages', () => installDebianPackages(FOR_TESTS, { required: true })),
  vital('install', install),
  vital('build', build),
  tool('lint', [['@biomejs', 'biome', 'bin', 'biome'], 'check', '.']),
  {
    name: 'typecheck',
    counts: false,
    vital: false,
    run: async () => {
      const packages = await turbo(['typecheck'], () => {});
      if (packages.code !== 0) return broken('turbo run typecheck', packages.tail);
      const results = await Promise.all(
        ['scripts', 'tests', 'tests/e2e'].map(async (project) => {
          const config = join(project, 'tsconfig.json');
          const { code, tail } = await run(process.execPath, [TSC, '-p', config], { cwd: ROOT });
          return code === 0 ? nothing() : broken(`tsc -p ${project}`, tail);
        }),
      );
      return { ...nothing(), failed: results.flatMap(({ failed }) => failed) };
    },
  },
  vitest('unit', 6 * MINUTE_MS),
  vitest('net', 6 * MINUTE_MS),
  vitest('calls', 12 * MINUTE_MS),
  vitest('browser', 10 * MINUTE_MS),
];

/** @returns {Outcome} */
function nothing() {
  return { passed: 0, failed: [], skipped: [] };
}

/**
 * @param {string} name
 * @param {string[]} tail
 * @returns {Outcome}
 */
function broken(name, tail) {
  process.stdout.write(`${tail.join('\n')}\n`);
  return { ...nothing(), failed: [{ name, error: 'see its output above' }] };
}

/**
 * @param {string} name
 * @param {() => Promise<void>} act
 * @returns {Stage}
 */
function vital(name, act) {
  return {
    name,
    counts: false,
    vital: true,
    run: async () => {
      try {
        await act();
        return nothing();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.detail !== '') process.stdout.write(`${error.detail}\n`);
        process.stdout.write(`${error.message}\n`);
        return { ...nothing(), failed: [{ name: error.code, error: error.message }] };
      }
    },
  };
}

/**
 * @param {string} name
 * @param {[string[], ...string[]]} command a script below node_modules and its arguments
 * @returns {Stage}
 */
function tool(name, [script, ...args]) {
  return {
    name,
    counts: false,
    vital: false,
    run: async () => {
      const path = join(NODE_MODULES, ...script);
      const { code, tail } = await run(process.execPath, [path, ...args], { cwd: ROOT });
      return code === 0 ? nothing() : broken(name, tail);
    },
  };
}

/**
 * One project of vitest.config.ts. Its output goes straight through; its counts come from our
 * reporter, so that a run that crashed or was killed cannot look like one that passed.
 * @param {string} project
 * @param {number} limitMs
 * @returns {Stage}
 */
function vitest(project, limitMs) {
  return {
    name: project,
    counts: true,
    vital: false,
    run: async () => {
      const report = join(ROOT, 'test-output', `${project}.json`);
      rmSync(report, { force: true });
      const { code, timedOut } = await run(
        process.execPath,
        [
          join(NODE_MODULES, 'vitest', 'vitest.mjs'),
          ...['run', '--project', project],
          ...[
            '--reporter=default',
            `--reporter=${join(ROOT, 'scripts', 'testing', 'reporter.mjs')}`,
          ],
        ],
        {
          cwd: ROOT,
          env: { ...process.env, KYBERLINE_TEST_REPORT: report },
          show: true,
          limitMs,
        },
      );
      return outcome(project, code, timedOut ? limitMs : undefined, read(report));
    },
  };
}

/**
 * @param {string} project
 * @param {number} code vitest's exit code
 * @param {number | undefined} limitMs set if it was killed for taking longer
 * @param {import('./reporter.mjs').TestReport | undefined} report
 * @returns {Outcome}
 */
export function outcome(project, code, limitMs, report) {
  const result = report ?? nothing();
  const failed = [...result.failed];
  if (limitMs !== undefined) {
    failed.push({ name: project, error: `stopped after ${limitMs / MINUTE_MS} minutes` });
  } else if (report === undefined) {
    failed.push({ name: project, error: `vitest ended with code ${code} before it could report` });
  } else if (result.passed + failed.length + result.skipped.length === 0) {
    failed.push({ name: project, error: 'there was no test to run' });
  } else if (code !== 0 && failed.length === 0) {
    failed.push({ name: project, error: `vitest ended with code ${code}` });
  }
  return { passed: result.passed, failed, skipped: result.skipped };
}

/**
 * @param {string} path
 * @returns {import('./reporter.mjs').TestReport | undefined}
 */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
