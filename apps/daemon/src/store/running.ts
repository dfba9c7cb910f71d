/** <home>/daemon.json: where the running daemon listens, for the command. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from './private-file.js';

export const DAEMON_FILE = 'daemon.json';

const runningDaemon = z.object({
  apiPort: z.number().int().min(1).max(65_535),
  pid: z.number().int().min(1),
});
export type RunningDaemon = z.infer<typeof runningDaemon>;

export function writeRunning(home: string, daemon: RunningDaemon): void {
  writePrivateFile(join(home, DAEMON_FILE), `${JSON.stringify(daemon)}\n`);
}

/** What the last daemon wrote; it may have been killed since. undefined if there is none. */
export function readRunning(home: string): RunningDaemon | undefined {
  const text = readPrivateFile(join(home, DAEMON_FILE));
  if (text === undefined) return undefined;
  try {
    return runningDaemon.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function removeRunning(home: string): void {
  rmSync(join(home, DAEMON_FILE), { force: true });
}
