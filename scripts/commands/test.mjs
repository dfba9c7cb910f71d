/**
 * `npm test`: every stage in order, then one table. What a stage needs (installing, building) is
 * done even when only some stages are asked for; both are skipped in no time when up to date.
 */

import { Problem } from '../setup/problem.mjs';
import { STAGES } from '../testing/stages.mjs';
import { summarize } from '../testing/summary.mjs';

const CHOICES = STAGES.filter((stage) => !stage.vital).map((stage) => stage.name);

const USAGE = `Usage: npm test -- [stage …]

  Without a stage, all of them: ${CHOICES.join(', ')}.
  CI=true makes a skipped test a failure.`;

/**
 * @param {string[]} argv
 * @returns {Promise<number>} exit code
 */
export async function test(argv) {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const unknown = argv.find((name) => !CHOICES.includes(name));
  if (unknown !== undefined) {
    throw new Problem('bad-option', `There is no stage "${unknown}".\n\n${USAGE}`);
  }
  const chosen = STAGES.filter((s) => s.vital || argv.length === 0 || argv.includes(s.name));
  /** @type {import('../testing/summary.mjs').StageResult[]} */
  const results = [];
  for (const stage of chosen) {
    process.stdout.write(`\n── ${stage.name} ${'─'.repeat(60 - stage.name.length)}\n`);
    const started = performance.now();
    const outcome = await stage.run();
    const seconds = (performance.now() - started) / 1000;
    results.push({ stage: stage.name, counts: stage.counts, seconds, ...outcome });
    process.stdout.write(
      `${stage.name}: ${outcome.failed.length === 0 ? 'ok' : 'FAILED'} (${seconds.toFixed(1)} s)\n`,
    );
    if (stage.vital && outcome.failed.length > 0) break;
  }
  const { text, exitCode } = summarize(results, { ci: isTrue(process.env.CI) });
  process.stdout.write(`${text}\n`);
  return exitCode;
}

/** @param {string | undefined} text */
function isTrue(text) {
  return text === 'true' || text === '1';
}
