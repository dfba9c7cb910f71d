/** Requests that are not what they claim (SPEC 12), and how much of anything is allowed. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { EVENTS_PATH, SIGNED_HEADERS } from '@kyberline/shared/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, Ear, type Person, personAt, Refused, type Reply, type Tampering } from './person.js';
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

describe('limits', () => {
  it('200 requests a second of an address, counted before any signature is looked at', async () => {
    site.pass(10_000);
    const unsigned = await Promise.all(
      Array.from({ length: 220 }, () => ask(site.url, '/api/users/bob')),
    );
    const codes = unsigned.map(code);
    expect(codes.filter((one) => one === '401 not-signed')).toHaveLength(200);
    expect(codes.filter((one) => one === '429 too-many-requests')).toHaveLength(20);
    // A good signature does not help, which shows that it is not looked at.
    const signed = await lookUp();
    expect(code(signed)).toBe('429 too-many-requests');
    expect(Number(signed.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    site.pass(1_000);
    expect((await lookUp()).status).toBe(200);
  });

  it('10 initiations a minute of an identity; the same one again is free', async () => {
    for (let n = 0; n < 10; n++) {
      const body = initiation();
      expect((await alice.ask('POST', '/api/call/initiate', body)).status).toBe(200);
      expect((await alice.ask('POST', '/api/call/initiate', body)).status).toBe(200);
      await alice.hangup(body.call_id);
    }
    const eleventh = await alice.call(bob);
    expect(code(eleventh)).toBe('429 too-many-calls');
    expect(eleventh.headers.get('retry-after')).toBe('6');
    expect((await bob.call(alice)).status).toBe(200);
    site.pass(6_000);
    expect((await alice.call(bob)).status).toBe(200);
  });

  it('120 look-ups a minute of an identity, known names or not', async () => {
    await site.close();
    site = await openSite({ limits: { requestsPerSecondPerIdentity: 1000 } });
    [alice, bob] = (await site.people('alice', 'bob')) as [Person, Person];
    for (let n = 0; n < 120; n++) {
      const [name, status] = n % 2 === 0 ? ['bob', 200] : ['nobody', 404];
      expect((await alice.ask('GET', `/api/users/${name}`)).status).toBe(status);
    }
    expect(code(await lookUp())).toBe('429 too-many-look-ups');
    expect(code(await alice.ask('GET', '/api/users/nobody'))).toBe('429 too-many-look-ups');
    site.pass(500);
    expect((await lookUp()).status).toBe(200);
    expect(code(await lookUp())).toBe('429 too-many-look-ups');
  });

  it('3 ringing calls of a caller, 5 at a callee', async () => {
    const others = await site.people('c1', 'c2', 'c3', 'c4');
    for (let n = 0; n < 3; n++) expect((await alice.call(bob)).status).toBe(200);
    expect(code(await alice.call('c1'))).toBe('429 too-many-pending');
    for (const other of others.slice(0, 2)) expect((await other.call(bob)).status).toBe(200);
    expect(code(await others[2]!.call(bob))).toBe('429 callee-overloaded');
    expect((await others[2]!.call('c1')).status).toBe(200);
  });

  it('50 requests a second of an identity, in bursts of 100', async () => {
    site.pass(10_000);
    const replies = await Promise.all(Array.from({ length: 110 }, () => alice.pending()));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(100);
    expect((await bob.pending()).status).toBe(200);
  });

  it('120 finished registrations a minute of an address', async () => {
    await site.close();
    site = await openSite({ limits: { registrationsPerMinutePerAddress: 2 } });
    const [c, d, e] = [
      await personAt(site, 'c'),
      await personAt(site, 'd'),
      await personAt(site, 'e'),
    ];
    expect((await c.register()).status).toBe(200);
    expect((await d.register()).status).toBe(200);
    expect(code(await e.register())).toBe('429 too-many-registrations');
    site.pass(30_000);
    expect((await e.register()).status).toBe(200);
  });

  it('no header can lend a request another address', async () => {
    await site.close();
    site = await openSite({ limits: { requestsPerSecondPerAddress: 3 } });
    const codes: number[] = [];
    for (let n = 0; n < 6; n++) {
      const headers = { 'x-forwarded-for': `192.0.2.${n}`, forwarded: `for=192.0.2.${n}` };
      codes.push((await ask(site.url, '/api/health', { headers })).status);
    }
    expect(codes).toEqual([200, 200, 200, 429, 429, 429]);
  });

  it('connections of one address', async () => {
    await site.close();
    site = await openSite({ limits: { socketsPerAddress: 3 } });
    const sockets = Array.from({ length: 5 }, () => connect(site.port, '127.0.0.1'));
    let closed = 0;
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.on('close', () => closed++);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(closed).toBe(2);
    for (const socket of sockets) socket.destroy();
  });
});
