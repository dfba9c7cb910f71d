/**
 * Whatever dies in mid-call, the call goes on or says why it ended. Four pairs are in calls at the same
 * time; what befalls them runs at the same time too, and each test waits for its own pair.
 */
import type { HistoryEntry } from '@kyberline/shared/history';
import type { CallView } from '@kyberline/shared/snapshot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, isAlive, sleep } from '../rig/child.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { type Registry, startRegistry } from '../rig/registry.js';
import { connect, ended, freshCounters, type Pair, phasesSeen, startPair } from './pair.js';
import { Started } from './started.js';

/** Stated times are tested at three times their length: the machine is busy. */
const BUSY = 3;
const RECONNECTING_MS = 3000;
const LOST_MS = 60_000;
const GOODBYE_MS = 10_000;
const BYE_MS = 1500;
/** A gone daemon's engine must not go on sending for longer than its goodbye takes. */
const ENGINE_EXIT_MS = 2000;
const CUT_MS = 10_000;

const started = new Started();
const pairs = {} as Record<'alone' | 'left' | 'cut' | 'lost', Pair>;
let registry: Registry;
/** The one that is killed. */
let doomed: Registry;
let fates: {
  alone: ReturnType<typeof killRegistry>;
  left: ReturnType<typeof killDaemon>;
  cut: ReturnType<typeof cutForAWhile>;
  lost: ReturnType<typeof cutForGood>;
};

beforeAll(async () => {
  [registry, doomed] = await Promise.all([
    started.add(startRegistry()),
    started.add(startRegistry()),
  ]);
  for (const [seed, fate] of (['alone', 'left', 'cut', 'lost'] as const).entries()) {
    pairs[fate] = await startPair(started, {
      registry: fate === 'alone' ? doomed : registry,
      seed,
      alice: { name: `alice-${fate}` },
      bob: { name: `bob-${fate}` },
    });
  }
  await Promise.all(Object.values(pairs).map(connect));
  await sleep(2000);
  fates = {
    alone: killRegistry(pairs.alone),
    left: killDaemon(pairs.left),
    cut: cutForAWhile(pairs.cut),
    lost: cutForGood(pairs.lost),
  };
  // Each is awaited by its own test, maybe long after it has failed.
  for (const fate of Object.values(fates)) fate.catch(() => undefined);
}, 90_000);
afterAll(() => started.stop());

describe('a registry that is killed in mid-call', () => {
  it('is not noticed', async () => {
    const { lostFrames, moreFrames, phases } = await fates.alone;
    expect(phases).toEqual(['active', 'active']);
    expect(lostFrames).toBe(0);
    expect(moreFrames).toBeGreaterThan(100);
  });

  it('is not needed to hang up: the other side is told over UDP', async () => {
    const { endedAfterMs, ends } = await fates.alone;
    expect(ends.map(({ endReason }) => endReason)).toEqual(['hung-up-by-me', 'hung-up-by-them']);
    expect(endedAfterMs).toBeLessThan(BUSY * BYE_MS);
  });

  it('leaves the right rows in both histories', async () => {
    const { histories, talkedSeconds } = await fates.alone;
    const [alice, bob] = histories;
    expect(alice).toMatchObject([
      { peer: 'bob-alone', direction: 'outgoing', endReason: 'hung-up-by-me' },
    ]);
    expect(bob).toMatchObject([
      { peer: 'alice-alone', direction: 'incoming', endReason: 'hung-up-by-them' },
    ]);
    for (const [row] of histories) {
      expect(Math.abs(row!.durationSeconds - talkedSeconds)).toBeLessThan(2);
    }
  });
});

describe('a daemon that is killed in mid-call', () => {
  it('leaves an engine that says goodbye and exits', async () => {
    const { engineExitMs } = await fates.left;
    expect(engineExitMs).toBeLessThan(BUSY * ENGINE_EXIT_MS);
  });

  it('ends the call at the other side within 10 s: their program stopped', async () => {
    const { end, endedAfterMs } = await fates.left;
    expect(end.endReason).toBe('program-stopped-there');
    expect(end.endSentence).toContain('their program stopped');
    expect(endedAfterMs).toBeLessThan(GOODBYE_MS);
  });

  it('finds the call closed with the right reason when it is started again', async () => {
    const { row, talkedSeconds } = await fates.left;
    expect(row).toMatchObject({ endReason: 'program-stopped-here', peer: 'bob-left' });
    // Its last sign of life is up to five seconds old, and never from after the kill.
    expect(row?.durationSeconds).toBeLessThanOrEqual(talkedSeconds + 1);
    expect(row?.durationSeconds).toBeGreaterThanOrEqual(talkedSeconds - 8);
  });
});

describe('a line on which nothing passes for 10 s', () => {
  it('shows as reconnecting on both sides', async () => {
    const { quietAfterMs } = await fates.cut;
    for (const ms of quietAfterMs) expect(ms).toBeLessThan(BUSY * RECONNECTING_MS);
  });

  it('goes on with the same call, and with sound, when it is mended', async () => {
    const { mendedAfterMs, moreFrames, before, after } = await fates.cut;
    expect(after.map(({ callId }) => callId)).toEqual(before.map(({ callId }) => callId));
    for (const ms of mendedAfterMs) expect(ms).toBeLessThan(BUSY * 1000);
    for (const frames of moreFrames) expect(frames).toBeGreaterThan(40);
  });
});

describe('a line on which nothing passes for good', () => {
  it('is given up as lost after 60 s, on both sides', async () => {
    for (const { end, afterMs, phases } of await fates.lost) {
      expect(end.endReason).toBe('media-lost');
      expect(end.endSentence).toContain('connection lost');
      expect(phases.slice(-3)).toEqual(['active', 'reconnecting', 'ended']);
      expect(afterMs).toBeGreaterThan(LOST_MS - 1000);
      expect(afterMs).toBeLessThan(LOST_MS + 5000);
    }
  });
});

async function killRegistry(pair: Pair) {
  const { alice, bob } = pair;
  await doomed.kill9();
  const before = await freshCounters(bob);
  await sleep(3000);
  const after = await freshCounters(bob);
  const phases = [alice, bob].map((daemon) => phasesSeen(daemon).at(-1));
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

async function killDaemon({ alice, bob }: Pair) {
  const engine = alice.enginePid();
  const talkedMs = Date.now() - alice.client.state()!.calls[0]!.connectedAt!;
  await alice.kill9();
  const [exit, end] = await Promise.all([
    timed(() => eventually('the engine exits', GOODBYE_MS, () => !isAlive(engine), 20)),
    timed(() => ended(bob, 3 * GOODBYE_MS)),
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

async function cutForAWhile({ alice, bob, proxy }: Pair) {
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

async function cutForGood({ alice, bob, proxy }: Pair) {
  proxy.change({ blackout: true });
  return Promise.all(
    [alice, bob].map(async (daemon) => {
      const { ms, value } = await timed(() => ended(daemon, 2 * LOST_MS));
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
