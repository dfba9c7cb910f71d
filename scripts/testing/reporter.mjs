/**
 * A Vitest reporter that writes what `npm test` sums up: every test's end, why one was skipped, and
 * the errors that belong to no test. Its file is named by KYBERLINE_TEST_REPORT.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @typedef {object} TestReport
 * @property {number} passed
 * @property {{ name: string, error: string }[]} failed tests, files that could not be loaded, stray errors
 * @property {{ name: string, reason: string }[]} skipped
 */

export default class SummaryReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly import('vitest/node').SerializedError[]} strays
   */
  onTestRunEnd(modules, strays) {
    /** @type {TestReport} */
    const report = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        const name = `${module.relativeModuleId} › ${test.fullName}`;
        if (result.state === 'passed') report.passed += 1;
        else if (result.state === 'skipped') {
          report.skipped.push({ name, reason: result.note ?? '' });
        } else {
          // `pending` is a test that never came to an end.
          const [error] = result.errors ?? [];
          report.failed.push({ name, error: error?.message ?? 'did not finish' });
        }
      }
      const errors = [...module.errors(), ...suiteErrors(module.children)];
      for (const error of errors) {
        report.failed.push({ name: module.relativeModuleId, error: error.message });
      }
    }
    for (const error of strays) {
      report.failed.push({ name: 'an error outside any test', error: error.message });
    }
    const path = process.env.KYBERLINE_TEST_REPORT;
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(report));
  }
}

/**
 * A beforeAll that failed is an error of its suite.
 * @param {import('vitest/node').TestModule['children']} children
 */
function suiteErrors(children) {
  return [...children.allSuites()].flatMap((suite) => suite.errors());
}
