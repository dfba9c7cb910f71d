/**
 * The media engine is killed with -9 while both people make a sound that never pauses. What was silent,
 * and for how long, is in the recordings; what the successor did is in the tap.
 *
 *   both sound ── 3 s ── kill ── engine runs ── old packets sent to it again ── 9 s after the kill
 */
import type { CallCounters, CallView } from '@kyberline/shared/snapshot';
import { sleep } from '../rig/child.js';
import type { Pulse } from '../rig/pulse.js';
import { cut, gaps, type Sound } from '../rig/sound.js';
import type { Tapped } from '../rig/udp-proxy.js';
import { likeness, type Who } from './conversation.js';
import { callOf, connect, freshCounters, type Pair, phasesSeen } from './pair.js';
import { audioOf } from './tap.js';

const BEFORE_MS = 3000;
const AFTER_MS = 9000;
/** The last stretch of it, in which all is as before. */
const WELL_MS = 2000;
const QUIET_DBFS = -50;
const RATE_HZ = 16_000;
const TONES = { alice: 523, bob: 347 } as const;
const BOTH = ['alice', 'bob'] as const;

/** So many packets that bob had sent to the dead engine are sent to its successor. */
export const REPLAYED = 20;

export interface EngineKilled {
  before: Record<Who, CallView>;
  after: Record<Who, CallView>;
  phases: Record<Who, string[]>;
  /** performance.now() */
  killedAt: number;
  /** From the kill to the end of the last silence, at least one frame of which was heard. */
  againAfterMs: Record<Who, number>;
  /** What each heard at the end: how much it is the other's tone, and their own. */
  alike: Record<Who, { theirs: number; own: number }>;
  tap: readonly Tapped[];
  /** Alice's counters around the replay. */
  replay: { before: CallCounters; after: CallCounters };
}

export async function killEngine(pair: Pair, pulse: Pulse): Promise<EngineKilled> {
  const { alice, bob, proxy } = pair;
  const before = await connect(pair);
  const talking = BOTH.map((who) => pulse.play(who, tone(TONES[who])));
  await sleep(500);
  const ears = { alice: await pulse.record('alice'), bob: await pulse.record('bob') };
  await sleep(BEFORE_MS);
  const killedAt = performance.now();
  await alice.killEngine9();
  const old = audioOf(proxy.tap, 'B>A').filter(({ atMs }) => atMs < killedAt);
  await alice.client.until(
    'a new engine runs',
    ({ engine }) => engine.state === 'running' && engine.restarts === 1,
  );
  const beforeReplay = await freshCounters(alice);
  for (const { bytes } of old.slice(-REPLAYED)) proxy.inject('B>A', bytes);
  const replay = { before: beforeReplay, after: await freshCounters(alice) };
  await sleep(Math.max(0, killedAt + AFTER_MS - performance.now()));
  const heard = {
    alice: { atMs: killedAt - ears.alice.startMs(), sound: await ears.alice.stop() },
    bob: { atMs: killedAt - ears.bob.startMs(), sound: await ears.bob.stop() },
  };
  const tap = [...proxy.tap];
  for (const playback of talking) await playback.stop();
  return {
    before,
    after: { alice: callOf(alice), bob: callOf(bob) },
    phases: { alice: phasesSeen(alice), bob: phasesSeen(bob) },
    killedAt,
    againAfterMs: {
      alice: silentUntil(heard.alice.sound, heard.alice.atMs),
      bob: silentUntil(heard.bob.sound, heard.bob.atMs),
    },
    alike: {
      alice: alikeAtEnd(heard.alice.sound, TONES.bob, TONES.alice),
      bob: alikeAtEnd(heard.bob.sound, TONES.alice, TONES.bob),
    },
    tap,
    replay,
  };
}

/** ms from `atMs` to the end of the last silence after it; 0 if there was none at all. */
function silentUntil(sound: Sound, atMs: number): number {
  const silent = gaps(sound, 40, QUIET_DBFS).filter(({ startMs }) => startMs >= atMs - 100);
  return Math.max(0, ...silent.map(({ startMs, lengthMs }) => startMs + lengthMs - atMs));
}

function alikeAtEnd(sound: Sound, theirs: number, own: number): { theirs: number; own: number } {
  const well = cut(sound, BEFORE_MS + AFTER_MS - WELL_MS);
  const alike = (hertz: number) => likeness(well, cut(tone(hertz), 0, WELL_MS / 2));
  return { theirs: alike(theirs), own: alike(own) };
}

/** Longer than all of it, and without a pause. */
function tone(hertz: number): Sound {
  const samples = new Float32Array(((BEFORE_MS + AFTER_MS + 5000) / 1000) * RATE_HZ);
  for (let n = 0; n < samples.length; n += 1) {
    samples[n] = 0.3 * Math.sin((2 * Math.PI * hertz * n) / RATE_HZ);
  }
  return { rateHz: RATE_HZ, samples };
}
