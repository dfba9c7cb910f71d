/** Requests that are not what they claim (SPEC 12). */
import { randomBytes } from 'node:crypto';
import { EVENTS_PATH, SIGNED_HEADERS } from '@kyberline/shared/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, Ear, type Person, Refused, type Reply, type Tampering } from './person.js';
import { openSite, type Site } from './site.js';

let site: Site;
let alice: Person;
let bob: Person;
beforeEach(async () => {
  site = await openSite();
  [alice, bob] = (await site.people('alice', 'bob')) as [Person, Person];
});
afterEach(() => site.close());

const code = ({ status, json }: Reply) => `${status} ${json.error?.code}`;
const lookUp = (wrong: Tampering = {}) => alice.ask('GET', '/api/users/bob', undefined, wrong);
const initiation = () => ({
  call_id: randomBytes(16).toString('hex'),
  caller_username: 'alice',
  callee_username: 'bob',
  offer: 'AAAA',
});

describe('a signed request', () => {
  it('passes as it is', async () => {
    const { status, json } = await lookUp();
    expect(status).toBe(200);
    expect(json).toMatchObject({ username: 'bob', online: false });
    expect(Buffer.from(json.bundle, 'base64')).toEqual(Buffer.from(bob.test.bundle.bytes));
  });

  it('passes once: the same nonce again is a replay', async () => {
    const headers = alice.sign('GET', '/api/users/bob');
    expect((await ask(site.url, '/api/users/bob', { headers })).status).toBe(200);
    expect(code(await ask(site.url, '/api/users/bob', { headers }))).toBe('401 replayed');
    site.pass(59_000);
    expect(code(await ask(site.url, '/api/users/bob', { headers }))).toBe('401 replayed');
  });

  it('is still a replay at the last moment at which its time could pass', async () => {
    const ahead = alice.sign('GET', '/api/users/bob', '', { millis: site.now() + 60_000 });
    expect((await ask(site.url, '/api/users/bob', { headers: ahead })).status).toBe(200);
    site.pass(120_000);
    expect(code(await ask(site.url, '/api/users/bob', { headers: ahead }))).toBe('401 replayed');
    site.pass(1);
    expect(code(await ask(site.url, '/api/users/bob', { headers: ahead }))).toBe('401 clock-skew');
  });

  it("replayed again and again spends nothing of its sender's allowance", async () => {
    const headers = alice.sign('GET', '/api/users/bob');
    const replay = () => ask(site.url, '/api/users/bob', { headers });
    expect((await replay()).status).toBe(200);
    const replies = await Promise.all(Array.from({ length: 150 }, replay));
    expect(new Set(replies.map(code))).toEqual(new Set(['401 replayed']));
    expect((await lookUp()).status).toBe(200);
  });

  it('is a replay also where its nonce is spelled in another way', async () => {
    const headers = alice.sign('GET', '/api/users/bob', '', { nonce: new Uint8Array(16) });
    expect((await ask(site.url, '/api/users/bob', { headers })).status).toBe(200);
    // The last digit of base64 for 16 bytes has four bits that mean nothing.
    const respelled = { ...headers, [SIGNED_HEADERS.nonce]: 'AAAAAAAAAAAAAAAAAAAAAB==' };
    expect(code(await ask(site.url, '/api/users/bob', { headers: respelled }))).toMatch(/^401/);
  });

  it('counts for its method, path, query, body and registry alone', async () => {
    const wrongs: Record<string, Promise<Reply>> = {
      path: lookUp({ signedPath: '/api/users/carol' }),
      query: alice.ask('GET', '/api/call/pending/alice?a=1', undefined, {
        signedPath: '/api/call/pending/alice',
      }),
      registry: lookUp({ registryId: new Uint8Array(16) }),
      body: alice.ask('POST', '/api/call/initiate', initiation(), { signedBody: '{}' }),
      method: ask(site.url, '/api/users/alice', {
        method: 'DELETE',
        headers: alice.sign('GET', '/api/users/alice'),
      }),
    };
    for (const [what, reply] of Object.entries(wrongs)) {
      expect({ [what]: code(await reply) }).toEqual({ [what]: '401 bad-signature' });
    }
  });

  it('must be by the owner of the name', async () => {
    expect(code(await lookUp({ signer: bob.test.identity }))).toBe('401 bad-signature');
    expect(code(await lookUp({ user: 'bob' }))).toBe('401 bad-signature');
    expect(code(await lookUp({ user: 'nobody' }))).toBe('401 not-registered');
  });

  it('does not pass with a flipped bit in its signature', async () => {
    const headers = alice.sign('GET', '/api/users/bob');
    const signature = Buffer.from(headers[SIGNED_HEADERS.signature] ?? '', 'base64');
    for (const at of [0, 31, 32, 63]) {
      const flipped = Buffer.from(signature);
      flipped[at]! ^= 1;
      const wrong = { ...headers, [SIGNED_HEADERS.signature]: flipped.toString('base64') };
      expect(code(await ask(site.url, '/api/users/bob', { headers: wrong }))).toBe(
        '401 bad-signature',
      );
    }
    // None of these used the nonce up.
    expect((await ask(site.url, '/api/users/bob', { headers })).status).toBe(200);
  });

  it('may be 60 s off, and beyond that is told whose clock is wrong and by how much', async () => {
    expect((await lookUp({ millis: site.now() - 60_000 })).status).toBe(200);
    expect((await lookUp({ millis: site.now() + 60_000 })).status).toBe(200);
    const behind = await lookUp({ millis: site.now() - 75_000 });
    expect(code(behind)).toBe('401 clock-skew');
    expect(behind.json.error.message).toContain("75 s behind the registry's clock");
    const ahead = await lookUp({ millis: site.now() + 3_600_000 });
    expect(ahead.json.error.message).toContain("3600 s ahead of the registry's clock");
    expect(Date.parse(ahead.headers.get('date') ?? '')).toBe(site.now());
  });

  it('without headers, or with headers that make no sense, is told what to send', async () => {
    const good = alice.sign('GET', '/api/users/bob');
    const bad = [
      {},
      { ...good, [SIGNED_HEADERS.user]: 'Alice!' },
      { ...good, [SIGNED_HEADERS.millis]: 'noon' },
      { ...good, [SIGNED_HEADERS.millis]: '99999999999999999999' },
      { ...good, [SIGNED_HEADERS.millis]: '-1' },
      { ...good, [SIGNED_HEADERS.nonce]: 'AAAA' },
      { ...good, [SIGNED_HEADERS.signature]: 'AAAA' },
      { ...good, [SIGNED_HEADERS.signature]: '' },
    ];
    for (const headers of bad) {
      const reply = await ask(site.url, '/api/users/bob', { headers });
      expect(code(reply)).toBe('401 not-signed');
      expect(reply.json.error.message).toContain(SIGNED_HEADERS.signature);
    }
  });

  it('is demanded of every route but the open ones', async () => {
    const { json: description } = await ask(site.url, '/api');
    const open: string[] = [];
    for (const [template, methods] of Object.entries<object>(description.paths)) {
      for (const method of Object.keys(methods)) {
        const path = template.replace('{username}', 'bob').replace(/{.*}/, 'ab'.repeat(16));
        const init =
          method === 'post'
            ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
            : { method: method.toUpperCase() };
        if (code(await ask(site.url, path, init)) !== '401 not-signed')
          open.push(`${method} ${template}`);
      }
    }
    expect(open).toEqual([
      'get /api/health',
      'post /api/register',
      'get /api/users',
      'get /api/events',
    ]);
  });
});

