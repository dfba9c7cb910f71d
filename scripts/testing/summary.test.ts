import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { outcome } from './stages.mjs';
import { NO_VECTORS, type StageResult, summarize } from './summary.mjs';

const stage = (more: Partial<StageResult>): StageResult => ({
  stage: 'unit',
  counts: true,
  seconds: 1,
  passed: 0,
  failed: [],
  skipped: [],
  ...more,
});
const lastLine = (text: string) => text.split('\n').at(-1);

describe('the summary', () => {
  test('ends on the counts over all stages, alone on a line', () => {
    const { text, exitCode } = summarize(
      [
        stage({ stage: 'lint', counts: false }),
        stage({ passed: 40 }),
        stage({ stage: 'calls', passed: 2 }),
      ],
      { ci: true },
    );
    expect(lastLine(text)).toBe('42 passed, 0 failed');
    expect(exitCode).toBe(0);
  });

  test('names every failure and fails', () => {
    const failed = [{ name: 'a.test.ts › adds', error: 'expected 1 to be 2\nat …' }];
    const { text, exitCode } = summarize([stage({ passed: 1, failed })], { ci: false });
    expect(lastLine(text)).toBe('1 passed, 1 failed');
    expect(text).toContain('failed   unit: a.test.ts › adds\n         expected 1 to be 2\n');
    expect(exitCode).toBe(1);
  });

  test('prints why a test was skipped, and lets that pass except in CI', () => {
    const results = [stage({ passed: 1, skipped: [{ name: 'x', reason: 'no vectors here' }] })];
    const here = summarize(results, { ci: false });
    expect(lastLine(here.text)).toBe('1 passed, 0 failed, 1 skipped');
    expect(here.text).toContain('no vectors here');
    expect(here.exitCode).toBe(0);
    expect(summarize(results, { ci: true }).exitCode).toBe(1);
  });

  test('lets the absent vectors pass in CI, and no other reason', () => {
    const skipping = (...reasons: string[]) =>
      summarize([stage({ passed: 1, skipped: reasons.map((reason) => ({ name: 'x', reason })) })], {
        ci: true,
      });
    const allowed = skipping(NO_VECTORS, NO_VECTORS);
    expect(allowed.exitCode).toBe(0);
    expect(lastLine(allowed.text)).toBe('1 passed, 0 failed, 2 skipped');
    expect(allowed.text).toContain(NO_VECTORS);
    expect(allowed.text).not.toContain('counts as a failure');
    for (const other of ['', 'no vectors', `${NO_VECTORS}.`, `${NO_VECTORS}\nmore`]) {
      expect(skipping(NO_VECTORS, other).exitCode).toBe(1);
    }
  });

  test('knows the reason that the tests of the vectors give', () => {
    const vectors = new URL('../../packages/core/src/crypto/vectors.test.ts', import.meta.url);
    expect(readFileSync(vectors, 'utf8')).toContain(`'${NO_VECTORS}'`);
  });

  test('a run without any test fails', () => {
    expect(summarize([stage({})], { ci: false }).exitCode).toBe(1);
  });

  test('says how long it took and how long it may take, the preparations apart', () => {
    const { text, exitCode } = summarize(
      [
        stage({ stage: 'install', counts: false, seconds: 100 }),
        stage({ stage: 'build', counts: false, seconds: 21.4 }),
        stage({ stage: 'lint', counts: false, seconds: 4 }),
        stage({ stage: 'calls', passed: 2, seconds: 716 }),
      ],
      { ci: true },
    );
    expect(text.split('\n').slice(-3)).toEqual([
      'The tests took 12 min of at most 12 min, after 2 min 1 s of installing and building.',
      '',
      '2 passed, 0 failed',
    ]);
    expect(exitCode).toBe(0);
  });

  test('warns in words, and does not fail, when it took longer', () => {
    const { text, exitCode } = summarize([stage({ passed: 2, seconds: 725 })], { ci: true });
    expect(text).toContain('took 12 min 5 s of at most 12 min,');
    expect(text).toContain('That is 5 s too long:');
    expect(lastLine(text)).toBe('2 passed, 0 failed');
    expect(exitCode).toBe(0);
  });

  test('says no time when nothing could be installed', () => {
    const failed = [{ name: 'install-failed', error: 'no network' }];
    const { text } = summarize([stage({ stage: 'install', counts: false, failed })], { ci: true });
    expect(text).not.toContain('took');
  });

  test('a lint failure is a failure although lint has no tests', () => {
    const lint = stage({ stage: 'lint', counts: false, failed: [{ name: 'lint', error: 'see' }] });
    const { text, exitCode } = summarize([lint, stage({ passed: 3 })], { ci: false });
    expect(lastLine(text)).toBe('3 passed, 1 failed');
    expect(exitCode).toBe(1);
  });
});

describe("a stage's outcome", () => {
  const report = { passed: 5, failed: [], skipped: [] };

  test('is what the report says', () => {
    expect(outcome('unit', 0, undefined, report)).toEqual(report);
  });

  test('is a failure when vitest crashed before it could report', () => {
    expect(outcome('unit', 134, undefined, undefined).failed).toHaveLength(1);
  });

  test('is a failure when there was no test', () => {
    const empty = { passed: 0, failed: [], skipped: [] };
    expect(outcome('net', 0, undefined, empty).failed[0]?.error).toBe('there was no test to run');
  });

  test('is a failure when vitest failed although every test passed', () => {
    expect(outcome('unit', 1, undefined, report).failed).toHaveLength(1);
  });

  test('is a failure when it was stopped for taking too long', () => {
    expect(outcome('calls', 143, 480_000, undefined).failed[0]?.error).toBe(
      'stopped after 8 minutes',
    );
  });
});
