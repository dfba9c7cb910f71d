/** How much of anything is allowed (SPEC 12). */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Person, personAt, type Reply } from './person.js';
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
const lookUp = () => alice.ask('GET', '/api/users/bob');
const initiation = () => ({
  call_id: randomBytes(16).toString('hex'),
  caller_username: 'alice',
  callee_username: 'bob',
  offer: 'AAAA',
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
    expect(eleventh.headers.get('retry-after')).toBe('60');
    expect((await bob.call(alice)).status).toBe(200);
    site.pass(59_999);
    expect(code(await alice.call(bob))).toBe('429 too-many-calls');
    site.pass(1);
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
    site.pass(60_000);
    expect((await lookUp()).status).toBe(200);
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
    site.pass(1_000);
    expect(code(await alice.pending())).toBe('429 too-many-requests');
    site.pass(1_000);
    expect((await alice.pending()).status).toBe(200);
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
    site.pass(60_000);
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
