/** What `npm start` and `npm run demo` run, on ports and in folders of a test's own. */
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, childrenOf, eventually, isAlive, startChild } from '../rig/child.js';
import { plainEnv } from '../rig/kyberline.js';
import { freeTcpPort, freeUdpPort } from '../rig/ports.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GONE_MS = 2000;

export interface Command {
  child: Child;
  /** Resolves once it has printed this. */
  says(text: string, withinMs: number): Promise<void>;
  /** Ctrl-C. Resolves with what came of it, and with those of its processes that are still there. */
  interrupt(): Promise<{ code: number | null; survivors: string[] }>;
  /** Ends it whatever became of the test. */
  stop(): Promise<void>;
}

/** Runs scripts/NAME.mjs as npm does. */
export async function runCommand(name: 'start' | 'demo', args: string[]): Promise<Command> {
  const script = join(ROOT, 'scripts', `${name}.mjs`);
  const child = await startChild(process.execPath, [script, ...args], {
    cwd: ROOT,
    env: plainEnv(),
  });
  return {
    child,
    says: async (text, withinMs) => {
      await eventually(`"${text}"`, withinMs, () => {
        if (child.output().includes(text)) return true;
        if (child.isRunning()) return false;
        throw new Error(`It ended without saying "${text}":\n${child.output()}`);
      });
    },
    interrupt: async () => {
      const processes = familyOf(child.pid);
      child.process.kill('SIGINT');
      const { code } = await child.ended;
      const survivors = () => processes.filter(({ pid }) => isAlive(pid));
      // The system itself takes a moment to bury a process.
      await eventually('all are gone', GONE_MS, () => survivors().length === 0).catch(() => {});
      return { code, survivors: survivors().map(({ command }) => command) };
    },
    stop: async () => {
      child.process.kill('SIGINT');
      await child.stop(10_000);
    },
  };
}

export interface Place {
  home: string;
  port: number;
  daemonPort: number;
  /** The options that say so. */
  options: string[];
}

/** A folder and ports for one person, or for two whose ports are neighbours. */
export async function freePlace(people: 1 | 2): Promise<Place> {
  const home = mkdtempSync(join(tmpdir(), 'kyberline-start-'));
  const port = await freePort('tcp', people);
  const daemonPort = await freePort('tcp', people);
  const udpPort = await freePort('udp', people);
  const registryPort = await freeTcpPort();
  return {
    home,
    port,
    daemonPort,
    options: [
      ...['--no-open', '--home', home, '--port', `${port}`, '--daemon-port', `${daemonPort}`],
      ...['--udp-port', `${udpPort}`, '--registry-port', `${registryPort}`],
    ],
  };
}

export function leave({ home }: Place): void {
  rmSync(home, { recursive: true, force: true });
}

/** What a person's browser gets who types the address that was printed. */
export function visit(port: number): Promise<{ status: number | undefined; html: string }> {
  return new Promise((resolve, reject) => {
    // Not by fetch: the panel takes its requests for those of a page's script.
    const asked = get(
      `http://localhost:${port}/`,
      { headers: { accept: 'text/html' } },
      (reply) => {
        let html = '';
        reply.setEncoding('utf8');
        reply.on('data', (chunk: string) => {
          html += chunk;
        });
        reply.on('end', () => resolve({ status: reply.statusCode, html }));
      },
    );
    asked.once('error', reject);
  });
}

/** A process and all that it has started, directly or not. */
export function familyOf(pid: number): { pid: number; command: string }[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap((one) => familyOf(one.pid))];
}

/** A free port; where there are two people, so is the one above it. */
async function freePort(kind: 'tcp' | 'udp', people: 1 | 2): Promise<number> {
  for (;;) {
    const port = await (kind === 'tcp' ? freeTcpPort() : freeUdpPort());
    if (people === 1 || (await isFree(kind, port + 1))) return port;
  }
}

function isFree(kind: 'tcp' | 'udp', port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const opened = kind === 'tcp' ? createServer() : createSocket('udp4');
    opened.once('error', () => resolve(false));
    const close = () => opened.close(() => resolve(true));
    if ('bind' in opened) opened.bind(port, close);
    else opened.listen(port, '0.0.0.0', close);
  });
}
