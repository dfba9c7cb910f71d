/**
 * Several programs under one roof: started, watched, started again when they crash, and stopped
 * in turn. Each runs in a process group of its own, so that Ctrl-C reaches only us and the stop is
 * orderly: SIGTERM, SIGKILL after five seconds.
 *
 *   starting ──ready──► running ──crash──► waiting (0.5 s, 1, 2 … 15 s) ──► starting
 *       └── ended before it was ever ready: the whole start fails with its last lines
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './places.mjs';
import { Problem } from './problem.mjs';

const GRACE_MS = 5000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** Up for this long counts as healthy: the next crash waits briefly again. */
const HEALTHY_MS = 60_000;
const READY_POLL_MS = 100;
const TAIL_LINES = 25;
const FOLLOW = pathToFileURL(join(ROOT, 'scripts', 'setup', 'follow-parent.mjs')).href;

/**
 * @typedef {object} Service
 * @property {string} name for sentences, with its article: "the daemon"
 * @property {string[]} args of node: the script first
 * @property {NodeJS.ProcessEnv} [env] beside ours
 * @property {() => Promise<boolean>} [isReady] asked until it is true; without it, the program
 *   says so itself: process.send({ type: 'ready' })
 * @property {number} readyWithinMs
 * @property {boolean} [show] pass its output on line by line (development)
 */

/**
 * @typedef {object} Supervisor
 * @property {() => Promise<void>} ready resolves when all are up for the first time
 * @property {() => Promise<void>} stop
 * @property {(index: number) => Promise<void>} restart ends one; it comes up again at once
 * @property {() => number[]} pids
 */

/**
 * Starts the services, all at once; the first that fails fails the start, and the caller stops the rest.
 * @param {Service[]} services
 * @param {(sentence: string) => void} say
 * @returns {Supervisor}
 */
export function supervise(services, say) {
  const keepers = services.map((service) => keep(service, say));
  return {
    ready: async () => {
      await Promise.all(keepers.map((keeper) => keeper.start()));
    },
    stop: async () => {
      for (const keeper of keepers) keeper.retire();
      // In turn, the last first: a daemon tells its registry, which its panel holds, what it ends.
      for (const keeper of [...keepers].reverse()) await keeper.stop();
    },
    restart: async (index) => {
      await keepers[index]?.restart();
    },
    pids: () => keepers.flatMap((keeper) => keeper.pid() ?? []),
  };
}

/**
 * @param {Service} service
 * @param {(sentence: string) => void} say
 */
function keep(service, say) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  /** @type {Promise<void>} */
  let gone = Promise.resolve();
  /** @type {string[]} */
  let tail = [];
  let stopping = false;
  let everReady = false;
  let saidReady = false;
  let wanted = false;
  let waitMs = FIRST_WAIT_MS;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;

  const launch = () => {
    tail = [];
    saidReady = false;
    const startedAt = performance.now();
    const own = spawn(process.execPath, ['--import', FOLLOW, ...service.args], {
      cwd: ROOT,
      env: { ...process.env, ...service.env, KYBERLINE_SUPERVISED: '1' },
      // The channel is how it says that it is ready, and how it learns that we are gone.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    child = own;
    own.on('message', (message) => {
      if (child === own) saidReady ||= isReadyMessage(message);
    });
    for (const stream of [own.stdout, own.stderr]) collect(stream, (line) => remember(line));
    gone = new Promise((resolve) => {
      /** @param {string} how */
      const over = (how) => {
        if (child !== own) return;
        child = undefined;
        resolve();
        if (stopping || !everReady) return;
        if (performance.now() - startedAt > HEALTHY_MS) waitMs = FIRST_WAIT_MS;
        const pause = wanted ? 0 : waitMs;
        if (!wanted) {
          say(`${capital(service.name)} ${how}; starting it again${tailNote(tail)}`);
          waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
        }
        wanted = false;
        timer = setTimeout(() => void relaunch(), pause);
      };
      own.once('error', (error) => over(`could not be started (${error.message})`));
      own.once('exit', (code, signal) => {
        over(signal === null ? `ended with code ${code}` : `was ended by ${signal}`);
      });
    });
  };

  const relaunch = async () => {
    launch();
    try {
      if (await becomesReady()) say(`${capital(service.name)} is up again.`);
    } catch {
      // It runs but does not answer: end it, and the crash that this is begins the next try.
      if (child !== undefined) killGroup(child);
    }
  };

  /** True once it is ready; false when it ended before. */
  const becomesReady = async () => {
    const mine = child;
    const until = performance.now() + service.readyWithinMs;
    while (child === mine && mine !== undefined && !stopping) {
      const ready = service.isReady?.().catch(() => false) ?? saidReady;
      if (await ready) return child === mine;
      if (performance.now() > until) {
        throw new Problem(
          'not-ready',
          `${capital(service.name)} did not answer within ${Math.round(service.readyWithinMs / 1000)} s: its last lines are above.`,
          { detail: tail.join('\n') },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
    return false;
  };

  /** @param {string} line */
  const remember = (line) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    if (service.show) process.stdout.write(`${line}\n`);
  };

  const end = async () => {
    clearTimeout(timer);
    const own = child;
    if (own === undefined) return;
    // On Windows kill() is the end at once; closing the channel lets it finish in order.
    if (process.platform === 'win32' && own.connected) own.disconnect();
    else own.kill('SIGTERM');
    const hard = setTimeout(() => killGroup(own), GRACE_MS);
    await gone;
    clearTimeout(hard);
    killGroup(own);
  };

  return {
    start: async () => {
      launch();
      if (await becomesReady()) {
        everReady = true;
        return;
      }
      if (stopping) return;
      throw new Problem('ended-early', `${capital(service.name)} could not be started.`, {
        detail: tail.join('\n'),
      });
    },
    /** It is not started again, whatever becomes of it. */
    retire: () => {
      stopping = true;
    },
    stop: end,
    restart: async () => {
      if (child === undefined) {
        clearTimeout(timer);
        if (everReady && !stopping) void relaunch();
        return;
      }
      wanted = true;
      await end();
    },
    pid: () => child?.pid,
  };
}

/** @param {unknown} message */
function isReadyMessage(message) {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready'
  );
}

/**
 * The group of a program that ended holds at most what it left behind.
 * @param {import('node:child_process').ChildProcess} child
 */
function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing left.
  }
}

/**
 * @param {import('node:stream').Readable | null} stream
 * @param {(line: string) => void} onLine
 */
function collect(stream, onLine) {
  let rest = '';
  stream?.on('data', (/** @type {Buffer} */ chunk) => {
    const lines = (rest + chunk.toString('utf8')).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
  });
}

/** @param {string[]} tail */
function tailNote(tail) {
  const last = tail.at(-1);
  return last === undefined ? '.' : `. Its last words: ${last}`;
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
