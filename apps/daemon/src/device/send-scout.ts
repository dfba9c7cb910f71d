/** Has another program look for sound cards (scout.ts), at a low priority: voice goes on meanwhile. */
import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { SoundDevice } from '@kyberline/shared/devices';
import type { BindingName } from './binding-names.js';

const SCOUT = fileURLToPath(new URL('./scout.js', import.meta.url));
/** A sound system that hangs holds up nobody else. */
const LIMIT_MS = 4_000;

/** @returns undefined where it could not look, or has not come back in time */
export function sendScout(binding: BindingName): Promise<SoundDevice[] | undefined> {
  return new Promise((resolve) => {
    const child = fork(SCOUT, [binding], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    try {
      if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It has ended already, or may not be slower than we are.
    }
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    const ended = (found?: SoundDevice[]) => {
      clearTimeout(limit);
      resolve(found);
    };
    child.once('message', (found) => ended(found as SoundDevice[]));
    child.once('error', () => ended());
    child.once('exit', () => ended());
  });
}
