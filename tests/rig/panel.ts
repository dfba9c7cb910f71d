/** A real, built panel server, in front of a daemon that may come and go. */
import { fileURLToPath } from 'node:url';
import { eventually, startChild, stopInOrder } from './child.js';
import { plainEnv } from './kyberline.js';

/** `npm run build` must have made it. */
export const PANEL_SERVER = fileURLToPath(
  new URL('../../apps/panel/dist/main.js', import.meta.url),
);

const READY_MS = 40_000;

export interface Panel {
  pid: number;
  port: number;
  /** As a person types it. */
  url: string;
  output(): string;
  stop(): Promise<void>;
}

export interface PanelWish {
  port: number;
  daemonPort: number;
  /** The data folder that it shares with the daemon. */
  home: string;
  /** Port of the second listener; undefined = no registry of its own. */
  registryPort: number | undefined;
}

/** Resolves once pages are served. */
export async function startPanel(wish: PanelWish): Promise<Panel> {
  const registry =
    wish.registryPort === undefined
      ? ['--no-registry']
      : ['--registry-host', '127.0.0.1', '--registry-port', String(wish.registryPort)];
  const child = await startChild(
    process.execPath,
    [
      ...[PANEL_SERVER, '--port', String(wish.port), '--home', wish.home],
      ...['--daemon-port', String(wish.daemonPort), ...registry],
    ],
    { env: plainEnv() },
  );
  try {
    await eventually('the panel is ready', READY_MS, () => {
      if (!child.isRunning()) throw new Error('The panel ended.');
      return child.output().includes("Kyberline's panel is at");
    });
  } catch (cause) {
    await child.stop();
    throw new Error(`A panel could not be started.\n${child.output()}`, { cause });
  }
  return {
    pid: child.pid,
    port: wish.port,
    url: `http://localhost:${wish.port}`,
    output: child.output,
    stop: () => stopInOrder(child, 'the panel'),
  };
}
