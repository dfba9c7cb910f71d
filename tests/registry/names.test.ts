/** Who gets a name, keeps it, takes it to another machine or to another identity (SPEC 12). */
import { randomBytes } from 'node:crypto';
import { toBase64 } from '@kyberline/core/crypto/bytes';
import { registerStatement } from '@kyberline/core/crypto/register';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Person, personAt, post, type Reply } from './person.js';
import { openSite, type Site } from './site.js';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.close());

const code = ({ status, json }: Reply) => `${status} ${json.error?.code}`;
const names = async () =>
  (await ask(site.url, '/api/users')).json.users.map((u: { username: string }) => u.username);

/** What `register` sends first, and what a proof is made over. */
async function challenged(person: Person) {
  const request = {
    username: person.name,
    bundle: toBase64(person.test.bundle.bytes),
    machine_id: person.machineId,
  };
  const { status, json } = await post(site.url, '/api/register', request);
  expect(status).toBe(401);
  const statement = registerStatement({
    registryId: site.registryId,
    name: person.name,
    bundleHash: person.test.bundle.hash,
    challenge: Buffer.from(json.challenge, 'base64'),
  });
  const { ed, mldsa } = person.test.identity.sign('pqv1 register', statement);
  const proof = {
    challenge: json.challenge as string,
    ed_signature: toBase64(ed),
    mldsa_signature: toBase64(mldsa),
  };
  return { request, proof };
}

describe('registering', () => {
  it('takes a challenge and both signatures, and answers with the fingerprint', async () => {
    const alice = await personAt(site, 'alice');
    const { status, json } = await alice.register();
    expect(status).toBe(200);
    expect(json).toEqual({
      username: 'alice',
      fingerprint: Buffer.from(alice.test.identity.public.fingerprint).toString('hex'),
      registry_id: site.registry.id,
    });
    expect(await names()).toEqual(['alice']);
  });

  it.each([1, 2, 3] as const)(
    'works with a bundle of suite %i, a rotation included',
    async (preference) => {
      const before = await personAt(site, 'alice', { preference, seed: 'before' });
      const after = await personAt(site, 'alice', { preference, seed: 'after' });
      expect((await before.register()).status).toBe(200);
      expect((await after.register(before.test.identity)).status).toBe(200);
    },
  );

  it('again by the same identity publishes a new bundle', async () => {
    const [alice, bob] = (await site.people('alice', 'bob')) as [Person, Person];
    site.pass(86_400_000);
    const renewed = await personAt(site, 'alice');
    expect(renewed.test.bundle.bytes).not.toEqual(alice.test.bundle.bytes);
    expect((await renewed.register()).status).toBe(200);
    const { json } = await bob.ask('GET', '/api/users/alice');
    expect(Buffer.from(json.bundle, 'base64')).toEqual(Buffer.from(renewed.test.bundle.bytes));
  });

  it('needs both signatures by the identity in the bundle', async () => {
    const [alice, mallory] = [await personAt(site, 'alice'), await personAt(site, 'mallory')];
    const theirs = (await challenged(mallory)).proof;
    for (const wrong of ['ed_signature', 'mldsa_signature'] as const) {
      const { request, proof } = await challenged(alice);
      const bad = { ...request, proof: { ...proof, [wrong]: theirs[wrong] } };
      expect(code(await post(site.url, '/api/register', bad))).toBe('401 bad-signature');
    }
    expect(await names()).toEqual([]);
  });

  it('takes each challenge once, for two minutes, for the request that got it', async () => {
    const alice = await personAt(site, 'alice');
    const used = await challenged(alice);
    const send = ({ request, proof }: Awaited<ReturnType<typeof challenged>>) =>
      post(site.url, '/api/register', { ...request, proof });
    expect((await send(used)).status).toBe(200);
    expect(code(await send(used))).toBe('401 challenge-expired');
    const late = await challenged(alice);
    site.pass(120_000);
    expect(code(await send(late))).toBe('401 challenge-expired');
    const other = await challenged(alice);
    other.request.machine_id = randomBytes(16).toString('hex');
    expect(code(await send(other))).toBe('401 challenge-expired');
    const invented = await challenged(alice);
    invented.proof.challenge = toBase64(randomBytes(32));
    expect(code(await send(invented))).toBe('401 challenge-expired');
  });

  it('refuses a bundle for another name, registry or time, or one that was changed', async () => {
    const alice = await personAt(site, 'alice');
    const elsewhere = await personAt({ ...site, registryId: new Uint8Array(16) }, 'alice');
    const early = await personAt({ ...site, now: () => site.now() + 3_600_000 }, 'alice');
    const old = await personAt({ ...site, now: () => site.now() - 72 * 3_600_000 }, 'alice');
    const misnamed = await personAt(site, 'bob');
    Object.defineProperty(misnamed, 'name', { value: 'alice' });
    for (const [person, why] of [
      [misnamed, 'names somebody else'],
      [elsewhere, 'another registry'],
      [early, 'not valid yet'],
      [old, 'expired'],
    ] as const) {
      const { request, proof } = await challenged(person);
      const reply = await post(site.url, '/api/register', { ...request, proof });
      expect(code(reply)).toBe('400 bad-bundle');
      expect(reply.json.error.message).toContain(why);
    }
    const flipped = new Uint8Array(alice.test.bundle.bytes);
    flipped[flipped.length - 9]! ^= 1;
    const changed = Object.assign(await personAt(site, 'alice'), {
      test: { ...alice.test, bundle: { ...alice.test.bundle, bytes: flipped } },
    });
    const { request, proof } = await challenged(changed);
    expect(code(await post(site.url, '/api/register', { ...request, proof }))).toBe(
      '400 bad-bundle',
    );
  });

  it('keeps "echo" for the echo contact', async () => {
    expect(code(await (await personAt(site, 'echo')).register())).toBe('409 name-reserved');
  });

  it('stops where the registry is full', async () => {
    await site.close();
    site = await openSite({ limits: { users: 1 } });
    const [alice] = (await site.people('alice')) as [Person];
    expect(code(await (await personAt(site, 'bob')).register())).toBe('503 registry-full');
    expect((await alice.register()).status).toBe(200);
  });
});

