/** A terminal that remembers what was written on it. */
import type { Terminal } from '../terminal.js';

export interface Paper extends Terminal {
  /** All of stdout, and of stderr. */
  stdout(): string;
  stderr(): string;
  /** Ctrl-C. */
  interrupt(): void;
}

export function paper(env: Record<string, string> = {}): Paper {
  const out: string[] = [];
  const err: string[] = [];
  const controller = new AbortController();
  return {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    env,
    interruption: () => controller.signal,
    stdout: () => out.join('\n'),
    stderr: () => err.join('\n'),
    interrupt: () => controller.abort(),
  };
}