describe('the events socket', () => {
  const refusedBy = async (headers: Record<string, string>, path = EVENTS_PATH) => {
    const ear = Ear.open(site.url.replace('http', 'ws') + path, headers);
    const refused = await ear.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(refused instanceof Refused)) throw new Error(`not refused: ${String(refused)}`);
    return `${refused.status} ${JSON.parse(refused.body).error.code}`;
  };

  it('opens to signed upgrades alone, once each', async () => {
    expect(await refusedBy({})).toBe('401 not-signed');
    expect(await refusedBy(alice.sign('GET', '/api/users'))).toBe('401 bad-signature');
    expect(await refusedBy(alice.sign('GET', EVENTS_PATH, '', { signer: bob.test.identity }))).toBe(
      '401 bad-signature',
    );
    const stale = { millis: site.now() - 61_000 };
    expect(await refusedBy(alice.sign('GET', EVENTS_PATH, '', stale))).toBe('401 clock-skew');
    const headers = alice.sign('GET', EVENTS_PATH);
    await Ear.open(site.url.replace('http', 'ws') + EVENTS_PATH, headers);
    expect(await refusedBy(headers)).toBe('401 replayed');
  });

  it('is nowhere else', async () => {
    for (const path of ['/', '/api', '/api/events/', '/_next/webpack-hmr', '/trpc']) {
      expect(await refusedBy(alice.sign('GET', path), path)).toBe('404 not-found');
    }
    const odd = `${EVENTS_PATH}?machine_id=x`;
    expect(await refusedBy(alice.sign('GET', odd), odd)).toBe('400 bad-request');
  });

  it('asked for without an upgrade says what to do', async () => {
    expect(code(await ask(site.url, EVENTS_PATH))).toBe('426 upgrade-required');
  });
});
