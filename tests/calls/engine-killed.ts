/**
 * The media engine is killed with -9 while both people make a sound that never pauses. For how long it
 * was away is in the recordings (what stands in for it meanwhile is not silent); what the successor
 * did is in the tap.
 *
 *   both sound ── 3 s ── kill ── engine runs ── old packets sent to it again ── 9 s after the kill
 */
import type { CallCounters, CallView } from '@kyberline/shared/snapshot';
import { sleep } from '../rig/child.js';
import type { Pulse } from '../rig/pulse.js';
import { cut, durationMs, type Sound } from '../rig/sound.js';
import type { Tapped } from '../rig/udp-proxy.js';
import { likeness, type Who } from './conversation.js';
import { callOf, connect, freshCounters, type Pair, phasesSeen } from './pair.js';
import { audioOf } from './tap.js';

const BEFORE_MS = 3000;
const AFTER_MS = 9000;
/** The last stretch of it, in which all is as before. */
const WELL_MS = 2000;
/** A tone that is said has -13; what is made up in its place is noise after some 100 ms. */
const AWAY_DBFS = -25;
const BLOCK_MS = 40;
/** Where sound was cut in the midst of one block, its halves may undo each other. */
const AWAY_BLOCKS = 2;
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
  /** From the kill until the other's tone is heard for good; 0 if it was never away. */
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
      alice: awayUntil(heard.alice.sound, TONES.bob, heard.alice.atMs),
      bob: awayUntil(heard.bob.sound, TONES.alice, heard.bob.atMs),
    },
    alike: {
      alice: alikeAtEnd(heard.alice.sound, TONES.bob, TONES.alice),
      bob: alikeAtEnd(heard.bob.sound, TONES.alice, TONES.bob),
    },
    tap,
    replay,
  };
}

/** ms from `atMs` until the tone is heard for good; 0 if it was never away. */
function awayUntil(sound: Sound, hertz: number, atMs: number): number {
  let untilMs = 0;
  let away = 0;
  for (
    let fromMs = Math.max(0, atMs - 100);
    fromMs + BLOCK_MS <= durationMs(sound);
    fromMs += BLOCK_MS
  ) {
    const block = cut(sound, fromMs, fromMs + BLOCK_MS);
    away = toneDbfs(block, hertz) < AWAY_DBFS ? away + 1 : 0;
    if (away >= AWAY_BLOCKS) untilMs = fromMs + BLOCK_MS - atMs;
  }
  return Math.max(0, untilMs);
}

/** How loud that tone alone is in a sound. */
function toneDbfs({ rateHz, samples }: Sound, hertz: number): number {
  let re = 0;
  let im = 0;
  for (const [n, sample] of samples.entries()) {
    re += sample * Math.cos((2 * Math.PI * hertz * n) / rateHz);
    im += sample * Math.sin((2 * Math.PI * hertz * n) / rateHz);
  }
  const amplitude = (2 * Math.hypot(re, im)) / Math.max(1, samples.length);
  return 20 * Math.log10(amplitude / Math.SQRT2 + 1e-5);
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
