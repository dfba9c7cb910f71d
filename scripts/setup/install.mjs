/** Dependencies: installed when they are missing, older than the lock file, or for another Node. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_MODULES, NOTES, ROOT } from './places.mjs';
import { Problem } from './problem.mjs';
import { progress } from './progress.mjs';
import { runNpm } from './run.mjs';

const LOCK = join(ROOT, 'package-lock.json');
/** npm's own record of what is in node_modules; written last. */
const INSTALLED = join(NODE_MODULES, '.package-lock.json');
const NOTE = join(NOTES, 'installed-for.txt');
const SHOWN_ERRORS = 20;

/** What native modules were built for. */
const BUILT_FOR = `${process.platform} ${process.arch} modules ${process.versions.modules}`;

/**
 * @typedef {object} InstallState
 * @property {number | undefined} installedAt when node_modules was filled, ms; undefined = never
 * @property {number} lockedAt when package-lock.json was written, ms
 * @property {string | undefined} installedFor platform and module version, where we noted it
 */

/**
 * @param {InstallState} state
 * @param {string} builtFor
 * @returns {string | undefined} why an install is needed, for the progress line
 */
export function installReason(state, builtFor) {
  if (state.installedAt === undefined) return 'first time, this takes a minute or two';
  if (state.installedAt < state.lockedAt) return 'package-lock.json is newer';
  if (state.installedFor !== undefined && state.installedFor !== builtFor) {
    return 'Node.js is another version than last time';
  }
  return undefined;
}

/**
 * Makes node_modules what package-lock.json says.
 * @throws {Problem} `install-failed` with the end of npm's output
 */
export async function install() {
  const reason = installReason(
    { installedAt: writtenAt(INSTALLED), lockedAt: writtenAt(LOCK) ?? 0, installedFor: noted() },
    BUILT_FOR,
  );
  if (reason === undefined) {
    if (noted() === undefined) note();
    return;
  }
  const line = progress(`Installing dependencies (${reason})`);
  const { code, said } = await npmInstall((text) => line.note(text));
  if (code !== 0) {
    line.failed();
    throw new Problem(
      'install-failed',
      "The dependencies could not be installed: npm's own words are above. Check the network (npm must reach its registry) and that a compiler is there (Debian: build-essential python3), then run the same command again.",
      { detail: said.join('\n') },
    );
  }
  line.done();
  note();
}

/**
 * `npm ci`, which takes exactly what package-lock.json says; where that file does not name every
 * optional package of this platform (it was written on another), `npm install`, which takes what the
 * file says and adds only those. Neither changes a file of the repository.
 * @param {(line: string) => void} onLine
 */
async function npmInstall(onLine) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=warn'];
  const exact = await npm(['ci', ...quiet], onLine);
  return exact.unfitting ? npm(['install', '--no-save', ...quiet], onLine) : exact;
}

/**
 * @param {string[]} args
 * @param {(line: string) => void} onLine
 */
async function npm(args, onLine) {
  /** @type {string[]} */
  const errors = [];
  let unfitting = false;
  const { code, tail } = await runNpm(args, {
    cwd: ROOT,
    onLine: (text) => {
      onLine(text);
      if (/\bcode EUSAGE\b/.test(text)) unfitting = true;
      // npm says first what went wrong and then for long what else it can do.
      if (/^npm error /i.test(text) && errors.length < SHOWN_ERRORS) errors.push(text);
    },
  });
  return { code, unfitting, said: errors.length > 0 ? errors : tail };
}

function note() {
  mkdirSync(NOTES, { recursive: true });
  writeFileSync(NOTE, `${BUILT_FOR}\n`);
}

/** @returns {string | undefined} */
function noted() {
  try {
    return readFileSync(NOTE, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * @param {string} path
 * @returns {number | undefined}
 */
function writtenAt(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}
