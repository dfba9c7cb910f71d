/** What befalls a call in mid-call, done to a pair, and what came of it. */
import type { HistoryEntry } from '@kyberline/shared/history';
import type { CallView } from '@kyberline/shared/snapshot';
import { eventually, isAlive, sleep } from '../rig/child.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import type { Registry } from '../rig/registry.js';
import { ended, freshCounters, type Pair, phasesSeen } from './pair.js';
import type { Started } from './started.js';

/** Far longer than anything here should take: the tests know the bounds. */
const PATIENCE_MS = 30_000;
const CUT_MS = 10_000;
/** Two of the goodbyes, which are 300 ms apart. */
const GOODBYES_LOST_MS = 450;
const LOST_PATIENCE_MS = 120_000;

/** The registry dies; 3 s later alice hangs up. */
export async function killRegistry({ alice, bob }: Pair, doomed: Registry) {
  await doomed.kill9();
  const before = await freshCounters(bob);
  await sleep(3000);
  const after = await freshCounters(bob);
  const phases = [alice, bob].map(phasesSeen);
  const talkedMs = Date.now() - alice.client.state()!.calls[0]!.connectedAt!;
  const { ms, value } = await timed(async () => {
    await alice.client.command('hangup', {});
    return Promise.all([ended(alice), ended(bob)]);
  });
  return {
    phases,
    lostFrames: after.lost - before.lost,
    moreFrames: after.received - before.received,
    ends: value,
    endedAfterMs: ms,
    talkedSeconds: talkedMs / 1000,
    histories: [await alice.client.history(), await bob.client.history()] as const,
  };
}

/** Alice's daemon dies; it is started again on the same data once bob knows. */
export async function killDaemon({ alice, bob }: Pair, registry: Registry, started: Started) {
  const engine = alice.enginePid();
  const talkedMs = Date.now() - alice.client.state()!.calls[0]!.connectedAt!;
  await alice.kill9();
  const [exit, end] = await Promise.all([
    timed(() => eventually('the engine exits', PATIENCE_MS, () => !isAlive(engine), 20)),
    timed(() => ended(bob, PATIENCE_MS)),
  ]);
  const again = await started.add(
    startDaemon({ name: alice.name!, home: alice.home, registryUrl: registry.url }),
  );
  const [row] = (await again.client.history()) as (HistoryEntry | undefined)[];
  return {
    engineExitMs: exit.ms,
    end: end.value,
    endedAfterMs: end.ms,
    row,
    talkedSeconds: talkedMs / 1000,
  };
}

/** Alice's daemon is asked to stop, and its first goodbyes are lost. */
export async function stopDaemon({ alice, bob, proxy }: Pair) {
  proxy.change({ blackout: true });
  const stopping = timed(() => alice.stop());
  await sleep(GOODBYES_LOST_MS);
  proxy.change({});
  const [stop, end] = await Promise.all([stopping, timed(() => ended(bob, PATIENCE_MS))]);
  return { stopMs: stop.ms, end: end.value, endedAfterMs: end.ms };
}

/** Nothing passes for 10 s. */
export async function cutForAWhile({ alice, bob, proxy }: Pair) {
  const both = [alice, bob] as const;
  const before = both.map(view);
  proxy.change({ blackout: true });
  const [quiet] = await Promise.all([
    Promise.all(both.map((daemon) => timed(() => phase(daemon, 'reconnecting')))),
    sleep(CUT_MS),
  ]);
  proxy.change({});
  const mended = await Promise.all(both.map((daemon) => timed(() => phase(daemon, 'active'))));
  const first = await Promise.all(both.map(freshCounters));
  await sleep(1000);
  const second = await Promise.all(both.map(freshCounters));
  return {
    before,
    after: both.map(view),
    quietAfterMs: quiet.map(({ ms }) => ms),
    mendedAfterMs: mended.map(({ ms }) => ms),
    moreFrames: second.map(({ received }, n) => received - first[n]!.received),
  };
}

/** Nothing passes any more. */
export async function cutForGood({ alice, bob, proxy }: Pair) {
  proxy.change({ blackout: true });
  return Promise.all(
    [alice, bob].map(async (daemon) => {
      const { ms, value } = await timed(() => ended(daemon, LOST_PATIENCE_MS));
      return { end: value, afterMs: ms, phases: phasesSeen(daemon) };
    }),
  );
}

function phase({ client, name }: Daemon, wanted: CallView['phase']): Promise<CallView> {
  return client.untilCall(`${name} is ${wanted}`, ({ phase }) => phase === wanted);
}

function view(daemon: Daemon): CallView {
  return daemon.client.state()!.calls[0]!;
}

async function timed<T>(act: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const from = performance.now();
  const value = await act();
  return { ms: performance.now() - from, value };
}
