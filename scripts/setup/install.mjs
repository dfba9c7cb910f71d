/**
 * Dependencies: installed when they are missing, older than the lock file, or for another Node. The
 * binding of PortAudio is optional, so npm is content where it did not compile; we are not.
 */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOR_BUILD, FOR_START, installDebianPackages, missing } from './debian.mjs';
import { NODE_MODULES, NOTES, ROOT } from './places.mjs';
import { Problem } from './problem.mjs';
import { progress } from './progress.mjs';
import { run, runNpm } from './run.mjs';

const LOCK = join(ROOT, 'package-lock.json');
/** npm's own record of what is in node_modules; written last. */
const INSTALLED = join(NODE_MODULES, '.package-lock.json');
const NOTE = join(NOTES, 'installed-for.txt');
/** With what the binding of PortAudio was last compiled in vain. */
const SOUND_NOTE = join(NOTES, 'sound-not-built.txt');
const SOUND = [
  join(NODE_MODULES, 'naudiodon', 'build', 'Release', 'naudiodon.node'),
  join(ROOT, 'packages', 'portaudio', 'build', 'Release', 'kyberline_portaudio.node'),
];
const isSoundBuilt = () => SOUND.every((path) => existsSync(path));
/** Of all native modules the one that loads in a single version of Node only. */
const FOR_ONE_NODE = join(
  NODE_MODULES,
  ...['better-sqlite3', 'build', 'Release', 'better_sqlite3.node'],
);
const SHOWN_ERRORS = 20;
const QUIET = ['--no-audit', '--no-fund', '--loglevel=warn'];

/** What native modules were built for. */
const BUILT_FOR = `${process.platform} ${process.arch} modules ${process.versions.modules}`;

/**
 * @typedef {object} InstallState
 * @property {number | undefined} installedAt when node_modules was filled, ms; undefined = never
 * @property {number} lockedAt when package-lock.json was written, ms
 * @property {string | undefined} installedFor platform and module version, where we noted it
 * @property {boolean} loads whether a module that is for one Node only loads in this one
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
  // Somebody else's install, by another Node perhaps.
  if (state.installedFor === undefined && !state.loads) {
    return 'what is there was built for another Node.js';
  }
  return undefined;
}

/**
 * @param {{ isBuilt: boolean, triedWith: string | undefined }} sound what was there when compiling the
 * binding of PortAudio last failed, if it did
 * @param {string} tools what is there now
 */
export function isSoundTriedAgain({ isBuilt, triedWith }, tools) {
  return !isBuilt && triedWith !== tools;
}

/**
 * Makes node_modules what package-lock.json says.
 * @throws {Problem} `install-failed` with the end of npm's output
 */
export async function install() {
  if (process.platform === 'linux') await installDebianPackages(FOR_START, { required: false });
  const installedFor = noted(NOTE);
  const state = {
    installedAt: writtenAt(INSTALLED),
    lockedAt: writtenAt(LOCK) ?? 0,
    installedFor,
    loads: installedFor !== undefined || (await loads(FOR_ONE_NODE)),
  };
  const reason = installReason(state, BUILT_FOR);
  if (reason !== undefined) await installAll(reason);
  else if (installedFor === undefined) note(NOTE, BUILT_FOR);
  await buildSound(reason === undefined);
}

/** @param {string} reason */
async function installAll(reason) {
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
  note(NOTE, BUILT_FOR);
}

/**
 * Tries once more to compile the binding of PortAudio, where it is missing and something has changed
 * since the last time. Kyberline runs without it, in silence, and that is said once.
 * @param {boolean} mayTry false if npm has just tried
 */
async function buildSound(mayTry) {
  const tools = `${BUILT_FOR} ${missing(FOR_BUILD).length === 0 ? 'with' : 'without'} a compiler`;
  if (!isSoundTriedAgain({ isBuilt: isSoundBuilt(), triedWith: noted(SOUND_NOTE) }, tools)) return;
  if (mayTry) {
    const line = progress('Compiling for sound cards (missing since the last install)');
    await npm(['install', '--no-save', '--fetch-retries=0', ...QUIET], (text) => line.note(text));
    if (isSoundBuilt()) return line.done();
    line.failed();
  }
  note(SOUND_NOTE, tools);
  process.stdout.write(
    'Sound cards cannot be used: the binding of PortAudio could not be compiled, so there will be silence. Install a C++ compiler (Debian: build-essential python3) and start again. What npm says of it: npm install --foreground-scripts\n',
  );
}

/**
 * `npm ci`, which takes exactly what package-lock.json says; where that file does not name every
 * optional package of this platform (it was written on another), `npm install`, which takes what the
 * file says and adds only those. That one leaves what is there as it is, so that a module for another
 * Node has to be built anew. None of them changes a file of the repository.
 * @param {(line: string) => void} onLine
 */
async function npmInstall(onLine) {
  const exact = await npm(['ci', ...QUIET], onLine);
  if (!exact.unfitting) return exact;
  const near = await npm(['install', '--no-save', ...QUIET], onLine);
  if (near.code !== 0 || (await loads(FOR_ONE_NODE))) return near;
  return npm(['rebuild', 'better-sqlite3', ...QUIET], onLine);
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

/**
 * In a process of its own: one that does not fit may also crash.
 * @param {string} native a compiled module
 */
export async function loads(native) {
  const code = `process.dlopen({ exports: {} }, ${JSON.stringify(native)})`;
  return (await run(process.execPath, ['-e', code])).code === 0;
}

/**
 * @param {string} path
 * @param {string} text
 */
function note(path, text) {
  mkdirSync(NOTES, { recursive: true });
  writeFileSync(path, `${text}\n`);
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
function noted(path) {
  try {
    return readFileSync(path, 'utf8').trim();
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
