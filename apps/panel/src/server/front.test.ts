import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFront, type FrontParts } from './front.js';
import { PairingCodes } from './pairing.js';
import type { Listener } from './socket-owner.js';

const TOKEN = 'c3'.repeat(32);
const PAGE = { accept: 'text/html' };

let server: Server;
let port: number;
let seen: IncomingHttpHeaders | undefined;
let theirUid: number | undefined;
let listener: Listener;
let token: string | undefined;
let pages: FrontParts['pages'];
let reported: string[];

beforeEach(async () => {
  seen = undefined;
  theirUid = undefined;
  listener = { kind: 'user', uid: 1000 };
  token = TOKEN;
  pages = async (req, res) => {
    seen = req.headers;
    res.end('from next');
  };
  reported = [];
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  const parts: FrontParts = {
    port,
    daemonPort: 4747,
    dev: false,
    secret: new Uint8Array(32).fill(5),
    codes: new PairingCodes(Date.now),
    daemonToken: async () => token,
    registryAddresses: () => ['http://192.168.1.20:5001'],
    peerUid: async () => theirUid,
    listenerOn: async () => listener,
    ownUid: 1000,
    pages: (req, res) => pages(req, res),
    events: () => undefined,
    pageSockets: async () => undefined,
    report: (sentence) => reported.push(sentence),
  };
  const front = createFront(parts);
  server.on('request', front.request);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

type Reply = { status: number; headers: IncomingHttpHeaders; body: string };

/** A request with exactly these headers; the Host is ours unless another one is given. */
function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { host: `localhost:${port}`, ...headers },
        agent: false,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const cookieOf = (reply: Reply) => reply.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';

/** The path of a one-time link. */
async function link(): Promise<string> {
  const reply = await ask('POST', '/api/pair/link', { authorization: `Bearer ${TOKEN}` });
  const [, path] = JSON.parse(reply.body).url.split(`http://localhost:${port}`);
  expect(path).toMatch(/^\/pair\?code=/);
  return path;
}

const pair = async () => cookieOf(await ask('GET', await link(), PAGE));

describe('a browser that is not paired', () => {
  it('gets a page that says what to do, and none of ours', async () => {
    const reply = await ask('GET', '/', PAGE);
    expect(reply.status).toBe(403);
    expect(reply.body).toContain('npx kyberline open');
    expect(reply.headers['set-cookie']).toBeUndefined();
    expect(seen).toBeUndefined();
  });

  it("does not get the daemon's token", async () => {
    const reply = await ask('GET', '/api/daemon');
    expect(reply.status).toBe(403);
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code: 'not-paired' } });
    expect(reply.body).not.toContain(TOKEN);
  });

  it("still reaches the registry's routes, which check signatures of their own", async () => {
    expect((await ask('GET', '/api/health')).body).toBe('from next');
  });
});

describe('a one-time link', () => {
  it("is given for the daemon's token alone", async () => {
    expect((await ask('POST', '/api/pair/link')).status).toBe(401);
    const wrong = { authorization: `Bearer ${'00'.repeat(32)}` };
    expect((await ask('POST', '/api/pair/link', wrong)).status).toBe(401);
    token = undefined;
    const right = { authorization: `Bearer ${TOKEN}` };
    expect((await ask('POST', '/api/pair/link', right)).status).toBe(401);
  });

  it('pairs the browser that opens it, once', async () => {
    const path = await link();
    const first = await ask('GET', path, PAGE);
    expect(first.status).toBe(200);
    const second = await ask('GET', path, PAGE);
    expect(second.status).toBe(403);
    expect(second.body).toContain('works once');
    const cookie = cookieOf(first);
    expect((await ask('GET', '/', { ...PAGE, cookie })).body).toBe('from next');
  });

  it('pairs the browser of another user too, and that user alone', async () => {
    theirUid = 1001;
    const cookie = await pair();
    expect((await ask('GET', '/api/daemon', { cookie })).status).toBe(200);
    theirUid = 1002;
    expect((await ask('GET', '/api/daemon', { cookie })).status).toBe(403);
  });

  it('is used up by a browser that was paired before, and leads it to its page', async () => {
    const cookie = await pair();
    const path = await link();
    const { headers } = await ask('GET', path, { ...PAGE, cookie });
    // A redirect would lose the strict cookie of who followed a link from a file or another page.
    expect(headers).toMatchObject({ refresh: '0; url=/' });
    expect((await ask('GET', path, PAGE)).status).toBe(403);
    expect((await ask('GET', path, { ...PAGE, cookie })).status).toBe(200);
  });
});