describe('a name', () => {
  it('belongs to the first who registered it', async () => {
    const [alice] = (await site.people('alice')) as [Person];
    const thief = await personAt(site, 'alice', { seed: 'thief' });
    expect(code(await thief.register())).toBe('409 name-taken');
    expect(code(await thief.pending())).toBe('401 bad-signature');
    expect((await alice.pending()).status).toBe(200);
  });

  it('goes to one of two who ask for it at once', async () => {
    const [one, two] = [
      await personAt(site, 'alice', { seed: 'one' }),
      await personAt(site, 'alice', { seed: 'two' }),
    ];
    const replies = await Promise.all([one.register(), two.register()]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('goes to a new identity when the old one signs too, and the old one is out', async () => {
    const [old] = (await site.people('alice')) as [Person];
    const next = await personAt(site, 'alice', { seed: 'next' });
    expect((await next.register(old.test.identity)).status).toBe(200);
    expect((await next.pending()).status).toBe(200);
    expect(code(await old.pending())).toBe('401 bad-signature');
    expect(code(await old.register())).toBe('409 name-taken');
  });

  it('does not go to a new identity by the word of a third', async () => {
    const [alice] = (await site.people('alice')) as [Person];
    const thief = await personAt(site, 'alice', { seed: 'thief' });
    const third = await personAt(site, 'mallory');
    expect(code(await thief.register(third.test.identity))).toBe('401 bad-signature');
    // The owner's public keys beside signatures by somebody else.
    const posing = { ...third.test.identity, public: alice.test.identity.public };
    expect(code(await thief.register(posing))).toBe('401 bad-signature');
    const { request, proof } = await challenged(thief);
    const halves = ['ed_signature', 'mldsa_signature'] as const;
    for (const half of halves) {
      const again = await challenged(thief);
      const owner = { ed: alice.test.identity.public.ed, mldsa: alice.test.identity.public.mldsa };
      const previous = {
        ed_public: toBase64(owner.ed),
        mldsa_public: toBase64(owner.mldsa),
        ed_signature: proof.ed_signature,
        mldsa_signature: proof.mldsa_signature,
        [half]: again.proof[half],
      };
      const body = { ...again.request, proof: { ...again.proof, previous } };
      expect(code(await post(site.url, '/api/register', body))).toBe('401 bad-signature');
    }
    expect(request.username).toBe('alice');
    expect((await alice.pending()).status).toBe(200);
  });

  it('is taken over by another machine of the same identity, and the first is told', async () => {
    const [first, bob] = (await site.people('alice', 'bob')) as [Person, Person];
    const ear = await first.listen();
    const second = await personAt(site, 'alice');
    expect((await second.register()).status).toBe(200);
    await ear.until(({ closed }) => closed === 4001);
    expect(ear.heard.at(-1)).toEqual({ type: 'replaced' });
    const newEar = await second.listen();
    await bob.call('alice');
    await newEar.untilCall('ringing');
    expect(ear.calls()).toEqual([]);
    // It hears so as well when it polls, or comes back later.
    expect(code(await first.pending())).toBe('409 replaced');
    const later = await first.listen();
    await later.until(({ closed }) => closed === 4001);
    expect(later.heard.map(({ type }) => type)).toEqual(['hello', 'replaced']);
    expect(newEar.closed).toBeUndefined();
    expect((await second.pending()).status).toBe(200);
  });

  it('renewed from the same machine keeps its socket', async () => {
    const [alice, bob] = (await site.people('alice', 'bob')) as [Person, Person];
    const ear = await alice.listen();
    expect((await alice.register()).status).toBe(200);
    await bob.call('alice');
    await ear.untilCall('ringing');
    expect(ear.closed).toBeUndefined();
  });

  it('that is given up is free, its socket closed, and what rang there missed', async () => {
    const [alice, bob] = (await site.people('alice', 'bob')) as [Person, Person];
    const [ear, heardByBob] = [await alice.listen(), await bob.listen()];
    const { json } = await bob.call('alice');
    expect((await alice.ask('DELETE', '/api/users/alice')).status).toBe(200);
    await ear.until(({ closed }) => closed === 4003);
    await heardByBob.untilCall('missed');
    expect(await names()).toEqual(['bob']);
    expect(code(await alice.pending())).toBe('401 not-registered');
    const next = await personAt(site, 'alice', { seed: 'next' });
    expect((await next.register()).status).toBe(200);
    expect(code(await next.status(json.call.call_id))).toBe('404 unknown-call');
  });
});
