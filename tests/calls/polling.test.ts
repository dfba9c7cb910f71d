/**
 * Between a daemon and its registry stands something that knows no WebSockets: the daemon asks once
 * a second, says so, and is called and answers all the same; once it gets through it is pushed to.
 */
import type { CallView, StateSnapshot } from '@kyberline/shared/snapshot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Front, openFront } from '../registry/front.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { startRegistry } from '../rig/registry.js';
import { Started } from './started.js';

/** A poll a second, and what the offer takes; and that on a busy machine. */
const RINGS_MS = 6_000;
/** The fourth attempt comes 7 s after the first, the fifth 8 s later. */
const PUSHED_AGAIN_MS = 10_000;

const started = new Started();
let front: Front;
let alice: Daemon;
let bob: Daemon;

beforeAll(async () => {
  const registry = await started.add(startRegistry());
  front = await started.add(openFront(registry.port));
  front.upgrades('refused');
  [alice, bob] = await Promise.all([
    started.add(startDaemon({ name: 'alice', registryUrl: front.url })),
    started.add(startDaemon({ name: 'bob', registryUrl: registry.url })),
  ]);
});
afterAll(() => started.stop());

const at =
  (wanted: StateSnapshot['registry']['state']) =>
  ({ registry }: StateSnapshot): boolean =>
    registry.state === wanted;
const is =
  (wanted: CallView['phase']) =>
  ({ phase }: CallView): boolean =>
    phase === wanted;

describe('a daemon that no event socket gets through to', () => {
  it('polls, and says so', async () => {
    const { registry, me } = await alice.client.until('alice polls', at('polling'));
    expect(registry.problem).toBe(
      'The registry does not push events at the moment, so it is asked once a second.',
    );
    expect(me?.registered).toBe(true);
  });

  it('is rung at, answers and talks over what it asks for', async () => {
    await bob.client.until('bob sees alice', ({ people }) =>
      people.some(({ name, online }) => name === 'alice' && online),
    );
    const from = performance.now();
    await bob.client.command('call', { name: 'alice' });
    const { peer } = await alice.client.untilCall('it rings', is('ringing-here'), RINGS_MS);
    process.stdout.write(`ms from call to ring, polled: ${Math.round(performance.now() - from)}\n`);
    expect(peer).toBe('bob');
    await alice.client.command('answer', {});
    for (const { client, name } of [alice, bob]) {
      await client.untilCall(`${name} talks`, is('active'), RINGS_MS);
    }
    expect(alice.client.state()?.registry.state).toBe('polling');
    await bob.client.command('hangup', {});
    await alice.client.untilCall('it is over', is('ended'), RINGS_MS);
  });

  it('is pushed to once sockets get through', async () => {
    front.upgrades('passed');
    const { registry } = await alice.client.until('push', at('push'), PUSHED_AGAIN_MS);
    expect(registry.problem).toBeUndefined();
  });
});
