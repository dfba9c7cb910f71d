/** Runs the command in this process, as a line that a person types, against a fake daemon. */
import { run } from '../run.js';
import type { FakeDaemon } from './fake-daemon.js';
import { type Paper, paper } from './paper.js';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export async function kyberline(
  fake: FakeDaemon,
  line: string,
  on: Paper = paper({ KYBERLINE_HOME: fake.home }),
): Promise<Ran> {
  const code = await run(line.split(' ').filter(Boolean), on);
  return { code, out: on.stdout(), err: on.stderr() };
}

/** Throws if it is not so within 2 s. */
export async function until(check: () => boolean): Promise<void> {
  for (let i = 0; !check() && i < 400; i++) await new Promise((resolve) => setTimeout(resolve, 5));
  if (!check()) throw new Error(`not within 2 s: ${check}`);
}
