/** Child processes of a test: started with their output kept, looked at through /proc, ended by pid. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const KEPT_CHARACTERS = 64_000;

export interface Child {
  pid: number;
  process: ChildProcess;
  /** The last 64,000 characters of stdout and stderr as they came. */
  output(): string;
  /** Resolves when the process has ended, however that came. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  isRunning(): boolean;
  /** SIGTERM, then SIGKILL after `graceMs`; false if it took that. */
  stop(graceMs?: number): Promise<boolean>;
  kill9(): Promise<void>;
}

/** Starts a program; rejects if it cannot be started at all. */
export async function startChild(
  command: string,
  args: string[],
  options: SpawnOptions = {},
): Promise<Child> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let kept = '';
  const keep = (chunk: Buffer) => {
    kept = (kept + chunk.toString('utf8')).slice(-KEPT_CHARACTERS);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let running = true;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      live.delete(child);
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new Error(`${command} cannot be started.`, { cause })));
  });
  live.add(child);
  return {
    pid: child.pid!,
    process: child,
    output: () => kept,
    ended,
    isRunning: () => running,
    stop: async (graceMs = 5000) => {
      if (!running) return true;
      let inOrder = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => {
        inOrder = false;
        child.kill('SIGKILL');
      }, graceMs);
      await ended;
      clearTimeout(timer);
      return inOrder;
    },
    kill9: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Three times what our supervisor allows. */
const IN_ORDER_MS = 15_000;

/** A program of ours that hangs at its end fails its test. */
export async function stopInOrder(child: Child, name: string): Promise<void> {
  if (await child.stop(IN_ORDER_MS)) return;
  throw new Error(`${name} did not stop within ${IN_ORDER_MS} ms:\n${child.output()}`);
}

/** Whatever a failed test forgot must not outlive the test run. */
const live = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});

export interface ProcessInfo {
  pid: number;
  command: string;
}

/** The processes whose parent is `pid` (Linux). */
export function childrenOf(pid: number): ProcessInfo[] {
  const found: ProcessInfo[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // "pid (comm) state ppid …": comm may hold spaces and brackets, so count from its end.
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (parent !== pid) continue;
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      found.push({ pid: Number(entry), command });
    } catch {
      // Ended while we looked.
    }
  }
  return found;
}

/** What a process has open, as /proc/PID/fd names it: paths, `socket:[inode]` … (Linux). */
export function openFiles(pid: number): string[] {
  const found: string[] = [];
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      try {
        found.push(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        // Closed while we looked.
      }
    }
  } catch {
    // The process ended while we looked.
  }
  return found;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

/** What a process has used up to now. */
export interface Usage {
  cpuSeconds: number;
  residentMegabytes: number;
}

/** From /proc/PID/stat and statm; 100 ticks a second on every Linux that Node runs on. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return { cpuSeconds: ticks / 100, residentMegabytes: (pages * 4096) / 1e6 };
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again every `everyMs` until `check` gives something; throws `what` after `withinMs`. */
export async function eventually<T>(
  what: string,
  withinMs: number,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  everyMs = 50,
): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > until) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await sleep(everyMs);
  }
}
