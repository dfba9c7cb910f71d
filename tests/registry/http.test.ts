/** The life of calls at a registry, over real HTTP and real WebSockets. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Person } from './person.js';
import { openSite, type Site } from './site.js';

let site: Site;
let alice: Person;
let bob: Person;
let carol: Person;
beforeEach(async () => {
  site = await openSite();
  [alice, bob, carol] = (await site.people('alice', 'bob', 'carol')) as [Person, Person, Person];
});
afterEach(() => site.close());

const placed = async (from = alice, to = bob): Promise<string> => {
  const { status, json } = await from.call(to);
  expect(status).toBe(200);
  return json.call.call_id;
};
const code = ({ status, json }: { status: number; json: { error?: { code: string } } }) =>
  `${status} ${json.error?.code}`;

describe('a call', () => {
  it('is initiated, seen as pending, accepted and ended, with both sides told at once', async () => {
    const [heardByAlice, heardByBob] = [await alice.listen(), await bob.listen()];
    const id = await placed();
    await heardByBob.untilCall('ringing');
    const { json: waiting } = await bob.pending();
    expect(waiting.calls).toHaveLength(1);
    expect(waiting.calls[0]).toMatchObject({
      call_id: id,
      caller_username: 'alice',
      callee_username: 'bob',
      status: 'ringing',
      offer: 'b2ZmZXI=',
      created_at: site.now(),
    });
    expect((await bob.accept(id)).json.call.status).toBe('active');
    await heardByAlice.untilCall('active');
    const { json: seen } = await alice.status(id);
    expect(seen.call).toMatchObject({ status: 'active', answer: 'YW5zd2Vy' });
    expect((await bob.pending()).json.calls).toEqual([]);
    expect((await alice.hangup(id)).json.call.status).toBe('ended');
    await heardByBob.untilCall('ended');
    expect(heardByAlice.calls()).toEqual(['ringing', 'active', 'ended']);
    expect(heardByBob.calls()).toEqual(['ringing', 'active', 'ended']);
  });

  it('is rejected, with a reason that the caller sees', async () => {
    const id = await placed();
    const { json } = await bob.reject(id, 'clock-wrong');
    expect(json.call).toMatchObject({ status: 'rejected', reason: 'clock-wrong' });
    expect((await alice.status(id)).json.call.reason).toBe('clock-wrong');
  });

  it('is declined where no reason is given', async () => {
    const id = await placed();
    expect((await bob.reject(id)).json.call).toMatchObject({
      status: 'rejected',
      reason: 'declined',
    });
  });

  it('is busy where the callee is in another call', async () => {
    const id = await placed();
    expect((await bob.reject(id, 'busy')).json.call.status).toBe('busy');
    expect((await alice.status(id)).json.call.status).toBe('busy');
  });

  it('is cancelled when the caller hangs up first, and can then not be accepted', async () => {
    const heard = await bob.listen();
    const id = await placed();
    expect((await alice.hangup(id)).json.call.status).toBe('cancelled');
    await heard.untilCall('cancelled');
    expect(code(await bob.accept(id))).toBe('409 call-not-ringing');
  });

  it('is missed after 90 s without an answer, pushed to both, and forgotten 60 s later', async () => {
    const [heardByAlice, heardByBob] = [await alice.listen(), await bob.listen()];
    const id = await placed();
    site.pass(90_000);
    await heardByAlice.untilCall('missed');
    await heardByBob.untilCall('missed');
    expect((await bob.status(id)).json.call.status).toBe('missed');
    site.pass(60_000);
    expect(code(await bob.status(id))).toBe('404 unknown-call');
  });

  it('stays the same call when its initiation is sent again', async () => {
    const id = randomBytes(16).toString('hex');
    const [first, second] = [await alice.call(bob, id), await alice.call(bob, id)];
    expect(second.json).toEqual(first.json);
    expect((await bob.pending()).json.calls).toHaveLength(1);
    expect(code(await alice.call(carol, id))).toBe('409 call-exists');
  });

  it('is accepted once where two initiations of it race', async () => {
    const id = randomBytes(16).toString('hex');
    const replies = await Promise.all([alice.call(bob, id), alice.call(bob, id)]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect((await bob.pending()).json.calls).toHaveLength(1);
  });

  it('takes repeated accept, reject and hangup for one', async () => {
    const id = await placed();
    expect((await bob.accept(id)).json).toEqual((await bob.accept(id)).json);
    expect((await bob.hangup(id)).json).toEqual((await alice.hangup(id)).json);
    const other = await placed();
    expect((await bob.reject(other)).json).toEqual((await bob.reject(other)).json);
  });
});

describe('what is not allowed', () => {
  it('a stranger sees a call of others exactly as one that is not there', async () => {
    const id = await placed();
    const unknown = randomBytes(16).toString('hex');
    for (const deed of ['status', 'accept', 'reject', 'hangup'] as const) {
      const [foreign, none] = [await carol[deed](id), await carol[deed](unknown)];
      expect(code(foreign)).toBe('404 unknown-call');
      expect(foreign.json).toEqual(none.json);
    }
    expect((await alice.status(id)).json.call.status).toBe('ringing');
  });

  it('the caller accepts nothing, and nobody calls in the name of another', async () => {
    const id = await placed();
    expect(code(await alice.accept(id))).toBe('403 not-yours');
    const body = {
      call_id: randomBytes(16).toString('hex'),
      caller_username: 'alice',
      callee_username: 'bob',
      offer: 'AAAA',
    };
    expect(code(await carol.ask('POST', '/api/call/initiate', body))).toBe('403 not-yours');
  });

  it('nobody else sees what rings at somebody, nor gives up their name', async () => {
    expect(code(await carol.ask('GET', '/api/call/pending/bob'))).toBe('403 not-yours');
    expect(code(await carol.ask('DELETE', '/api/users/bob'))).toBe('403 not-yours');
    expect((await bob.pending()).status).toBe(200);
  });

  it('unknown names and oneself cannot be called', async () => {
    expect(code(await alice.call('nobody'))).toBe('404 unknown-name');
    expect(code(await alice.call(alice))).toBe('409 call-to-self');
    expect(code(await alice.ask('GET', '/api/users/nobody'))).toBe('404 unknown-name');
  });
});

describe('presence', () => {
  it('is an open socket', async () => {
    expect(await bob.online()).toBe(false);
    const [heard, ear] = [await alice.listen(), await bob.listen()];
    await heard.until(({ heard: events }) =>
      events.some((event) => event.type === 'presence' && event.username === 'bob'),
    );
    expect(await bob.online()).toBe(true);
    expect((await alice.ask('GET', '/api/users/bob')).json.online).toBe(true);
    ear.socket.close(1000);
    await heard.until(({ heard: events }) =>
      events.some((e) => e.type === 'presence' && e.username === 'bob' && !e.online),
    );
    expect(await bob.online()).toBe(false);
  });

  it('is a poll within 5 s', async () => {
    await bob.pending();
    expect(await bob.online()).toBe(true);
    site.pass(5_000);
    expect(await bob.online()).toBe(false);
  });
});

describe('the events socket', () => {
  it('begins with hello and with what already rings', async () => {
    const id = await placed();
    const ear = await bob.listen();
    await ear.untilCall('ringing');
    expect(ear.heard[0]).toEqual({
      type: 'hello',
      registry_id: site.registry.id,
      time: site.now(),
    });
    expect(ear.heard[1]).toMatchObject({ type: 'call', call: { call_id: id } });
  });

  it('gives way to a newer one of the same name', async () => {
    const first = await bob.listen();
    const second = await bob.listen();
    await first.until(({ closed }) => closed === 4002);
    await placed();
    await second.untilCall('ringing');
    expect(await bob.online()).toBe(true);
  });

  it('closes on a client that talks', async () => {
    const ear = await bob.listen();
    ear.socket.send('hello?');
    await ear.until(({ closed }) => closed === 1008);
  });

  it('is cut when heartbeats go unanswered', async () => {
    await site.close();
    site = await openSite({ heartbeatMs: 100 });
    const [dora] = (await site.people('dora')) as [Person];
    const answering = await dora.listen();
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(answering.closed).toBeUndefined();
    answering.socket.pong = () => undefined;
    await answering.until(({ closed }) => closed !== undefined);
  });

  it('is cut when too much waits for a client that does not read, and nobody else waits', async () => {
    await site.close();
    const generous = { initiationsPerMinute: 1e6, requestsPerSecondPerIdentity: 1e6 };
    const limits = { ...generous, requestsPerSecondPerAddress: 1e6, eventBacklogBytes: 100_000 };
    site = await openSite({ limits });
    [alice, bob] = (await site.people('alice', 'bob')) as [Person, Person];
    const [reading, stuck] = [await alice.listen(), await bob.listen()];
    stuck.socket.pause();
    const body = { caller_username: 'alice', callee_username: 'bob', offer: 'A'.repeat(15_000) };
    // The kernel takes some megabytes before anything piles up here.
    for (let n = 0; n < 1_000 && (await bob.online()); n++) {
      const call_id = randomBytes(16).toString('hex');
      expect((await alice.ask('POST', '/api/call/initiate', { ...body, call_id })).status).toBe(
        200,
      );
      expect((await alice.hangup(call_id)).status).toBe(200);
      if (n % 10 === 0) site.pass(5_000);
    }
    site.pass(5_000);
    expect(await bob.online()).toBe(false);
    expect(await alice.online()).toBe(true);
    expect(reading.closed).toBeUndefined();
    stuck.socket.terminate();
  });

  it('tells everyone else nothing about a call', async () => {
    const ear = await carol.listen();
    const id = await placed();
    await bob.accept(id);
    await alice.hangup(id);
    await carol.call(bob);
    await ear.untilCall('ringing');
    expect(ear.calls()).toEqual(['ringing']);
  });
});

describe('the description', () => {
  it('at GET /api is OpenAPI 3.1 with every route, made from the schemas', async () => {
    const { json, status } = await ask(site.url, '/api');
    expect(status).toBe(200);
    expect(json.openapi).toBe('3.1.0');
    expect(
      Object.entries(json.paths).flatMap(([path, methods]) =>
        Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    ).toEqual([
      'GET /api/health',
      'POST /api/register',
      'GET /api/users',
      'GET /api/users/{username}',
      'DELETE /api/users/{username}',
      'POST /api/call/initiate',
      'POST /api/call/accept',
      'POST /api/call/reject',
      'POST /api/call/hangup',
      'GET /api/call/status/{call_id}',
      'GET /api/call/pending/{username}',
      'GET /api/events',
    ]);
    const schemas = json.components.schemas;
    expect(schemas.CallRecord.properties.status.enum).toContain('cancelled');
    expect(schemas.CallResponse.properties.call).toEqual({
      $ref: '#/components/schemas/CallRecord',
    });
    for (const [, name] of JSON.stringify(json).matchAll(
      /"\$ref":"#\/components\/schemas\/(\w+)"/g,
    )) {
      expect(Object.keys(schemas)).toContain(name);
    }
  });

  it('at GET /api/health says who it is and what time it is there', async () => {
    const { json, headers } = await ask(site.url, '/api/health');
    expect(json).toEqual({
      status: 'ok',
      registry_id: site.registry.id,
      time: site.now(),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect(Date.parse(headers.get('date') ?? '')).toBe(site.now());
  });
});
