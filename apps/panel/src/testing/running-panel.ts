/** The built panel with the fake daemon behind it, for tests that put a browser before it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { type FakeDaemon, startFakeDaemon } from './fake-daemon';
import { scriptedState } from './scripted-state';

/** How the tests start Debian's browser. */
export const BROWSER = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
/** A command that has not come by then does not come, ms. */
const PATIENCE_MS = 10_000;
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const SERVER = join(PACKAGE, 'dist', 'main.js');

/** Why browser tests cannot run here, or undefined if they can. */
export function whyNoBrowser(): string | undefined {
  if (!existsSync(BROWSER.executablePath)) return `there is no ${BROWSER.executablePath}`;
  if (!existsSync(SERVER) || !existsSync(join(PACKAGE, '.next', 'BUILD_ID'))) {
    return 'the panel has not been built (npm run build)';
  }
  return undefined;
}

export type RunningPanel = {
  url: string;
  daemon: FakeDaemon;
  /** Puts the daemon into a state of the test's own, with no command asked of it yet. */
  given: (edit?: (state: StateSnapshot) => void) => void;
  /** The commands that came so far. */
  asked: () => string[];
  /** Waits for a command of this name and returns its input. */
  command: (name: string) => Promise<unknown>;
  /** Starts another daemon with another token on the same port, after ending the old one. */
  restartDaemon: () => Promise<void>;
  close: () => Promise<void>;
};

export async function startPanel(): Promise<RunningPanel> {
  const home = await mkdtemp(join(tmpdir(), 'kyberline-browser-'));
  const token = (digit: string) => digit.repeat(64);
  const writeToken = (text: string) => writeFile(join(home, 'token'), `${text}\n`, { mode: 0o600 });
  await writeToken(token('a'));
  const daemon = await startFakeDaemon(token('a'), scriptedState());
  const [port, registryPort] = [await freePort(), await freePort()];
  const server = await startServer([
    ...['--port', String(port), '--daemon-port', String(daemon.port), '--home', home],
    ...['--registry-host', '127.0.0.1', '--registry-port', String(registryPort)],
  ]);
  const running: RunningPanel = {
    url: `http://localhost:${port}`,
    daemon,
    given: (edit = () => undefined) => {
      running.daemon.commands.length = 0;
      running.daemon.onCommand(() => undefined);
      running.daemon.change((state) => {
        Object.assign(state, scriptedState());
        edit(state);
      });
    },
    asked: () => running.daemon.commands.map(({ name }) => name),
    command: async (name) => {
      const until = performance.now() + PATIENCE_MS;
      while (performance.now() < until) {
        const found = running.daemon.commands.find((one) => one.name === name);
        if (found !== undefined) return found.input;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`no command ${name} came, only ${running.asked().join(', ') || 'none'}`);
    },
    restartDaemon: async () => {
      const again = running.daemon.port;
      await running.daemon.close();
      await writeToken(token('b'));
      running.daemon = await startFakeDaemon(token('b'), scriptedState(), again);
    },
    close: async () => {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await gone;
      await running.daemon.close();
      await rm(home, { recursive: true });
    },
  };
  return running;
}

/** Resolves once the server says over IPC that it is ready. */
function startServer(args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [SERVER, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`the panel's server ended with ${code}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
