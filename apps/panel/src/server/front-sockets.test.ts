import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFront } from './front.js';
import { PairingCodes } from './pairing.js';

let server: Server;
let port: number;
let upgrades: string[];

beforeEach(async () => {
  upgrades = [];
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  const front = createFront({
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
    pageSockets: (req) => {
      upgrades.push(`page ${req.url}`);
    },
  });
  server.on('upgrade', front.upgrade);
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
});
