/**
 * Whatever dies in mid-call, the call goes on or says why it ended. Six pairs are in calls at the same
 * time; what befalls them runs at the same time too, and each test waits for its own pair.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../rig/child.js';
import { startPulse } from '../rig/pulse.js';
import { startRegistry } from '../rig/registry.js';
import { OTHER_VOICE } from './conversation.js';
import { killEngine, REPLAYED } from './engine-killed.js';
import { cutForAWhile, cutForGood, killDaemon, killRegistry, stopDaemon } from './fates.js';
import { connect, type Pair, startPair } from './pair.js';
import { Started } from './started.js';
import { audioOf, epochsOf, noncesTwice, packetsOf, usedTwice } from './tap.js';

/** Stated times are tested at three times their length: the machine is busy. */
const BUSY = 3;
const RECONNECTING_MS = 3000;
const LOST_MS = 60_000;
const GOODBYE_MS = 10_000;
const BYE_MS = 1500;
/** A gone daemon's engine must not go on sending for longer than its goodbye takes. */
const ENGINE_EXIT_MS = 2000;
const AGAIN_MS = 2000;
/** A tone, cut where frames were given back or made up, is still far from any other tone. */
const SAME_TONE = 0.8;

const started = new Started();
const pairs = {} as Record<'alone' | 'left' | 'stopped' | 'cut' | 'lost', Pair>;
let fates: {
  alone: ReturnType<typeof killRegistry>;
  left: ReturnType<typeof killDaemon>;
  stopped: ReturnType<typeof stopDaemon>;
  cut: ReturnType<typeof cutForAWhile>;
  lost: ReturnType<typeof cutForGood>;
  engine: ReturnType<typeof killEngine>;
};

beforeAll(async () => {
  const [registry, doomed, pulse] = await Promise.all([
    started.add(startRegistry()),
    started.add(startRegistry()),
    started.add(startPulse(['alice', 'bob'])),
  ]);
  for (const [seed, fate] of (['alone', 'left', 'stopped', 'cut', 'lost'] as const).entries()) {
    pairs[fate] = await startPair(started, {
      registry: fate === 'alone' ? doomed : registry,
      seed,
      alice: { name: `alice-${fate}` },
      bob: { name: `bob-${fate}` },
    });
  }
  const talking = await startPair(started, { registry, seed: 5, pulse });
  await Promise.all(Object.values(pairs).map(connect));
  await sleep(2000);
  fates = {
    alone: killRegistry(pairs.alone, doomed),
    left: killDaemon(pairs.left, registry, started),
    stopped: stopDaemon(pairs.stopped),
    cut: cutForAWhile(pairs.cut),
    lost: cutForGood(pairs.lost),
    engine: killEngine(talking, pulse),
  };
  // Each is awaited by its own test, maybe long after it has failed.
  for (const fate of Object.values(fates)) fate.catch(() => undefined);
}, 90_000);
afterAll(() => started.stop());

describe('a media engine that is killed in mid-call', () => {
  it('is heard again within 2 s, and hears again', async () => {
    const { againAfterMs } = await fates.engine;
    process.stdout.write(`ms from kill to sound: ${JSON.stringify(againAfterMs)}\n`);
    for (const ms of Object.values(againAfterMs)) {
      expect(ms, 'the kill was heard').toBeGreaterThan(0);
      expect(ms).toBeLessThan(BUSY * AGAIN_MS);
    }
  });

  it('gives way to one that carries the same sound', async () => {
    const { alike } = await fates.engine;
    for (const { theirs, own } of Object.values(alike)) {
      expect(theirs).toBeGreaterThan(SAME_TONE);
      expect(own).toBeLessThan(OTHER_VOICE);
    }
  });

  it('does not end the call', async () => {
    const { before, after, phases } = await fates.engine;
    for (const who of ['alice', 'bob'] as const) {
      expect(after[who].callId).toBe(before[who].callId);
      expect(after[who].words).toEqual(before[who].words);
      expect(phases[who]).not.toContain('ended');
      expect(phases[who].at(-1)).toBe('active');
    }
  });

  it('is followed by a rekey at once', async () => {
    const { tap, killedAt } = await fates.engine;
    for (const direction of ['A>B', 'B>A'] as const) {
      const soon = audioOf(tap, direction).filter(({ atMs }) => atMs < killedAt + BUSY * AGAIN_MS);
      expect(epochsOf(soon)).toEqual([0, 1]);
    }
  });

  it('has used no nonce that its successor uses again', async () => {
    const packets = packetsOf((await fates.engine).tap);
    expect(usedTwice(packets)).toEqual([]);
    expect(noncesTwice(packets)).toEqual([]);
  });

  it('has a successor that opens nothing that was sent to it before', async () => {
    const { before, after } = (await fates.engine).replay;
    expect(after.replayed - before.replayed).toBeGreaterThanOrEqual(REPLAYED);
    expect(after.forged).toBe(before.forged);
  });
});

describe('a registry that is killed in mid-call', () => {
  it('is not noticed', async () => {
    const { lostFrames, moreFrames, phases } = await fates.alone;
    for (const seen of phases) {
      expect(seen.at(-1)).toBe('active');
      expect(seen).not.toContain('reconnecting');
    }
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

describe('a daemon that is stopped in mid-call', () => {
  it('says goodbye until it is heard, and is gone all the same', async () => {
    const { end, endedAfterMs, stopMs } = await fates.stopped;
    expect(end.endReason).toBe('program-stopped-there');
    expect(endedAfterMs).toBeLessThan(BUSY * BYE_MS);
    expect(stopMs).toBeLessThan(BUSY * BYE_MS);
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
