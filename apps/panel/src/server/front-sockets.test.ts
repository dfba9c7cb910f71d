import { type EventEmitter, errorMonitor, once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFront, type FrontParts } from './front.js';
import { PairingCodes } from './pairing.js';

let server: Server;
let port: number;
let upgrades: string[];
let reported: string[];
let parts: FrontParts;

beforeEach(async () => {
  upgrades = [];
  reported = [];
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  parts = {
    port,
    daemonPort: 4747,
    dev: false,
    secret: new Uint8Array(32).fill(5),
    codes: new PairingCodes(Date.now),
    daemonToken: async () => undefined,
    registryAddresses: () => [],
    peerUid: async () => undefined,
    listenerOn: async () => ({ kind: 'unknown' }),
    ownUid: 1000,
    pages: async () => undefined,
    events: (req, socket) => {
      upgrades.push(`events ${req.url}`);
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    },
    pageSockets: async (req) => {
      upgrades.push(`page ${req.url}`);
    },
    report: (sentence) => reported.push(sentence),
  };
  server.on('upgrade', (...upgrade) => createFront(parts).upgrade(...upgrade));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The status with which an upgrade is answered; the Host is ours unless another one is given. */
function ask(path: string, headers: Record<string, string> = {}): Promise<number> {
  const upgrade = { host: `localhost:${port}`, connection: 'Upgrade', upgrade: 'websocket' };
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path,
      headers: { ...upgrade, ...headers },
      agent: false,
    });
    outgoing.on('response', (response) => resolve(response.resume().statusCode ?? 0));
    outgoing.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

describe('a WebSocket', () => {
  it("reaches the registry's events from a program", async () => {
    expect(await ask('/api/events?x=1')).toBe(101);
    expect(upgrades).toEqual(['events /api/events?x=1']);
  });

  it('is refused to a page from elsewhere and to a rebound name', async () => {
    expect(await ask('/api/events', { origin: 'http://evil.example' })).toBe(403);
    expect(await ask('/api/events', { host: `evil.example:${port}` })).toBe(403);
    expect(upgrades).toEqual([]);
  });

  it('leads nowhere on a page, outside of development', async () => {
    expect(await ask('/_next/webpack-hmr', { origin: `http://localhost:${port}` })).toBe(404);
    expect(upgrades).toEqual([]);
  });

  it('of the pages that cannot be loaded is cut off, which is reported', async () => {
    const pageSockets = () => Promise.reject(new Error('no pages'));
    parts = { ...parts, dev: true, pageSockets };
    const own = { origin: `http://localhost:${port}` };
    await expect(ask('/_next/webpack-hmr?id=1', own)).rejects.toThrow('socket hang up');
    expect(reported).toEqual(['GET /_next/webpack-hmr failed: Error: no pages']);
  });

  it('that is refused while its client resets the connection ends nothing else', async () => {
    const failures: Error[] = [];
    for (let nth = 0; nth < 10; nth += 1) {
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const client = connect(port, '127.0.0.1');
      const [[socket]] = await Promise.all([accepted, once(client, 'connect')]);
      // Sees the error without being its listener: where there is none, it is thrown and ends us.
      const seen: EventEmitter = socket;
      seen.on(errorMonitor, (error: Error) => failures.push(error));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      client.write(REFUSED, () => client.resetAndDestroy());
      await closed;
    }
    expect(failures.length).toBeGreaterThan(0);
    expect(await ask('/api/events')).toBe(101);
  });

  it('that is refused is let go, though its client keeps its own end open', async () => {
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined);
    client.write(REFUSED);
    await once(client.resume(), 'end');
    await expect.poll(() => connections(), { timeout: 2000 }).toBe(0);
    client.destroy();
  });
});

const REFUSED =
  'GET /api/events HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

const connections = () =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
