/**
 * What both programs say of mouth to ear, held against recordings: chirps into one phone's microphone,
 * found in the other's speaker, both directions of one call at once. The bounds are three times what
 * `npm run bench -- latency` is about, since this machine may be busy.
 */
import type { CallCounters } from '@kyberline/shared/snapshot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../rig/child.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import { startRegistry } from '../rig/registry.js';
import { chirpOnsets, chirpTrain, delays, type Onset, quantile } from '../rig/sound.js';
import { watchCounters } from './onlooker.js';
import { connect, type Pair, startPair } from './pair.js';
import { Started } from './started.js';

const RATE_HZ = 48_000;
const CHIRPS = 20;
const EVERY_MS = 700;
const SETTLE_MS = 5_000;
const LONGEST_MS = 600;
/** The figure is 45 ms; what the programs say is within 10 ms of the recordings. */
const GOAL_MS = 45;
const WITHIN_MS = 10;
const NOISY = 3;

const started = new Started();
let pulse: Pulse;
let pair: Pair;
/** Of what bob hears, and alice. */
const heard = { bob: [] as number[], alice: [] as number[] };
const said = { bob: [] as CallCounters[], alice: [] as CallCounters[] };

beforeAll(async () => {
  pulse = await started.add(startPulse(['alice', 'bob']));
  const registry = await started.add(startRegistry());
  pair = await startPair(started, { registry, seed: 11, pulse });
  await connect(pair);
  await sleep(SETTLE_MS);
  const record = (who: 'alice' | 'bob', end: 'mic' | 'speaker') => pulse.record(who, end, RATE_HZ);
  const recorders = {
    alice: { mouth: await record('alice', 'mic'), ear: await record('alice', 'speaker') },
    bob: { mouth: await record('bob', 'mic'), ear: await record('bob', 'speaker') },
  };
  const onlookers = { alice: watchCounters(pair.alice), bob: watchCounters(pair.bob) };
  const train = chirpTrain(RATE_HZ, CHIRPS, EVERY_MS);
  const alice = pulse.play('alice', train);
  await sleep(EVERY_MS / 2);
  const bob = pulse.play('bob', train);
  await Promise.all([alice.done, bob.done]);
  for (const who of ['alice', 'bob'] as const) {
    said[who].push(...onlookers[who].seen.map(({ counters }) => counters));
    await onlookers[who].stop();
  }
  await sleep(LONGEST_MS);
  const onsets = async (recorder: Awaited<ReturnType<Pulse['record']>>): Promise<Onset[]> => {
    const startMs = recorder.startMs();
    return chirpOnsets(await recorder.stop()).map((one) => ({ ...one, atMs: startMs + one.atMs }));
  };
  const mouths = {
    alice: await onsets(recorders.alice.mouth),
    bob: await onsets(recorders.bob.mouth),
  };
  heard.alice = delays(mouths.bob, await onsets(recorders.alice.ear), LONGEST_MS);
  heard.bob = delays(mouths.alice, await onsets(recorders.bob.ear), LONGEST_MS);
}, 90_000);
afterAll(() => started.stop());

describe.each(['alice', 'bob'] as const)('what %s hears', (who) => {
  it('is soon after it was said', () => {
    expect(heard[who].length).toBeGreaterThan(CHIRPS / 2);
    expect(quantile(heard[who], 0.5)).toBeLessThan(NOISY * GOAL_MS);
  });

  it('is as late as the program says', () => {
    const ms = said[who].flatMap(({ mouthToEarMs }) => mouthToEarMs ?? []);
    expect(ms.length).toBeGreaterThan(5);
    const difference = quantile(ms, 0.5) - quantile(heard[who], 0.5);
    expect(Math.abs(difference)).toBeLessThan(NOISY * WITHIN_MS);
  });

  it('has a budget of which every stage is said, and which adds up', () => {
    const { mouthToEarMs, budget } = said[who].at(-1)!;
    const stages = Object.values(budget!);
    expect(stages.reduce((sum, each) => sum + each, 0)).toBeCloseTo(mouthToEarMs!);
    expect(budget).toMatchObject({ framingMs: expect.any(Number), codecMs: 2.5, processingMs: 0 });
    for (const stage of [budget!.framingMs, budget!.outputMs]) expect(stage).toBeGreaterThan(2);
    for (const stage of stages) expect(stage).toBeGreaterThan(-WITHIN_MS);
  });
});
