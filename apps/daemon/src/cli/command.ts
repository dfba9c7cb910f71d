/** What the commands that talk to the daemon have in common: how they find it and how they print. */
import type { Command } from 'commander';
import { readClientConfig } from '../config.js';
import { connect, type DaemonConnection } from './client.js';
import type { Terminal } from './terminal.js';

export interface FindOptions {
  home?: string;
  port?: string;
}

/** Adds `--home` and `--port`. */
export function findable(command: Command): Command {
  return command
    .option('--home <folder>', 'data folder of the daemon (KYBERLINE_HOME)')
    .option('--port <number>', 'port of the daemon on 127.0.0.1, if not as it says there');
}

/** Connects, does it, and hangs up whatever comes of it. */
export async function withDaemon<T>(
  options: FindOptions,
  terminal: Terminal,
  use: (daemon: DaemonConnection) => Promise<T>,
): Promise<T> {
  const daemon = await connect(readClientConfig(options, terminal.env));
  try {
    return await use(daemon);
  } finally {
    await daemon.close();
  }
}

export const JSON_OPTION = ['--json', 'print JSON'] as const;

export function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
