/** From ready programs to the last goodbye: what start, demo and dev have in common. */
import { Problem } from './problem.mjs';
import { supervise } from './supervise.mjs';

/**
 * Runs the services until the person stops us. Resolves to the exit code.
 * @param {import('./supervise.mjs').Service[]} services
 * @param {object} life
 * @param {() => void | Promise<void>} life.onReady once all are up
 * @param {(supervisor: import('./supervise.mjs').Supervisor) => (() => void) | undefined} [life.during]
 *   begins something that lasts as long (a watcher) and gives what ends it
 * @returns {Promise<number>}
 */
export async function untilStopped(services, { onReady, during }) {
  const supervisor = supervise(services, (sentence) => process.stdout.write(`${sentence}\n`));
  /** @type {(signal: NodeJS.Signals) => void} */
  let stopped = () => {};
  /** @type {Promise<NodeJS.Signals>} */
  const stop = new Promise((resolve) => {
    stopped = resolve;
  });
  // Stays installed: a second Ctrl-C must not cut the goodbye short and leave programs behind.
  for (const signal of SIGNALS) process.on(signal, stopped);
  /** @type {(() => void) | undefined} */
  let end;
  try {
    const first = await Promise.race([supervisor.ready().then(() => undefined), stop]);
    if (first === undefined) {
      end = during?.(supervisor);
      await onReady();
      await stop;
    }
    process.stdout.write('\nStopping …\n');
    return 0;
  } finally {
    end?.();
    await supervisor.stop();
    for (const signal of SIGNALS) process.off(signal, stopped);
    process.stdout.write('Stopped.\n');
  }
}

/** @type {NodeJS.Signals[]} */
const SIGNALS =
  process.platform === 'win32' ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Turns parseArgs' complaint into a sentence with the usage below it.
 * @template T
 * @param {string} usage
 * @param {() => T} parse
 * @returns {T}
 */
export function readOptions(usage, parse) {
  try {
    return parse();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : String(cause);
    throw new Problem('bad-option', `${reason}.\n\n${usage}`, { cause });
  }
}
