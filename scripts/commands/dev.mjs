/**
 * `npm run dev`: the compiler watches, Next.js renders pages as they are edited, and the daemon is
 * started again whenever its compiled code changed.
 *
 *   packages/*, apps/daemon ── tsc --watch ──► dist ──changed──► daemon again
 *   apps/panel/src/server ──── tsc --watch ──► dist ──changed──► panel again
 *   apps/panel/src ─────────── Next.js, live
 */
import { readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { turbo } from '../setup/build.mjs';
import { install } from '../setup/install.mjs';
import { panelUrl, portWishes, services } from '../setup/person.mjs';
import { NODE_MODULES, ROOT } from '../setup/places.mjs';
import { checkPorts } from '../setup/ports.mjs';
import { Problem } from '../setup/problem.mjs';
import { progress } from '../setup/progress.mjs';
import { run } from '../setup/run.mjs';
import { readOptions, untilStopped } from '../setup/session.mjs';
import { parse, readPerson, USAGE } from './start.mjs';

const TSC = join(NODE_MODULES, 'typescript', 'bin', 'tsc');
const PANEL_SERVER = join(ROOT, 'apps', 'panel', 'tsconfig.server.json');

const COMPILED = [
  join(ROOT, 'packages', 'shared'),
  join(ROOT, 'packages', 'core'),
  join(ROOT, 'packages', 'registry'),
  join(ROOT, 'apps', 'daemon'),
];
/** The compiler writes many files one after the other; wait until it is done. */
const SETTLED_MS = 400;

/**
 * Takes start's options.
 * @param {string[]} argv
 * @returns {Promise<number>} exit code
 */
export async function dev(argv) {
  const options = readOptions(USAGE, () => parse(argv));
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const person = { ...readPerson(options, process.env), dev: true };
  await checkPorts(portWishes(person));
  await install();
  await compileOnce();
  const [panel, daemon] = [0, 1];
  return untilStopped([...services(person), ...watchers()], {
    onReady: () => {
      process.stdout.write(
        `\nKyberline is running: ${panelUrl(person)}\nPress Ctrl-C to stop.\n\n`,
      );
    },
    during: (supervisor) => {
      const ends = [
        ...COMPILED.map((folder) =>
          onChange(join(folder, 'dist'), () => void supervisor.restart(daemon)),
        ),
        onChange(join(ROOT, 'apps', 'panel', 'dist'), () => void supervisor.restart(panel)),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
  });
}

async function compileOnce() {
  const line = progress('Compiling');
  const programs = await turbo(['build', '--filter=@kyberline/daemon'], (text) => line.note(text));
  const server = await run(process.execPath, [TSC, '-p', PANEL_SERVER], { cwd: ROOT });
  const bad = [programs, server].find(({ code }) => code !== 0);
  if (bad === undefined) return line.done();
  line.failed();
  throw new Problem('build-failed', 'The code does not compile: see above.', {
    detail: bad.tail.join('\n'),
  });
}

/** @returns {import('../setup/supervise.mjs').Service[]} */
function watchers() {
  const configs = [...COMPILED.map((folder) => join(folder, 'tsconfig.build.json')), PANEL_SERVER];
  return configs.map((config) => ({
    name: `the compiler of ${config.split(/[\\/]/).slice(-3, -1).join('/')}`,
    args: [TSC, '-p', config, '--watch', '--preserveWatchOutput', '--pretty', 'false'],
    show: true,
    readyWithinMs: 1000,
    isReady: async () => true,
  }));
}

/**
 * @param {string} folder
 * @param {() => void} act once after a burst of real changes
 * @returns {() => void} ends the watching
 */
function onChange(folder, act) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const known = new Map(compiledFiles(folder).map((path) => [path, readFileSync(path, 'utf8')]));
  const watcher = watch(folder, { recursive: true }, (_, name) => {
    if (name?.endsWith('.js') !== true) return;
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLED_MS);
  });
  // A compiler that starts to watch writes every file once more, as it was.
  const settle = () => {
    let changed = false;
    for (const path of compiledFiles(folder)) {
      const text = readFileSync(path, 'utf8');
      if (known.get(path) === text) continue;
      known.set(path, text);
      changed = true;
    }
    if (changed) act();
  };
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

/** @param {string} folder */
function compiledFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name));
}
