/** A person's panel server as `npm start` runs it, of which only the process is of interest here. */
import { fileURLToPath } from 'node:url';
import { eventually, startChild } from '../rig/child.js';
import { plainEnv } from '../rig/kyberline.js';

/** The same from tests/bench as from bench-output/bench. */
const PANEL = fileURLToPath(new URL('../../apps/panel/dist/main.js', import.meta.url));
const READY_MS = 40_000;

export interface Panel {
  pid: number;
  stop(): Promise<void>;
}

export interface PanelWish {
  port: number;
  daemonPort: number;
  /** The data folder that it shares with the daemon. */
  home: string;
  /** Of the registry inside it; undefined = it has none. */
  registryPort: number | undefined;
}

/** Resolves once pages are served. */
export async function startPanel(wish: PanelWish): Promise<Panel> {
  const { port, daemonPort, home, registryPort } = wish;
  const registry =
    registryPort === undefined
      ? ['--no-registry']
      : ['--registry-host', '127.0.0.1', '--registry-port', String(registryPort)];
  const own = ['--port', String(port), '--daemon-port', String(daemonPort), '--home', home];
  const child = await startChild(process.execPath, [PANEL, ...own, ...registry], {
    env: plainEnv(),
  });
  try {
    await eventually('the panel is ready', READY_MS, () => {
      if (!child.isRunning()) throw new Error('The panel ended.');
      return child.output().includes("Kyberline's panel is at");
    });
  } catch (cause) {
    await child.stop();
    throw new Error(`A panel could not be started.\n${child.output()}`, { cause });
  }
  return { pid: child.pid, stop: () => child.stop() };
}
