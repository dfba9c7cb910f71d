/** Other programs, run to their end: npm, turbo, apt-get, vitest. */
import { spawn } from 'node:child_process';

const TAIL_LINES = 40;

/**
 * @typedef {object} Ran
 * @property {number} code exit code; 127 if it could not be started, 128 + n when killed
 * @property {string[]} tail the last 40 lines of stdout and stderr
 */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env] the whole environment; ours if left out
 * @param {(line: string) => void} [options.onLine] each line as it comes
 * @param {boolean} [options.show] pass the output through to ours instead of keeping it
 * @param {number} [options.limitMs] kill it, and what it started, after this long
 * @returns {Promise<Ran & { timedOut: boolean }>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    /** @type {string[]} */
    const tail = [];
    let timedOut = false;
    const ownGroup = process.platform !== 'win32' && options.limitMs !== undefined;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      detached: ownGroup,
      windowsHide: true,
    });
    /** @param {NodeJS.Signals} signal */
    const kill = (signal) => {
      if (child.pid === undefined) return;
      try {
        if (ownGroup) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // Already gone.
      }
    };
    const timer =
      options.limitMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            kill('SIGTERM');
            setTimeout(() => kill('SIGKILL'), 3000).unref();
          }, options.limitMs);
    // In a group of its own it does not get our Ctrl-C; it must not outlive us either.
    const stop = () => {
      kill('SIGKILL');
      process.exit(130);
    };
    if (ownGroup) for (const signal of STOP_SIGNALS) process.once(signal, stop);

    let rest = '';
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      const lines = (rest + chunk.toString('utf8')).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) keep(line);
    };
    /** @param {string} line */
    const keep = (line) => {
      if (line.trim() === '') return;
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      options.onLine?.(line);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    let settled = false;
    /** @param {number} code */
    const end = (code) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      for (const signal of STOP_SIGNALS) process.off(signal, stop);
      keep(rest);
      // What the program left behind in its group has nobody left to report to.
      if (ownGroup) kill('SIGKILL');
      resolve({ code, tail, timedOut });
    };
    child.once('error', (error) => {
      keep(error.message);
      end(127);
    });
    child.once('close', (code, signal) => end(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
}

/** @type {NodeJS.Signals[]} */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs npm itself. Under `npm start` npm names its own script, which spares the shell that
 * Windows needs for npm.cmd.
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runNpm(args, options = {}) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args], options);
  if (process.platform !== 'win32') return run('npm', args, options);
  return run(process.env.ComSpec ?? 'cmd.exe', ['/d', '/s', '/c', 'npm.cmd', ...args], options);
}
