/**
 * The real panel with the registry inside it: one registry behind two listeners, of which another
 * machine reaches the one that has nothing else.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromHex } from '@kyberline/core/crypto/bytes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Child, eventually, startChild } from '../rig/child.js';
import { plainEnv } from '../rig/kyberline.js';
import { freeTcpPort } from '../rig/ports.js';
import {
  askFrom,
  namespaceProblem,
  type OtherMachine,
  openNamespace,
} from './network-namespace.js';
import { ask, type Person, type Place, personAt } from './person.js';

const PANEL = fileURLToPath(new URL('../../apps/panel/', import.meta.url));
const built = existsSync(`${PANEL}dist/main.js`) && existsSync(`${PANEL}.next/BUILD_ID`);
if (!built) {
  process.stderr.write(
    'skipped: the registry inside the panel: the panel is not built (npm run build)\n',
  );
}
const noNamespace = namespaceProblem();
if (noNamespace !== undefined) {
  process.stderr.write(`skipped: the panel from another network namespace: ${noNamespace}\n`);
}

describe.skipIf(!built)('the panel', () => {
  let panel: Child;
  let home: string;
  let panelPort: number;
  let registryPort: number;
  let place: Place;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'kyberline-panel-'));
    [panelPort, registryPort] = [await freeTcpPort(), await freeTcpPort()];
    const ports = ['--port', String(panelPort), '--registry-port', String(registryPort)];
    const args = [`${PANEL}dist/main.js`, '--home', home, '--daemon-port', '1', ...ports];
    panel = await startChild(process.execPath, args, { env: plainEnv(), cwd: home });
    const url = `http://localhost:${panelPort}`;
    const health = await eventually('the panel serves the registry', 40_000, async () => {
      if (!panel.isRunning()) throw new Error(`the panel ended:\n${panel.output()}`);
      const reply = await ask(url, '/api/health').catch(() => undefined);
      return reply?.status === 200 ? reply.json : undefined;
    });
    place = { url, registryId: fromHex(health.registry_id)!, now: Date.now };
    [alice, bob] = [await personAt(place, 'alice'), await personAt(place, 'bob')];
    for (const person of [alice, bob]) expect((await person.register()).status).toBe(200);
  });
  afterAll(async () => {
    await panel?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('has one registry behind both its listeners', async () => {
    const beside = `http://127.0.0.1:${registryPort}`;
    expect((await ask(beside, '/api/health')).json.registry_id).toBe(
      Buffer.from(place.registryId).toString('hex'),
    );
    const { json } = await ask(beside, '/api/users');
    expect(json.users.map((user: { username: string }) => user.username)).toEqual(['alice', 'bob']);
  });

  it('carries a call from one listener to a socket on the other', async () => {
    const elsewhere = { ...place, url: `http://127.0.0.1:${registryPort}` };
    const ear = await bob.listen();
    Object.assign(alice, { place: elsewhere });
    const { status, json } = await alice.call(bob);
    expect(status).toBe(200);
    await ear.untilCall('ringing');
    expect((await bob.accept(json.call.call_id)).json.call.status).toBe('active');
    expect((await alice.status(json.call.call_id)).json.call.status).toBe('active');
    ear.socket.close();
  });

  it('serves its own port to nobody who names another host or comes from another page', async () => {
    const status = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: panelPort, path: '/api/users', headers };
        request(options, (reply) => resolve(reply.resume().statusCode))
          .on('error', reject)
          .end();
      });
    expect(await status({ host: `localhost:${panelPort}` })).toBe(200);
    expect(await status({ host: 'rebound.example' })).toBe(403);
    expect(await status({ host: `localhost:${panelPort}`, origin: 'http://evil.example' })).toBe(
      403,
    );
  });

  describe.skipIf(noNamespace !== undefined)('from another machine', () => {
    let machine: OtherMachine;
    beforeAll(() => {
      machine = openNamespace();
    });
    afterAll(() => machine?.remove());

    it('answers registry routes on the second listener and 404 to all else', async () => {
      const base = `http://${machine.hostAddress}:${registryPort}`;
      const open = await askFrom(machine, base, ['GET /api', 'GET /api/health', 'GET /api/users']);
      expect(open.map(({ status }) => status)).toEqual([200, 200, 200]);
      const [signed] = await askFrom(
        machine,
        base,
        ['GET /api/users/bob'],
        alice.sign('GET', '/api/users/bob'),
      );
      expect(signed?.status).toBe(200);
      const others = [
        'GET /',
        'GET /settings',
        'GET /history',
        'GET /pair?code=1',
        'POST /api/pair/link',
        'GET /api/daemon',
        'GET /icon.svg',
        'GET /_next/static/chunks/main.js',
        'GET /_next/image?url=%2Ficon.svg&w=64&q=75',
      ];
      const lies = { origin: `http://localhost:${panelPort}`, 'x-forwarded-for': '127.0.0.1' };
      const seen = await askFrom(machine, base, others, lies);
      expect(seen.map(({ path, status }) => `${status} ${path}`)).toEqual(
        others.map((path) => `404 ${path}`),
      );
    });

    it('does not answer on its own port, whatever Host is named', async () => {
      const base = `http://${machine.hostAddress}:${panelPort}`;
      const seen = await askFrom(machine, base, ['GET /', 'GET /api/health'], {
        host: `localhost:${panelPort}`,
      });
      expect(seen.map(({ status }) => status)).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
    });
  });

  it('ends when it is told to, though a daemon holds an event socket', async () => {
    Object.assign(bob, { place });
    const ear = await bob.listen();
    const started = Date.now();
    panel.process.kill('SIGTERM');
    await Promise.race([panel.ended, new Promise((resolve) => setTimeout(resolve, 8_000))]);
    expect(panel.isRunning()).toBe(false);
    expect(Date.now() - started).toBeLessThan(6_000);
    ear.socket.terminate();
  });
});
