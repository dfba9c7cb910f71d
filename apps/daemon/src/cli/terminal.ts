/** Where a command writes, and how a person or a script stops it. */
import { ENVIRONMENT, type Environment } from '../config.js';

export interface Terminal {
  /** One line, or several, to stdout. */
  out(text: string): void;
  /** One line, or several, to stderr. */
  err(text: string): void;
  env: Environment;
  /**
   * Aborted by Ctrl-C or a request to end (SIGINT, SIGTERM, SIGHUP). Asking for it takes those
   * signals over: a command that does not ask is ended by them at once.
   */
  interruption(): AbortSignal;
}

export function processTerminal(): Terminal {
  let controller: AbortController | undefined;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    env: ENVIRONMENT,
    interruption() {
      if (controller === undefined) {
        const made = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
          process.on(signal, () => made.abort());
        }
        made.signal.addEventListener('abort', exitOnSecondCtrlC);
        controller = made;
      }
      return controller.signal;
    },
  };
}

/**
 * A person who presses Ctrl-C again after a while does not want to wait for the goodbye. One press
 * can arrive twice, from the terminal and from npm, so the first second does not count.
 */
function exitOnSecondCtrlC(): void {
  const armed = setTimeout(() => process.on('SIGINT', () => process.exit(130)), 1_000);
  armed.unref();
}

/**
 * Aborted by the interruption or after `ms`. Not AbortSignal.any of a timeout: Node 20 may forget
 * such a signal before its time.
 */
export function interruptedOrAfter(interruption: AbortSignal, ms: number): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  setTimeout(abort, ms).unref();
  if (interruption.aborted) abort();
  else interruption.addEventListener('abort', abort, { once: true });
  return controller.signal;
}

/** Resolves when the signal is aborted; also if it was before. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
