/** The honest end of `npm test`: one table, the reasons for what was skipped, one last line. */

/**
 * The one reason for which a test may be skipped where CI is set: the vectors lie beside the
 * repository, and a plain checkout is whole without them.
 */
export const NO_VECTORS =
  'no NIST vectors here: there is no ../shared/vectors beside the repository';

/** What has to be done once before there can be tests, and hangs on the network. */
const BEFOREHAND = new Set(['install', 'packages', 'build']);
/** How long all stages after those may take on a machine of two processors. */
const BUDGET_SECONDS = 12 * 60;

/**
 * @typedef {object} StageResult
 * @property {string} stage
 * @property {number} seconds
 * @property {number} passed
 * @property {{ name: string, error: string }[]} failed
 * @property {{ name: string, reason: string }[]} skipped
 * @property {boolean} counts true for stages that consist of tests
 */

/**
 * @param {StageResult[]} results
 * @param {{ ci: boolean }} options with `ci`, a test that was skipped for any other reason than
 *   NO_VECTORS is a failure of the run
 * @returns {{ text: string, exitCode: number }} the text's last line is the counts alone
 */
export function summarize(results, { ci }) {
  const passed = sum(results.map((result) => result.passed));
  const failed = sum(results.map((result) => result.failed.length));
  const skipped = sum(results.map((result) => result.skipped.length));
  const missed = results
    .flatMap((result) => result.skipped)
    .filter(({ reason }) => reason !== NO_VECTORS).length;
  const noTests = results.some((result) => result.counts) && passed + failed + skipped === 0;
  const lines = ['', table(results), ''];
  for (const { stage, failed: list } of results) {
    for (const { name, error } of list)
      lines.push(`failed   ${stage}: ${name}\n         ${first(error)}`);
  }
  for (const { stage, skipped: list } of results) {
    for (const { name, reason } of list) {
      lines.push(`skipped  ${stage}: ${name}\n         ${first(reason) || 'no reason given'}`);
    }
  }
  if (noTests) lines.push('No test ran at all, which counts as a failure.');
  if (ci && missed > 0)
    lines.push('Where CI is set, a skipped test counts as a failure of the run.');
  lines.push('', ...time(results));
  const counts = [`${passed} passed`, `${failed} failed`];
  if (skipped > 0) counts.push(`${skipped} skipped`);
  lines.push('', counts.join(', '));
  const bad = failed > 0 || noTests || (ci && missed > 0);
  return { text: lines.join('\n').replace(/\n{3,}/g, '\n\n'), exitCode: bad ? 1 : 0 };
}

/**
 * How long it took beside how long it may take; nothing if it never came to a test.
 * @param {StageResult[]} results
 */
function time(results) {
  const seconds = (/** @type {boolean} */ beforehand) =>
    sum(results.filter(({ stage }) => BEFOREHAND.has(stage) === beforehand).map((r) => r.seconds));
  if (results.every(({ stage }) => BEFOREHAND.has(stage))) return [];
  const took = Math.round(seconds(false));
  const before = duration(Math.round(seconds(true)));
  const line = `The tests took ${duration(took)} of at most ${duration(BUDGET_SECONDS)}, after ${before} of installing and building.`;
  if (took <= BUDGET_SECONDS) return [line];
  return [
    line,
    `That is ${duration(took - BUDGET_SECONDS)} too long: the machine is slow or busy, or one of the stages above has become slow.`,
  ];
}

/** @param {number} seconds whole ones */
function duration(seconds) {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** @param {StageResult[]} results */
function table(results) {
  const rows = [
    ['stage', 'passed', 'failed', 'skipped', 'seconds'],
    ...results.map(({ stage, counts, passed, failed, skipped, seconds }) => [
      stage,
      counts ? String(passed) : failed.length === 0 ? 'ok' : '-',
      String(failed.length),
      counts ? String(skipped.length) : '-',
      seconds.toFixed(1),
    ]),
    [
      'together',
      String(sum(results.map((result) => result.passed))),
      String(sum(results.map((result) => result.failed.length))),
      String(sum(results.map((result) => result.skipped.length))),
      sum(results.map((result) => result.seconds)).toFixed(1),
    ],
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @param {string} text */
function first(text) {
  return text.split('\n')[0] ?? '';
}
