/** A daemon and its name at a registry that comes, goes, and has rules of its own (SPEC 12). */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityFromSeeds } from '@kyberline/core/crypto/identity';
import { Bundles } from '@kyberline/daemon/bundles';
import { Registration } from '@kyberline/daemon/registration';
import type { StoredIdentity } from '@kyberline/daemon/store/identity';
import type { UserName } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually, sleep } from '../rig/child.js';
import { type Front, openFront } from './front.js';
import { holdBack } from './hold-back.js';
import { openSite, type Site } from './site.js';

const ALICE = 'alice' as UserName;
/** A daemon without a name looks every 5 s, and gives a request 6 s. */
const NOTICED_MS = 8_000;

let site: Site;
let front: Front;
const open: { close(): void }[] = [];
beforeEach(async () => {
  site = await openSite();
  front = await openFront(site.port);
});
afterEach(async () => {
  for (const one of open.splice(0)) one.close();
  await front.stop();
  await site.close();
});

/** What a restart leaves as it was. */
interface Kept {
  stored: StoredIdentity;
  name: UserName | undefined;
}

function newMachine(name?: UserName, of?: Kept): Kept {
  const seeds = of?.stored.seeds ?? { ed: randomBytes(32), mldsa: randomBytes(32) };
  return { stored: { seeds, machineId: randomBytes(16), bundles: [] }, name };
}

function start(kept: Kept, url = front.url): Registration {
  const home = mkdtempSync(join(tmpdir(), 'kyberline-registration-'));
  const identity = identityFromSeeds(kept.stored.seeds);
  const { now: wall } = site;
  const registration = new Registration(
    {
      identity,
      machineId: Buffer.from(kept.stored.machineId).toString('hex'),
      bundles: new Bundles(home, 'identity.json', kept.stored, identity, randomBytes, wall),
      clocks: { wall, monotonic: () => performance.now() },
      random: randomBytes,
      name: () => kept.name,
      keepName: (name) => {
        kept.name = name;
      },
      suite: () => 1,
      onCall: () => {},
      changed: () => {},
    },
    url,
  );
  registration.start();
  open.push({
    close: () => {
      registration.close();
      rmSync(home, { recursive: true, force: true });
    },
  });
  return registration;
}

const isHeld = (one: Registration) =>
  eventually('the name is held', 5_000, () => one.isRegistered && one.view.state === 'push');
const answers = (one: Registration) => () =>
  one.view.state !== 'unreachable' && one.view.problem === undefined;

describe('a daemon without a name', () => {
  it('does not call a registry unreachable that answers after all', async () => {
    front.lead(undefined);
    const nameless = start(newMachine());
    await eventually('it is away', 5_000, () => nameless.view.state === 'unreachable');
    expect(nameless.view.problem).toContain('does not answer');
    front.lead(site.port);
    await eventually('it answers', 5_000, answers(nameless));
    expect(nameless.view).toMatchObject({ state: 'connecting', registryId: site.registry.id });
  });

  it('notices when the registry goes away, and when it is back', async () => {
    const nameless = start(newMachine());
    await eventually('it answers', 5_000, () => nameless.view.registryId !== undefined);
    front.lead(undefined);
    await eventually('it is away', NOTICED_MS, () => nameless.view.state === 'unreachable');
    front.lead(site.port);
    await eventually('it answers', NOTICED_MS, answers(nameless));
  });
});

describe('a daemon that gave its name up', () => {
  it('says no longer that it is connected, and still looks for the registry', async () => {
    const alice = start(newMachine(ALICE));
    await isHeld(alice);
    await alice.unregister();
    expect(alice.view).toMatchObject({ state: 'connecting' });
    expect(alice.people.size).toBe(0);
    front.lead(undefined);
    await eventually('it is away', NOTICED_MS, () => alice.view.state === 'unreachable');
  });
});

describe('a daemon whose name another machine took over', () => {
  it('says so, is not connected, and lets the registry come and go without taking it', async () => {
    const first = newMachine(ALICE);
    const second = newMachine(undefined, first);
    const [there, here] = [start(first), start(second)];
    await isHeld(there);
    await here.register(ALICE);
    await eventually('it is told', 5_000, () => !there.isRegistered);
    expect(there.view).toMatchObject({ state: 'connecting' });
    expect(there.view.problem).toContain('from another machine');
    front.lead(undefined);
    await eventually('it is away', NOTICED_MS, () => there.view.state === 'unreachable');
    front.lead(site.port);
    await isHeld(here);
    await sleep(500);
    expect(here.isRegistered).toBe(true);
    expect(there.isRegistered).toBe(false);
  });

  it('leaves it there when it is started again, until it is told to take it back', async () => {
    const first = newMachine(ALICE);
    const second = newMachine(undefined, first);
    const [there, here] = [start(first), start(second)];
    await isHeld(there);
    there.close();
    await here.register(ALICE);
    const again = start(first);
    await eventually('it is told', 5_000, () => again.view.problem?.includes('another machine'));
    expect([again.isRegistered, here.isRegistered]).toEqual([false, true]);
    await again.register(ALICE);
    await isHeld(again);
    await eventually('the other is told', 5_000, () => !here.isRegistered);
  });
});