describe("the machine's own user", () => {
  it('is paired by opening a page', async () => {
    theirUid = 1000;
    const reply = await ask('GET', '/', PAGE);
    expect(reply.body).toBe('from next');
    const cookie = cookieOf(reply);
    expect((await ask('GET', '/api/daemon', { cookie })).status).toBe(200);
  });

  it('keeps the cookie to themselves: another user who got hold of it gets nothing', async () => {
    theirUid = 1000;
    const cookie = cookieOf(await ask('GET', '/', PAGE));
    theirUid = 1001;
    const stolen = await ask('GET', '/api/daemon', { cookie });
    expect(stolen.status).toBe(403);
    expect(stolen.body).not.toContain(TOKEN);
    expect((await ask('GET', '/', { ...PAGE, cookie })).status).toBe(403);
    theirUid = undefined;
    expect((await ask('GET', '/api/daemon', { cookie })).status).toBe(403);
  });

  it('is somebody else when the uid differs', async () => {
    theirUid = 1001;
    expect((await ask('GET', '/', PAGE)).status).toBe(403);
  });

  it('is not paired by a fetch, which a page of theirs may have made', async () => {
    theirUid = 1000;
    expect((await ask('GET', '/api/daemon')).status).toBe(403);
    const fetched = { accept: 'text/html', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    expect((await ask('GET', '/', fetched)).status).toBe(403);
  });
});

describe("the daemon's token", () => {
  it('is given to a paired browser, never to be stored', async () => {
    const reply = await ask('GET', '/api/daemon', { cookie: await pair() });
    expect(JSON.parse(reply.body)).toEqual({
      url: 'ws://127.0.0.1:4747',
      token: TOKEN,
      registryAddresses: ['http://192.168.1.20:5001'],
    });
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  });

  it("is kept back while another user sits on the daemon's port", async () => {
    const cookie = await pair();
    listener = { kind: 'user', uid: 1001 };
    const reply = await ask('GET', '/api/daemon', { cookie });
    expect(reply.status).toBe(503);
    expect(reply.body).not.toContain(TOKEN);
    expect(reply.body).toContain('another user');
  });

  it('is kept back while nobody listens there', async () => {
    const cookie = await pair();
    listener = { kind: 'nobody' };
    expect((await ask('GET', '/api/daemon', { cookie })).status).toBe(503);
    listener = { kind: 'unknown' };
    expect((await ask('GET', '/api/daemon', { cookie })).status).toBe(200);
  });

  it('is not given to a page on another port, though the browser sends the cookie', async () => {
    const cookie = await pair();
    const headers = { cookie, origin: 'http://localhost:8080' };
    expect((await ask('GET', '/api/daemon', headers)).status).toBe(403);
  });

  it('is not given to a rebound name', async () => {
    const cookie = await pair();
    const headers = { cookie, host: `evil.example:${port}` };
    expect((await ask('GET', '/api/daemon', headers)).status).toBe(403);
  });
});

describe('what reaches the pages', () => {
  it("carries the socket's address and none that a client claims", async () => {
    const reply = await ask('GET', '/api/users', {
      'x-forwarded-for': '10.9.9.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-real-ip': '10.9.9.9',
      forwarded: 'for=10.9.9.9',
      'x-kyberline-remote': '10.9.9.9',
      'x-middleware-subrequest': 'x',
    });
    expect(reply.status).toBe(200);
    expect(seen?.['x-kyberline-remote']).toBe('127.0.0.1');
    expect(JSON.stringify(seen)).not.toMatch(/10\.9\.9\.9|evil|x-forwarded|x-middleware/);
  });

  it('has a policy with a fresh nonce, the same for the browser and for Next.js', async () => {
    const cookie = await pair();
    const first = await ask('GET', '/', { ...PAGE, cookie });
    const policy = first.headers['content-security-policy'] ?? '';
    expect(policy).toBe(seen?.['content-security-policy']);
    expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic'/);
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:4747;");
    expect(policy).not.toContain('unsafe-eval');
    const second = await ask('GET', '/', { ...PAGE, cookie });
    expect(second.headers['content-security-policy']).not.toBe(policy);
  });

  it('cannot be framed, sniffed or read by other origins', async () => {
    const { headers } = await ask('GET', '/', PAGE);
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
});

describe('a page that fails', () => {
  it('is answered with 500 in a sentence, and logged in one line without its query', async () => {
    pages = async () => {
      throw new Error('first line\nsecond line');
    };
    const reply = await ask('GET', '/api/health?secret=1', PAGE);
    expect(reply.status).toBe(500);
    expect(reply.body).toContain('npm start');
    expect(reply.body).not.toContain('first line');
    expect(reported).toEqual(['GET /api/health failed: Error: first line']);
  });

  it('is cut off where it had begun, and ends nothing else', async () => {
    pages = async (_, res) => {
      res.write('half');
      throw new Error('broken');
    };
    await expect(ask('GET', '/api/health')).rejects.toThrow('aborted');
    expect(reported).toHaveLength(1);
    expect((await ask('GET', '/', PAGE)).status).toBe(403);
  });
});
