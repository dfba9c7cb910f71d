/** Next.js as one function of a request; it neither listens nor decides who may ask. */

import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { PanelError } from './panel-error.js';

export type Pages = {
  request: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Hot reloading, in development. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  close: () => Promise<void>;
};

/** What we use of Next.js's own function; its types differ between module systems. */
type CreateNext = (options: {
  dev: boolean;
  dir: string;
  httpServer: Server;
  hostname: string;
  port: number;
}) => {
  prepare: () => Promise<void>;
  getRequestHandler: () => Pages['request'];
  close: () => Promise<void>;
};

/**
 * Loads what `next build` made in `directory` (in development, the sources there).
 * @throws PanelError `no-build`
 */
export async function openPages(directory: string, port: number, dev: boolean): Promise<Pages> {
  if (!dev && !existsSync(join(directory, '.next', 'BUILD_ID'))) {
    throw new PanelError(
      'no-build',
      'The panel has not been built yet. Run “npm run build” first.',
    );
  }
  // Next.js hangs an upgrade listener of its own on the server that it is given. It gets one
  // that never listens, so that it sees the upgrades that we hand to it and no others.
  const aside: Server = createServer();
  // Loaded late: it reads NODE_ENV while it loads.
  const next = createRequire(import.meta.url)('next') as CreateNext;
  const app = next({ dev, dir: directory, httpServer: aside, hostname: 'localhost', port });
  await app.prepare();
  const handle = app.getRequestHandler();
  return {
    request: (request, response) => handle(request, response),
    upgrade: (request, socket, head) => {
      aside.emit('upgrade', request, socket, head);
    },
    close: () => app.close(),
  };
}