describe('the people of a daemon', () => {
  it('are not there while the registry is away, and are again when it is back', async () => {
    const [bob] = await site.people('bob');
    await bob?.listen();
    const alice = start(newMachine(ALICE));
    const isThere = () => alice.people.get('bob' as UserName) === true;
    await eventually('bob is there', 5_000, isThere);
    front.lead(undefined);
    await eventually('it is away', 5_000, () => alice.view.state === 'unreachable');
    expect([...alice.people.values()]).toEqual([false, false]);
    front.lead(site.port);
    await eventually('bob is there', 10_000, isThere);
  });

  it('are so many at most as a registry takes, however many it tells of', async () => {
    const { handle } = site.registry;
    const users = Array.from({ length: 6_000 }, (_, n) => ({ username: `p${n}`, online: true }));
    const many: typeof handle = async (request, from) =>
      request.url.endsWith('/api/users') ? Response.json({ users }) : handle(request, from);
    Object.assign(site.registry, { handle: many });
    const alice = start(newMachine(ALICE));
    await eventually('the list is there', 5_000, () => alice.people.size >= 5_000);
    expect(alice.people.size).toBe(5_000);
  });
});

describe('a bundle that the registry took', () => {
  it('is the one that offers name from then on', async () => {
    const published = vi.spyOn(Bundles.prototype, 'published');
    await isHeld(start(newMachine(ALICE)));
    expect(published.mock.calls.map(([{ name }]) => name)).toEqual([ALICE]);
    published.mockRestore();
  });

  it('is renewed by the wall clock, so that a machine which slept for a day is in time', async () => {
    const published = vi.spyOn(Bundles.prototype, 'published');
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await isHeld(start(newMachine(ALICE)));
    const look = timers.mock.calls.findLast(([, ms]) => ms === 60_000)?.[0];
    look?.();
    site.pass(25 * 3_600_000);
    look?.();
    await eventually('another one is published', 5_000, () => published.mock.calls.length === 2);
    const [first, second] = published.mock.calls.map(([bundle]) => bundle);
    expect(second?.hash).not.toEqual(first?.hash);
    timers.mockRestore();
    published.mockRestore();
  });
});

describe('a registry that begins anew behind the same address', () => {
  it('is found under its new id by a daemon that holds no name, and gives it one', async () => {
    const machine = newMachine();
    const alice = start(machine);
    await eventually('it answers', 5_000, () => alice.view.registryId !== undefined);
    const emptied = await openSite();
    open.push({ close: () => void emptied.close() });
    front.lead(emptied.port);
    // Until it is noticed that the old connections have ended.
    await sleep(100);
    machine.name = ALICE;
    const refusal = await alice.register(ALICE).catch((cause: unknown) => cause);
    expect(refusal).toMatchObject({ code: 'registry-strange' });
    expect(String(refusal)).toContain('Try again in a moment');
    // Sooner than the next look, which is up to 5 s away.
    await eventually('the name is held', 2_500, () => alice.isRegistered);
    expect(alice.view.registryId).toBe(emptied.registry.id);
  });
});

describe('a daemon whose name belongs to somebody else by now', () => {
  it('holds it no longer, says so, and does not ask for it every second', async () => {
    front.upgrades('refused');
    const alice = start(newMachine(ALICE));
    await eventually('the name is held', 5_000, () => alice.isRegistered);
    const emptied = await openSite();
    open.push({ close: () => void emptied.close() });
    await emptied.people(ALICE);
    front.lead(emptied.port);
    await eventually('it is lost', 10_000, () => !alice.isRegistered);
    expect(alice.view.problem).toContain('belongs to another identity');
    const asked = front.asked.length;
    await sleep(3_000);
    const more = front.asked.slice(asked).filter((line) => !line.endsWith('/api/health'));
    expect(more).toEqual([]);
    expect(alice.view).toMatchObject({ state: 'connecting', registryId: emptied.registry.id });
  });
});

describe('a name that is being taken', () => {
  it('is not held at another registry that was chosen meanwhile', async () => {
    const elsewhere = await openSite();
    open.push({ close: () => void elsewhere.close() });
    const machine = newMachine();
    const alice = start(machine);
    await eventually('it answers', 5_000, () => alice.view.registryId !== undefined);
    const answer = holdBack(site, '/api/register');
    const taking = alice.register(ALICE).catch((cause: unknown) => cause);
    await eventually('the challenge is made', 5_000, answer.isMade);
    alice.use(elsewhere.url);
    answer.release();
    expect(await taking).toMatchObject({ code: 'registry-left' });
    expect(alice.isRegistered).toBe(false);
    expect(machine.name).toBeUndefined();
  });

  it('is held before the old one is given up, whatever becomes of that', async () => {
    const machine = newMachine('old' as UserName);
    const alice = start(machine);
    await isHeld(alice);
    const { handle } = site.registry;
    const broken: typeof handle = async (request, from) =>
      request.method === 'DELETE' ? new Response('{}', { status: 500 }) : handle(request, from);
    Object.assign(site.registry, { handle: broken });
    const refusal = await alice.register(ALICE).catch((cause: unknown) => cause);
    expect(refusal).toMatchObject({ code: 'name-kept' });
    expect(String(refusal)).toContain('You are alice now, but old is still yours too');
    expect(machine.name).toBe(ALICE);
    await isHeld(alice);
    const [bob] = await site.people('bob');
    await eventually('alice is online', 5_000, () => alice.people.get(ALICE) === true);
    expect((await bob?.call(ALICE))?.status).toBe(200);
  });
});

describe('a daemon that stops while its name is being published', () => {
  it('leaves no timer behind that would try again', async () => {
    const answer = holdBack(site, '/api/register');
    const alice = start(newMachine(ALICE));
    await eventually('the challenge is made', 5_000, answer.isMade);
    alice.close();
    const timers = vi.spyOn(globalThis, 'setTimeout');
    front.lead(undefined);
    await sleep(300);
    expect(timers.mock.calls.filter(([, ms]) => ms === 5_000)).toEqual([]);
    timers.mockRestore();
    answer.release();
  });
});
