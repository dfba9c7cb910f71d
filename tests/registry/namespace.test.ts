/**
 * What another machine reaches: the registry's routes on the LAN listener, nothing else there, and
 * nothing at all of a listener on loopback in the same process.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SIGNED_HEADERS } from '@kyberline/shared/registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  askFrom,
  namespaceProblem,
  type OtherMachine,
  openNamespace,
  runThere,
} from './network-namespace.js';
import type { Person } from './person.js';
import { openSite, type Site } from './site.js';

const problem = namespaceProblem();

/**
 * Runs there, asynchronously, because the server that answers is in this very process: opens the
 * socket, prints each event's type, ends after the first of type call.
 */
const LISTEN = `
  const { WebSocket } = require('ws');
  const [url, headers] = process.argv.slice(1);
  const socket = new WebSocket(url, { headers: JSON.parse(headers) });
  socket.on('message', (data) => {
    const { type } = JSON.parse(String(data));
    console.log(type);
    if (type === 'call') socket.close();
  });
  socket.on('error', (error) => { console.log('error ' + error.message); });
`;

describe('from another machine', () => {
  let machine: OtherMachine;
  let site: Site;
  let panel: Server;
  let panelPort: number;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    if (problem !== undefined) return;
    machine = openNamespace();
    site = await openSite({ host: '0.0.0.0', at: Date.now() });
    [alice, bob] = (await site.people('alice', 'bob')) as [Person, Person];
    // Stands for the panel: everything, on loopback only.
    panel = createServer((_, res) => res.end('<html>the panel</html>'));
    await new Promise<void>((resolve) => panel.listen(0, '127.0.0.1', resolve));
    panelPort = (panel.address() as AddressInfo).port;
  });
  beforeEach(({ skip }) => skip(problem !== undefined, problem));
  afterAll(async () => {
    panel?.close();
    await site?.close();
    machine?.remove();
  });

  const askFromThere = (port: number, asked: string[], headers: Record<string, string> = {}) =>
    askFrom(machine, `http://${machine.hostAddress}:${port}`, asked, headers);

  it('the open routes of the registry answer', async () => {
    const seen = await askFromThere(site.port, ['GET /api', 'GET /api/health', 'GET /api/users']);
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(JSON.parse(seen[1]!.body).registry_id).toBe(site.registry.id);
    expect(JSON.parse(seen[2]!.body).users).toHaveLength(2);
  });

  it('the signed ones want a signature, and take it', async () => {
    const path = '/api/users/bob';
    const [bare] = await askFromThere(site.port, [`GET ${path}`]);
    expect(bare).toMatchObject({ status: 401 });
    const [signed] = await askFromThere(site.port, [`GET ${path}`], alice.sign('GET', path));
    expect(signed).toMatchObject({ status: 200 });
    expect(JSON.parse(signed!.body).username).toBe('bob');
  });

  it('the events socket opens and tells of a call', async () => {
    const path = '/api/events';
    const url = `ws://${machine.hostAddress}:${site.port}${path}`;
    const listening = runThere(machine, LISTEN, url, JSON.stringify(bob.sign('GET', path)));
    for (let n = 0; n < 100 && !(await bob.online()); n++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await alice.call(bob)).status).toBe(200);
    const types = (await listening).trim().split('\n');
    expect([types[0], types.at(-1)]).toEqual(['hello', 'call']);
  });

  it('everything else on that port is 404: pages, pairing, assets, the daemon', async () => {
    const paths = [
      'GET /',
      'GET /people',
      'GET /history',
      'GET /settings',
      'GET /api/pair',
      'POST /api/pair',
      'GET /api/pair?token=1',
      'GET /api/session',
      'GET /api/registry/users',
      'GET /_next/static/chunks/main.js',
      'GET /_next/image?url=x',
      'GET /favicon.ico',
      'GET /trpc/state',
      'GET /../api/pair',
      'GET /api/../api/pair',
    ];
    const seen = await askFromThere(site.port, paths, {
      host: 'localhost:3000',
      origin: 'http://localhost:3000',
      'x-forwarded-for': '127.0.0.1',
      [SIGNED_HEADERS.user]: 'alice',
    });
    expect(seen.map(({ path, status }) => `${status} ${path}`)).toEqual(
      paths.map((path) => `404 ${path}`),
    );
  });

  it('a listener on loopback cannot be reached at all', async () => {
    const [here] = await Promise.all([fetch(`http://127.0.0.1:${panelPort}/`)]);
    expect(await here.text()).toContain('the panel');
    const [seen] = await askFromThere(panelPort, ['GET /']);
    expect(seen).toMatchObject({ status: 'ECONNREFUSED' });
    // Nor by the loopback address, which over there is the other machine's own.
    const [own] = await askFrom(machine, `http://127.0.0.1:${panelPort}`, ['GET /']);
    expect(own).toMatchObject({ status: 'ECONNREFUSED' });
  });

  it('is counted under its own address, apart from this one', async () => {
    const limited = await openSite({
      host: '0.0.0.0',
      limits: { requestsPerSecondPerAddress: 2 },
    });
    const asked = Array.from({ length: 4 }, () => 'GET /api/health');
    const seen = await askFromThere(limited.port, asked, { 'x-forwarded-for': '192.0.2.1' });
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
    expect(seen[2]!.body).toContain(machine.ownAddress);
    expect((await fetch(`${limited.url}/api/health`)).status).toBe(200);
    await limited.close();
  });
});
