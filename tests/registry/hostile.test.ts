/** What strangers can send to the registry's own port: clear answers, no 500, no hanging on. */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { ListenError } from '@kyberline/registry/listen-error';
import { createRegistryServer } from '@kyberline/registry/server';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ask, type Person, post, type Reply } from './person.js';
import { openSite, type Site } from './site.js';

let site: Site;
let alice: Person;
beforeEach(async () => {
  site = await openSite({ limits: { requestsPerSecondPerAddress: 10_000 } });
  [alice] = (await site.people('alice')) as [Person];
});
afterEach(() => site.close());

const code = ({ status, json }: Reply) => `${status} ${json.error?.code}`;

/** Write `text` to the port as it is, and read until the other side closes or `ms` pass. */
function raw(text: string | Buffer, ms = 3_000): Promise<{ reply: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(site.port, '127.0.0.1', () => socket.write(text));
    let reply = '';
    const timer = setTimeout(() => end(false), ms);
    const end = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ reply, closed });
    };
    socket.on('data', (chunk) => {
      reply += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => end(true));
  });
}

describe('a body', () => {
  it('over 16 KB is refused, and over 24 KB for a registration, declared or not', async () => {
    const big = { call_id: 'ab', answer: 'A'.repeat(17 * 1024) };
    expect(code(await alice.ask('POST', '/api/call/accept', big))).toBe('413 body-too-large');
    const fits = await post(site.url, '/api/register', {
      username: 'bob',
      bundle: 'A'.repeat(20_000),
    });
    expect(code(fits)).toBe('400 bad-request');
    const register = { username: 'bob', bundle: 'A'.repeat(25_000) };
    expect(code(await post(site.url, '/api/register', register))).toBe('413 body-too-large');
    const chunked = await fetch(`${site.url}/api/call/accept`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob(['"', 'A'.repeat(300_000), '"']).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });

  it('that is huge ends the connection instead of being read', async () => {
    const head = 'POST /api/call/accept HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const { reply, closed } = await raw(`${head}Content-Length: 99999999999\r\n\r\n{`);
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
    expect(closed).toBe(true);
  });

  it('that is not JSON, or not what the route takes, is told so', async () => {
    const send = (path: string, body: string | Buffer) =>
      ask(site.url, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    for (const body of ['', '{', 'undefined', Buffer.from([0xff, 0xfe, 0x00])]) {
      expect(code(await send('/api/register', body))).toBe('400 bad-json');
    }
    const bad = [
      'null',
      '[]',
      '{}',
      '{"username":"Alice","bundle":"AAAA","machine_id":"00"}',
      '{"username":"../../etc","bundle":"AAAA","machine_id":"00"}',
      '{"username":{"$ne":1},"bundle":"AAAA","machine_id":"00"}',
      '{"__proto__":{"username":"alice"}}',
      '['.repeat(8_000),
    ];
    for (const body of bad) expect(code(await send('/api/register', body))).toMatch(/^400 bad-/);
    const wrong = await alice.ask('POST', '/api/call/hangup', { call_id: 'xyz' });
    expect(code(wrong)).toBe('400 bad-request');
    expect(wrong.json.error.message).toContain('call_id');
  });

  it('of another type is refused, so that no web page can post one unasked', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      const reply = await ask(site.url, '/api/register', {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{}',
      });
      expect(code(reply)).toBe('415 wrong-type');
    }
  });

  it('with a bundle of random bytes is no bundle', async () => {
    const request = { username: 'bob', bundle: 'A'.repeat(9_000), machine_id: 'ab'.repeat(16) };
    const { json } = await post(site.url, '/api/register', request);
    const proof = { challenge: json.challenge, ed_signature: 'AAAA', mldsa_signature: 'A' };
    expect(code(await post(site.url, '/api/register', { ...request, proof }))).toBe(
      '400 bad-bundle',
    );
  });
});

