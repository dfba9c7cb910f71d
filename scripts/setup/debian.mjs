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
 * A package and how to see that it is there: a program in PATH or a file, either will do.
 * @typedef {{ name: string, programs?: string[], files?: string[] }} Wanted
 */

const LIBRARY_FOLDERS = ['/usr/lib', '/usr/lib64', '/lib'];

/** @type {Wanted[]} what `npm test` needs */
export const FOR_TESTS = [
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

/** @type {Wanted[]} what `npm start` needs: the other PortAudio libraries come with the binding */
export const FOR_START = [{ name: 'libportaudio2', files: ['libportaudio.so.2'] }];

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
  const names = missing(wanted).map(({ name }) => name);
  if (names.length === 0) return;
  const how = await privilege();
  if (!existsSync('/usr/bin/apt-get') || how === undefined) {
    return giveUp(names, required);
  }
  const line = progress(`Installing Debian packages: ${names.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', ...names],
  ];
  for (const step of steps) {
    const [command = 'apt-get', ...args] = [...how, 'apt-get', ...step];
    const { code, tail } = await run(command, args, { env, onLine: (text) => line.note(text) });
    // A stale index may still hold what is wanted: only the install decides.
    if (code === 0 || step[0] === 'update') continue;
    line.failed();
    process.stdout.write(`${tail.slice(-10).join('\n')}\n`);
    return giveUp(names, required);
  }
  line.done();
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
