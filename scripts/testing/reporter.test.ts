/** A real run with a test for each way to end, and what our reporter makes of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { NODE_MODULES } from '../setup/places.mjs';
import { run } from '../setup/run.mjs';
import type { TestReport } from './reporter.mjs';
import { outcome } from './stages.mjs';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

test('every failure, every skip with its reason, and every stray error is counted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-report-'));
  const file = join(folder, 'report.json');
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')),
  );
  const { code } = await run(
    process.execPath,
    [
      ...[join(NODE_MODULES, 'vitest', 'vitest.mjs'), 'run', '--root', here('./fixtures')],
      ...['--config', 'vitest.config.mjs', `--reporter=${here('./reporter.mjs')}`],
    ],
    { cwd: here('./fixtures'), env: { ...env, KYBERLINE_TEST_REPORT: file } },
  );
  const report: TestReport = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });

  expect(code).not.toBe(0);
  expect(report.passed).toBe(2);
  const failures = report.failed.map(({ name, error }) => `${name}: ${error.split('\n')[0]}`);
  expect(failures.sort()).toEqual([
    'an error outside any test: a stray error',
    'every-end.fixture.mjs › fails: expected 1 to be 2 // Object.is equality',
    'every-end.fixture.mjs: the hook broke',
    'unloadable.fixture.mjs: this file cannot be loaded',
  ]);
  const skips = report.skipped.map(({ name, reason }) => `${name.split(' › ')[1]}: ${reason}`);
  expect(skips.sort()).toEqual([
    'a suite whose beforeAll fails > never runs: ',
    'is skipped with a reason: no vectors here',
    'is skipped without one: ',
    'is still to be written: ',
  ]);
  expect(outcome('unit', code, undefined, report).failed).toHaveLength(4);
});
