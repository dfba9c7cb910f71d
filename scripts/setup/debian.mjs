/**
 * What Kyberline and its tests want of Debian or Ubuntu: found out, and installed where we may.
 * Other systems are left alone; what is missing there shows in the tests that need it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Problem } from './problem.mjs';
import { progress } from './progress.mjs';
import { run } from './run.mjs';

/**
 * A package and how to see that it is there: all of its programs in PATH and all of its files.
 * `renamed` is what newer releases call it.
 * @typedef {{ name: string, renamed?: string, programs?: string[], files?: string[] }} Wanted
 */

const LIBRARY_FOLDERS = ['/usr/lib', '/usr/lib64', '/lib'];

/** @type {Wanted[]} what npm compiles native modules with: the binding of PortAudio always */
export const FOR_BUILD = [
  { name: 'build-essential', programs: ['gcc', 'g++', 'make'] },
  { name: 'python3', programs: ['python3'] },
];

/** @type {Wanted[]} what `npm test` needs; alsa-utils brings libasound2 */
export const FOR_TESTS = [
  ...FOR_BUILD,
  { name: 'chromium', programs: ['chromium'] },
  { name: 'pulseaudio', programs: ['pulseaudio'] },
  { name: 'pulseaudio-utils', programs: ['pactl', 'pacat', 'parec'] },
  { name: 'libasound2-plugins', files: ['alsa-lib/libasound_module_pcm_pulse.so'] },
  { name: 'alsa-utils', programs: ['aplay'] },
  { name: 'espeak-ng', programs: ['espeak-ng'] },
  { name: 'iproute2', programs: ['ip', 'ss'] },
  { name: 'procps', programs: ['ps'] },
  {
    name: 'fonts-noto-color-emoji',
    files: ['/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'],
  },
];

/**
 * What `npm start` needs: a PortAudio comes with the binding, for ARM alone it does not.
 * @param {string} arch as Node names it
 * @returns {Wanted[]}
 */
export function forStart(arch) {
  return [
    { name: 'libasound2', renamed: 'libasound2t64', files: ['libasound.so.2'] },
    ...(arch === 'arm64' ? [{ name: 'libportaudio2', files: ['libportaudio.so.2'] }] : []),
  ];
}

export const FOR_START = forStart(process.arch);

/**
 * Those of the packages that are not there.
 * @param {Wanted[]} wanted
 * @param {NodeJS.ProcessEnv} [env]
 */
export function missing(wanted, env = process.env) {
  return wanted.filter(({ programs = [], files = [] }) => {
    const all = programs.every((program) => inPath(program, env)) && files.every(hasFile);
    return !all;
  });
}

/**
 * Installs what is missing where that is allowed (root, or sudo without a password).
 * @param {Wanted[]} wanted
 * @param {{ required: boolean }} options required: without it the caller cannot go on
 * @throws {Problem} `packages-missing` with the one command, when required and not installable
 */
export async function installDebianPackages(wanted, { required }) {
  const absent = missing(wanted);
  if (absent.length === 0) return;
  const how = await privilege();
  if (!existsSync('/usr/bin/apt-get') || how === undefined) {
    return giveUp(await namesHere(absent), required);
  }
  const line = progress(`Installing Debian packages: ${absent.map(({ name }) => name).join(' ')}`);
  /** @param {string[]} step */
  const apt = (step) => {
    const [command = 'apt-get', ...args] = [...how, 'apt-get', ...step];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return run(command, args, { env, onLine: (text) => line.note(text) });
  };
  // A stale index may still hold what is wanted: only the install decides.
  await apt(['update', '-q']);
  const names = await namesHere(absent);
  const { code, tail } = await apt(['install', '-q', '-y', '--no-install-recommends', ...names]);
  if (code === 0) return line.done();
  line.failed();
  process.stdout.write(`${tail.slice(-10).join('\n')}\n`);
  return giveUp(names, required);
}

/**
 * What this release calls them.
 * @param {Wanted[]} wanted
 */
function namesHere(wanted) {
  return Promise.all(
    wanted.map(async ({ name, renamed }) => {
      if (renamed === undefined) return name;
      return (await run('apt-cache', ['show', renamed])).code === 0 ? renamed : name;
    }),
  );
}

/**
 * @param {string[]} names
 * @param {boolean} required
 */
function giveUp(names, required) {
  const command = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`;
  const sentence = existsSync('/usr/bin/apt-get')
    ? `These Debian packages are missing: ${names.join(', ')}. Install them with:\n\n  ${command}\n`
    : `These programs are missing: ${names.join(', ')} (Debian's names). Install them with your system's package manager.\n`;
  if (required) throw new Problem('packages-missing', sentence);
  process.stdout.write(`${sentence}Going on without them.\n`);
}

/**
 * What to put before apt-get: nothing for root, sudo where it asks no password.
 * @returns {Promise<string[] | undefined>}
 */
async function privilege() {
  if (process.getuid?.() === 0) return [];
  if (!inPath('sudo', process.env)) return undefined;
  return (await run('sudo', ['-n', 'true'])).code === 0 ? ['sudo', '-E'] : undefined;
}

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 */
function inPath(program, env) {
  // Ordinary users of Debian have no sbin in their PATH, and `ip` may be there.
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)));
}

/** @param {string} file an absolute path, or one below a library folder of any architecture */
function hasFile(file) {
  if (file.startsWith('/')) return existsSync(file);
  return LIBRARY_FOLDERS.some((folder) => {
    if (existsSync(join(folder, file))) return true;
    if (!existsSync(folder)) return false;
    return readdirSync(folder).some(
      (name) => name.includes('linux-gnu') && existsSync(join(folder, name, file)),
    );
  });
}
