/** How a daemon hears of what happens at its registry, by push and without (SPEC 12). */
import { randomBytes } from 'node:crypto';
import { RegistryClient, type RegistryListener } from '@kyberline/daemon/net/registry-client';
import type { Person as Listed } from '@kyberline/shared/registry';
import type { RegistryView } from '@kyberline/shared/snapshot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, sleep } from '../rig/child.js';
import { type Front, openFront } from './front.js';
import { holdBack } from './hold-back.js';
import { type Person, personAt } from './person.js';
import { openSite, type Site } from './site.js';

let site: Site;
let front: Front;
let bob: Person;
let alice: Own;
beforeEach(async () => {
  site = await openSite();
  front = await openFront(site.port);
  [bob] = (await site.people('bob')) as [Person];
  alice = await own('alice');
});
afterEach(async () => {
  alice.client.close();
  await front.stop();
  await site.close();
});

/** A person's daemon, as far as the registry is concerned, and what it was told. */
interface Own {
  person: Person;
  client: RegistryClient;
  heard: { calls: string[]; people: Listed[][]; presence: Listed[]; replaced: number };
  states: () => string[];
  /** Finds the registry, takes the name there and listens. */
  listen(): Promise<void>;
}

async function own(name: string): Promise<Own> {
  const person = await personAt(site, name);
  const heard: Own['heard'] = { calls: [], people: [], presence: [], replaced: 0 };
  const views: RegistryView[] = [];
  const clocks = { wall: site.now, monotonic: () => performance.now() };
  const { identity, bundle } = person.test;
  let found = () => {};
  const isFound = new Promise<void>((resolve) => {
    found = resolve;
  });
  const listener: RegistryListener = {
    found: () => found(),
    changed: (view) => views.push(view),
    call: ({ call_id, status }) => heard.calls.push(`${call_id} ${status}`),
    people: (list) => heard.people.push(list),
    presence: (one) => heard.presence.push(one),
    replaced: () => heard.replaced++,
  };
  const client = new RegistryClient(
    front.url,
    identity,
    person.machineId,
    clocks,
    randomBytes,
    listener,
  );
  return {
    person,
    client,
    heard,
    states: () => views.map(({ state }) => state),
    listen: async () => {
      client.start();
      await isFound;
      await client.publish(bundle);
      client.listen(bundle.name as Listed['username']);
    },
  };
}

const ringing = ({ json }: Awaited<ReturnType<Person['call']>>) => `${json.call.call_id} ringing`;

describe('a daemon whose event socket is neither opened nor refused', () => {
  it('goes on polling meanwhile, and says so', async () => {
    front.upgrades('left waiting');
    await alice.listen();
    const call = ringing(await bob.call('alice'));
    // An attempt is given up after 5 s.
    await eventually('the call is heard', 3_000, () => alice.heard.calls.includes(call));
    await eventually('polls are told of', 1_000, () => alice.client.view.state === 'polling');
    expect(front.asked.filter((line) => line.includes('/api/events'))).toHaveLength(1);
  });
});

describe('a daemon whose list of people is made before somebody comes', () => {
  it('shows who came, though the list arrives later', async () => {
    const list = holdBack(site, '/api/users');
    await alice.listen();
    await eventually('the list is made', 5_000, list.isMade);
    await bob.listen();
    const came = () => alice.heard.presence.some(({ username }) => username === 'bob');
    await eventually('bob is heard of', 5_000, came);
    list.release();
    const shown = await eventually('the list arrives', 5_000, () => alice.heard.people[0]);
    expect(shown).toContainEqual({ username: 'bob', online: true });
  });
});

describe('a daemon whose name is registered from another machine', () => {
  for (const upgrades of ['passed', 'refused'] as const) {
    it(`is told so, and asks no more, where upgrades are ${upgrades}`, async () => {
      front.upgrades(upgrades);
      await alice.listen();
      const state = upgrades === 'passed' ? 'push' : 'polling';
      await eventually(`it is at ${state}`, 5_000, () => alice.client.view.state === state);
      await alice.person.register(undefined, { machineId: 'ab'.repeat(16) });
      await eventually('it is told', 5_000, () => alice.heard.replaced > 0);
      const asked = front.asked.filter((line) => line.includes('alice')).length;
      await sleep(1_500);
      expect(front.asked.filter((line) => line.includes('alice'))).toHaveLength(asked);
      expect(alice.heard.replaced).toBe(1);
    });
  }
});

describe('a daemon that turns to another registry', () => {
  it('hears nothing more of this one, not even what it had asked for', async () => {
    front.upgrades('refused');
    const poll = holdBack(site, '/api/call/pending/alice');
    await alice.listen();
    await bob.call('alice');
    await eventually('it polls', 5_000, poll.isMade);
    const views = alice.states().length;
    alice.client.close();
    poll.release();
    await sleep(300);
    expect(alice.heard).toEqual({ calls: [], people: [], presence: [], replaced: 0 });
    expect(alice.states()).toHaveLength(views);
  });
});

describe('a daemon whose event socket opens after all', () => {
  it('polls no more, and says push', async () => {
    front.upgrades('refused');
    await alice.listen();
    await eventually('it polls', 5_000, () => alice.client.view.state === 'polling');
    front.upgrades('passed');
    await eventually('it is pushed to', 10_000, () => alice.client.view.state === 'push');
    const polls = () => front.asked.filter((line) => line.includes('/api/call/pending')).length;
    await sleep(300);
    const before = polls();
    await sleep(1_500);
    expect(polls()).toBe(before);
    expect(alice.states().at(-1)).toBe('push');
  });
});
