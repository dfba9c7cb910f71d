/**
 * The media engine is killed with -9 while both people make a sound that never pauses. The call goes on
 * with another engine: what was silent, and for how long, is read from the recordings.
 */
import type { CallCounters, CallView } from '@kyberline/shared/snapshot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, sleep } from '../rig/child.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import type { Recording } from '../rig/pulse-streams.js';
import { startRegistry } from '../rig/registry.js';
import { alignedCorrelation, cut, gaps, type Sound } from '../rig/sound.js';
import type { Tapped } from '../rig/udp-proxy.js';
import { OTHER_VOICE } from './conversation.js';
import { callOf, connect, freshCounters, type Pair, phasesSeen, startPair } from './pair.js';
import { Started } from './started.js';
import { audioOf, epochsOf, noncesTwice, packetsOf, usedTwice } from './tap.js';

/** SPEC 9 and the issue: sound again within 2 s, tested at three times that on a busy machine. */
const AGAIN_MS = 2000;
const BUSY = 3;
const BEFORE_MS = 3000;
const AFTER_MS = 9000;
/** The last stretch of it, in which all is as before. */
const WELL_MS = 2000;
/** A tone, cut where frames were given back or made up, is still far from any other tone. */
const SAME_TONE = 0.8;
const QUIET_DBFS = -50;
const REPLAYED = 20;
const TONES = { alice: 523, bob: 347 } as const;

describe('a media engine that is killed in mid-call', () => {
  const started = new Started();
  let pulse: Pulse;
  let pair: Pair;
  let before: Record<'alice' | 'bob', CallView>;
  let tap: readonly Tapped[];
  let killedAt: number;
  let replay: { before: CallCounters; after: CallCounters };
  const heard = {} as Record<'alice' | 'bob', { sound: Sound; startMs: number }>;

  beforeAll(async () => {
    pulse = await started.add(startPulse(['alice', 'bob']));
    const registry = await started.add(startRegistry());
    pair = await startPair(started, { registry, seed: 4, pulse });
    const { alice, proxy } = pair;
    before = await connect(pair);
    const talking = (['alice', 'bob'] as const).map((who) => pulse.play(who, tone(TONES[who])));
    await sleep(500);
    const ears: Record<'alice' | 'bob', Recording> = {
      alice: await pulse.record('alice'),
      bob: await pulse.record('bob'),
    };
    await sleep(BEFORE_MS);
    killedAt = performance.now();
    await alice.killEngine9();
    replay = await replayOld();
    await sleep(Math.max(0, killedAt + AFTER_MS - performance.now()));
    for (const who of ['alice', 'bob'] as const) {
      const startMs = ears[who].startMs();
      heard[who] = { sound: await ears[who].stop(), startMs };
    }
    tap = [...proxy.tap];
    for (const playback of talking) await playback.stop();
  }, 60_000);
  afterAll(() => started.stop());

  /** What bob had sent to alice's dead engine is sent to its successor as soon as that one listens. */
  async function replayOld() {
    const { alice, proxy } = pair;
    const old = audioOf(proxy.tap, 'B>A').filter(({ atMs }) => atMs < killedAt);
    await alice.client.until('a new engine runs', ({ engine }) => engine.state === 'running');
    await eventually('it counts', 5000, () => alice.client.state()?.engine.restarts === 1);
    const first = await freshCounters(alice);
    for (const { bytes } of old.slice(-REPLAYED)) proxy.inject('B>A', bytes);
    return { before: first, after: await freshCounters(alice) };
  }

  it('is heard again within 2 s, and hears again', () => {
    for (const who of ['alice', 'bob'] as const) {
      const { sound, startMs } = heard[who];
      const at = killedAt - startMs;
      const silent = gaps(sound, 40, QUIET_DBFS).filter((gap) => gap.startMs >= at - 100);
      const again = Math.max(0, ...silent.map((gap) => gap.startMs + gap.lengthMs - at));
      process.stdout.write(`${who} hears sound again ${Math.round(again)} ms after the kill\n`);
      expect(silent.length, 'the kill is heard').toBeGreaterThan(0);
      expect(again, who).toBeLessThan(BUSY * AGAIN_MS);
    }
  });

  it('gives way to one that carries the same sound', () => {
    for (const [who, other] of [
      ['alice', 'bob'],
      ['bob', 'alice'],
    ] as const) {
      const well = cut(heard[who].sound, BEFORE_MS + AFTER_MS - WELL_MS);
      const same = alignedCorrelation(well, cut(tone(TONES[other]), 0, WELL_MS / 2));
      expect(same.correlation, who).toBeGreaterThan(SAME_TONE);
      const own = alignedCorrelation(well, cut(tone(TONES[who]), 0, WELL_MS / 2));
      expect(own.correlation, who).toBeLessThan(OTHER_VOICE);
    }
  });

  it('does not end the call', () => {
    for (const who of ['alice', 'bob'] as const) {
      expect(callOf(pair[who]).callId).toBe(before[who].callId);
      expect(callOf(pair[who]).words).toEqual(before[who].words);
      expect(phasesSeen(pair[who])).not.toContain('ended');
      expect(phasesSeen(pair[who]).at(-1)).toBe('active');
    }
  });

  it('is followed by a rekey at once', () => {
    for (const direction of ['A>B', 'B>A'] as const) {
      const soon = audioOf(tap, direction).filter(({ atMs }) => atMs < killedAt + BUSY * AGAIN_MS);
      expect(epochsOf(soon)).toEqual([0, 1]);
    }
  });

  it('has used no nonce that its successor used again', () => {
    const packets = packetsOf(tap);
    expect(usedTwice(packets)).toEqual([]);
    expect(noncesTwice(packets)).toEqual([]);
  });

  it('leaves a successor that plays nothing that was sent to it before', () => {
    expect(replay.after.replayed - replay.before.replayed).toBeGreaterThanOrEqual(REPLAYED);
    expect(replay.after.forged).toBe(replay.before.forged);
  });
});

/** As long as the test, and without a pause. */
function tone(hertz: number): Sound {
  const rateHz = 16_000;
  const samples = new Float32Array(((BEFORE_MS + AFTER_MS + 5000) / 1000) * rateHz);
  for (let n = 0; n < samples.length; n += 1) {
    samples[n] = 0.3 * Math.sin((2 * Math.PI * hertz * n) / rateHz);
  }
  return { rateHz, samples };
}
