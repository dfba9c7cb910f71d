/** The built panel with the fake daemon behind it and a browser before it, for browser tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { type Browser, chromium } from 'playwright-core';
import { type FakeDaemon, startFakeDaemon } from './fake-daemon';

const CHROMIUM = '/usr/bin/chromium';
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const SERVER = join(PACKAGE, 'dist', 'main.js');

/** Why browser tests cannot run here, or undefined if they can. */
export function whyNoBrowser(): string | undefined {
  if (!existsSync(CHROMIUM)) return `there is no ${CHROMIUM}`;
  if (!existsSync(SERVER) || !existsSync(join(PACKAGE, '.next', 'BUILD_ID'))) {
    return 'the panel has not been built (npm run build)';
  }
  return undefined;
}

export type RunningPanel = {
  url: string;
  browser: Browser;
  daemon: FakeDaemon;
  /** Ends the daemon and starts another one with another token on the same port. */
  restartDaemon: (state: StateSnapshot) => Promise<void>;
  close: () => Promise<void>;
};

export async function startPanel(state: StateSnapshot): Promise<RunningPanel> {
  const home = await mkdtemp(join(tmpdir(), 'kyberline-browser-'));
  const token = (digit: string) => digit.repeat(64);
  const writeToken = (text: string) => writeFile(join(home, 'token'), `${text}\n`, { mode: 0o600 });
  await writeToken(token('a'));
  const daemon = await startFakeDaemon(token('a'), state);
  const [port, registryPort] = [await freePort(), await freePort()];
  const server = await startServer([
    ...['--port', String(port), '--daemon-port', String(daemon.port), '--home', home],
    ...['--registry-host', '127.0.0.1', '--registry-port', String(registryPort)],
  ]);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const running: RunningPanel = {
    url: `http://localhost:${port}`,
    browser,
    daemon,
    restartDaemon: async (next) => {
      const again = running.daemon.port;
      await running.daemon.close();
      await writeToken(token('b'));
      running.daemon = await startFakeDaemon(token('b'), next, again);
    },
    close: async () => {
      await browser.close();
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
