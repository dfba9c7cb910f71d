/**
 * The API's listener: tRPC over WebSocket on 127.0.0.1 only. Loopback is not trust: any page in
 * the browser and any user of the machine can connect, so Host, Origin and token are all checked.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { Problem } from '../problem.js';
import type { AppRouter } from './router.js';
import { Strangers } from './strangers.js';
import type { ApiContext } from './trpc.js';

const PATH = '/trpc';
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_CONNECTIONS = 64;

export interface ApiServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1:`port` (0 = any free one). `panelPort` names the only web page that may
 * connect; programs send no Origin and need the token alone.
 * @throws Problem `port-busy` with the option to change.
 */
export async function serveApi(options: {
  router: AppRouter;
  token: string;
  port: number;
  panelPort: number;
}): Promise<ApiServer> {
  const http = createServer((_, response) => {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('This port is for the panel and the kyberline command.\n');
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const strangers = new Strangers();
  const handler = applyWSSHandler<AppRouter>({
    wss: sockets,
    router: options.router,
    createContext: ({ info, res }): ApiContext => {
      const trusted = sameToken(info.connectionParams?.token, options.token);
      if (trusted) strangers.forget(res);
      return { trusted };
    },
    keepAlive: { enabled: true, pingMs: 20_000, pongWaitMs: 10_000 },
  });
  const port = await listen(http, options.port);
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const hasRoom = () => sockets.clients.size < MAX_CONNECTIONS || strangers.makeRoom();
    if (!mayConnect(request, port, options.panelPort) || !hasRoom()) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n', () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      strangers.add(client);
      sockets.emit('connection', client, request);
    });
  });
  return {
    port,
    async close() {
      handler.broadcastReconnectNotification();
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

/** Host must name this listener, Origin (when a browser sends one) the panel. */
export function mayConnect(request: IncomingMessage, port: number, panelPort: number): boolean {
  const { host, origin } = request.headers;
  if (request.url?.split('?')[0] !== PATH) return false;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return false;
  if (origin === undefined) return true;
  return LOOPBACK_NAMES.some((name) => origin === `http://${name}:${panelPort}`);
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

function sameToken(shown: unknown, token: string): boolean {
  if (typeof shown !== 'string') return false;
  const a = Buffer.from(shown);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

function listen(http: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new Problem(
              'port-busy',
              `Port ${port} on 127.0.0.1 is taken by another program. Stop it, or choose another port with --port.`,
              { cause },
            )
          : cause,
      );
    });
    http.listen(port, '127.0.0.1', () => {
      const address = http.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