describe('an address', () => {
  it('beside the routes is nothing, whatever is on the panel', async () => {
    const paths = [
      '/',
      '/index.html',
      '/api/pair',
      '/api/registry/users',
      '/_next/static/chunks/main.js',
      '/api/users/alice/bundle',
      '/api/call/status/',
      '/api//users',
      '/API/users',
      '/api/users%2falice',
      '/api/users/%00%ff',
      '/favicon.ico',
      '/trpc',
    ];
    for (const path of paths) {
      const { status, headers } = await ask(site.url, path);
      expect({ path, status }).toEqual({ path, status: path.includes('%00') ? 401 : 404 });
      expect(headers.get('content-type')).toBe('application/json');
    }
  });

  it('with a name or an id that is none is told so', async () => {
    expect(code(await alice.ask('GET', '/api/users/Alice%20!'))).toBe('400 bad-request');
    expect(code(await alice.ask('GET', '/api/users/%ff'))).toBe('400 bad-request');
    expect(code(await alice.ask('GET', '/api/users/%2e%2e%2f'))).toBe('400 bad-request');
    expect(code(await alice.ask('GET', '/api/call/status/12'))).toBe('400 bad-request');
    expect(code(await alice.ask('GET', '/api/call/pending/alice?machine_id=7'))).toBe(
      '400 bad-request',
    );
    expect(code(await alice.ask('DELETE', `/api/users/${'a'.repeat(33)}`))).toBe('400 bad-request');
  });

  it('with another method says which it takes', async () => {
    const reply = await ask(site.url, '/api/users/alice', { method: 'PUT' });
    expect(code(reply)).toBe('405 method-not-allowed');
    expect(reply.json.error.message).toContain('GET and DELETE');
    expect(reply.headers.get('allow')).toBe('GET, DELETE');
    for (const method of ['OPTIONS', 'PATCH', 'POST', 'DELETE']) {
      const { status, headers } = await ask(site.url, '/api/users', { method });
      expect(status).toBe(405);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    expect((await fetch(`${site.url}/api/health`, { method: 'HEAD' })).status).toBe(405);
  });
});

describe('a connection', () => {
  const line = (text: string) => `${text} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

  it('may speak odd HTTP without harm', async () => {
    expect((await raw(line('TRACE /api'))).reply).toMatch(/^HTTP\/1\.1 400 /);
    expect((await raw(line('GET http://elsewhere/api/users'))).reply).toMatch(/^HTTP\/1\.1 404 /);
    expect((await raw(line('OPTIONS *'))).reply).toMatch(/^HTTP\/1\.1 404 /);
    expect((await raw(line('GET //evil.example/api/users'))).reply).toMatch(/^HTTP\/1\.1 404 /);
    expect((await raw(line('CONNECT example.com:443'))).closed).toBe(true);
    expect((await raw('\x16\x03\x01\x02\x00\x01\x00'.repeat(20))).reply).toMatch(/ 400 /);
    const long = `GET /api HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`;
    expect((await raw(long)).reply).toMatch(/ 431 /);
    expect((await ask(site.url, '/api/health')).status).toBe(200);
  });

  it('that sends its headers, or its body, drop by drop is cut off', async () => {
    const started = Date.now();
    const drip = (text: string, every: string) =>
      new Promise<number>((resolve) => {
        const socket = connect(site.port, '127.0.0.1', () => socket.write(text));
        const timer = setInterval(() => socket.write(every), 200);
        socket.on('error', () => undefined);
        socket.on('data', () => undefined);
        socket.on('close', () => {
          clearInterval(timer);
          resolve(Date.now() - started);
        });
      });
    const post = 'POST /api/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const [slowHeaders, slowBody] = await Promise.all([
      drip('GET /api HTTP/1.1\r\nX-A: ', 'a'),
      drip(`${post}Content-Length: 9000\r\n\r\n{`, ' '),
    ]);
    expect(slowHeaders).toBeLessThan(8_000);
    expect(slowBody).toBeLessThan(14_000);
  });

  it('that asks and goes away leaves nothing behind', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => raw(line('GET /api/users'), (n % 5) + 1)),
    );
    expect((await ask(site.url, '/api/health')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const open = await new Promise((resolve, reject) =>
      site.listener.server.getConnections((error, count) =>
        error ? reject(error) : resolve(count),
      ),
    );
    expect(open).toBeLessThanOrEqual(2);
  });

  it('to the events path with half a handshake is refused', async () => {
    const headers = Object.entries(alice.sign('GET', '/api/events'))
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    const upgrade = 'GET /api/events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ';
    expect((await raw(`${upgrade}websocket\r\n${headers}\r\n`)).reply).toMatch(/^HTTP\/1\.1 400 /);
    expect((await raw(`${upgrade}h2c\r\n\r\n`)).reply).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('a port', () => {
  it('that is taken is named, with the option that changes it', async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const opening = createRegistryServer({ registry: site.registry, host: '127.0.0.1', port });
    const error = await opening.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ListenError);
    expect(error).toMatchObject({ code: 'port-busy' });
    expect(String(error)).toContain(`Port ${port}`);
    expect(String(error)).toContain('--port');
  });

  it('on an address that this machine does not have is named too', async () => {
    const opening = createRegistryServer({ registry: site.registry, host: '192.0.2.1', port: 0 });
    await expect(opening).rejects.toMatchObject({ code: 'address-unavailable' });
  });
});

it('a closed listener ends every connection, event sockets too, whichever closes first', async () => {
  const ear = await alice.listen();
  const started = Date.now();
  await site.listener.close();
  expect(Date.now() - started).toBeLessThan(2_000);
  await ear.until(({ closed }) => closed !== undefined);
  await expect(ask(site.url, '/api/health')).rejects.toThrow();
});

it('a closed registry says so and goes on doing nothing', async () => {
  const ear = await alice.listen();
  await site.registry.close();
  await ear.until(({ closed }) => closed === 1001);
  expect(code(await ask(site.url, '/api/health'))).toBe('503 registry-closed');
  await site.registry.close();
});
