/**
 * The build, skipped in milliseconds when nothing changed: a stamp over the names, sizes and times
 * of all sources stands beside what was built from them. Turbo decides what is really stale.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { NODE_MODULES, NOTES, PANEL, ROOT } from './places.mjs';
import { Problem } from './problem.mjs';
import { progress } from './progress.mjs';
import { run } from './run.mjs';

const NOTE = join(NOTES, 'built-from.txt');
const TURBO = join(NODE_MODULES, 'turbo', 'bin', 'turbo');

/** Folders whose contents a build makes or ignores. */
const NOT_SOURCES = new Set(['node_modules', 'dist', '.next', '.turbo', 'next-env.d.ts']);
const ROOT_SOURCES = ['package-lock.json', 'tsconfig.base.json', 'turbo.json', 'db'];

/** What must be there after a build, so that a wiped dist is not taken for up to date. */
const RESULTS = [
  join(ROOT, 'packages', 'shared', 'dist'),
  join(ROOT, 'packages', 'core', 'dist'),
  join(ROOT, 'packages', 'registry', 'dist'),
  join(ROOT, 'apps', 'daemon', 'dist', 'cli', 'main.js'),
  join(ROOT, 'apps', 'panel', '.next', 'BUILD_ID'),
  PANEL,
];

/**
 * Builds what is stale.
 * @throws {Problem} `build-failed` with the end of the build's output
 */
export async function build() {
  const stamp = sourceStamp(ROOT);
  if (noted() === stamp && RESULTS.every((path) => existsSync(path))) return;
  const line = progress('Building');
  const { code, tail } = await turbo(['build'], (text) => line.note(text));
  if (code !== 0) {
    line.failed();
    throw new Problem(
      'build-failed',
      'The build failed: its last lines are above. "npm run build" shows all of them.',
      { detail: tail.join('\n') },
    );
  }
  line.done();
  mkdirSync(NOTES, { recursive: true });
  writeFileSync(NOTE, stamp);
}

/**
 * `turbo run …` with its cache; nothing of it reports home.
 * @param {string[]} tasks and turbo's own options
 * @param {(line: string) => void} onLine
 */
export function turbo(tasks, onLine) {
  return run(
    process.execPath,
    [TURBO, 'run', ...tasks, '--ui=stream', '--output-logs=new-only', '--env-mode=loose'],
    {
      cwd: ROOT,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', TURBO_TELEMETRY_DISABLED: '1' },
      onLine,
    },
  );
}

/**
 * One hash over everything that a build reads, by name, size and time of change.
 * @param {string} root
 */
export function sourceStamp(root) {
  const hash = createHash('sha256');
  /** @param {string} path */
  const add = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (!stat.isDirectory()) {
      hash.update(`${relative(root, path)}\0${stat.size}\0${stat.mtimeMs}\n`);
      return;
    }
    for (const name of readdirSync(path).sort()) {
      if (!NOT_SOURCES.has(name) && !name.endsWith('.tsbuildinfo')) add(join(path, name));
    }
  };
  for (const name of ROOT_SOURCES) add(join(root, name));
  for (const folder of ['packages', 'apps']) add(join(root, folder));
  return hash.digest('hex');
}

/** @returns {string | undefined} */
function noted() {
  try {
    return readFileSync(NOTE, 'utf8');
  } catch {
    return undefined;
  }
}
