/** A real headless registry: `kyberline registry`, startable again on its own data after a kill. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, eventually, startChild } from './child.js';
import { KYBERLINE, plainEnv } from './kyberline.js';
import { freeTcpPort } from './ports.js';

const READY_MS = 15_000;

export interface Registry {
  url: string;
  port: number;
  pid(): number;
  output(): string;
  /** As when the machine lost power. */
  kill9(): Promise<void>;
  /** Starts it again with the same port and database. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a registry on a free port of loopback with a new database. */
export async function startRegistry(): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-registry-'));
  const port = await freeTcpPort();
  const url = `http://127.0.0.1:${port}`;
  let child: Child;

  const start = async () => {
    child = await startChild(
      process.execPath,
      [
        ...[KYBERLINE, 'registry', '--host', '127.0.0.1'],
        ...['--port', String(port), '--db', join(folder, 'registry.db')],
      ],
      { env: plainEnv({ KYBERLINE_HOME: folder }) },
    );
    await eventually('the registry answers', READY_MS, async () => {
      if (!child.isRunning()) throw new Error(`The registry ended:\n${child.output()}`);
      const reply = await fetch(`${url}/api/health`).catch(() => undefined);
      return reply?.ok;
    });
  };
  await start();
  return {
    url,
    port,
    pid: () => child.pid,
    output: () => child.output(),
    kill9: () => child.kill9(),
    restart: async () => {
      await child.stop();
      await start();
    },
    stop: async () => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
