/** Where a command writes, and how a person or a script stops it. */
import type { Environment } from '../config.js';

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
    env: process.env,
    interruption() {
      if (controller === undefined) {
        const made = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
          process.on(signal, () => made.abort());
        }
        controller = made;
      }
      return controller.signal;
    },
  };
}

/** Resolves when the signal is aborted; also if it was before. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
