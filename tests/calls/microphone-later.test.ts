/**
 * A call that begins without a microphone at one end, which is plugged in meanwhile: the loudspeaker
 * is heard all the time, so that nothing of this program can look for it but another one.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, sleep } from '../rig/child.js';
import { startPulse } from '../rig/pulse.js';
import type { Recording } from '../rig/pulse-streams.js';
import { startRegistry } from '../rig/registry.js';
import { cut, durationMs, rmsDbfs, type Sound } from '../rig/sound.js';
import { callOf, connect, type Pair, phasesSeen, startPair } from './pair.js';
import { Started } from './started.js';

const RATE_HZ = 16_000;
const HEARD_DBFS = -40;
const PATIENCE_MS = 30_000;
/** It is looked for every 5 s; three of these, and what a null sink takes to wake. */
const FOUND_MS = 3 * 5_000 + 2_000;
const WELL_MS = 1_000;

const PULSE = 'type pulse';
const CONTROL = 'ctl.!default { type pulse }\n';
/** ALSA's view of the machine, before and after. */
const LOUDSPEAKER_ALONE = `pcm.!default { type asym playback.pcm { ${PULSE} } }\n${CONTROL}`;
const BOTH = `pcm.!default { ${PULSE} }\n${CONTROL}`;

const started = new Started();
let pair: Pair;
let alicesEar: Recording;
let bobsEar: Recording;
let sound: string;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-later-'));
  await started.add({ stop: async () => rmSync(folder, { recursive: true }) });
  sound = join(folder, 'alsa.conf');
  writeFileSync(sound, LOUDSPEAKER_ALONE);
  const [pulse, registry] = await Promise.all([
    started.add(startPulse(['alice', 'bob'])),
    started.add(startRegistry()),
  ]);
  const devices = { input: 'default', output: 'default' };
  pair = await startPair(started, {
    ...{ registry, seed: 9 },
    alice: { ...devices, env: pulse.env('alice') },
    bob: { ...devices, env: { ...pulse.env('bob'), ALSA_CONFIG_PATH: sound } },
  });
  await connect(pair);
  await started.add(pulse.play('alice', tone(523)));
  await started.add(pulse.play('bob', tone(347)));
  alicesEar = await started.add(pulse.record('alice'));
  bobsEar = await started.add(pulse.record('bob'));
  await eventually('bob hears alice', PATIENCE_MS, () => newest(bobsEar) > HEARD_DBFS);
}, 60_000);
afterAll(() => started.stop());

describe('a call that begins without a microphone', () => {
  it('says so, and has sound one way', async () => {
    await sleep(WELL_MS);
    const { input, output } = pair.bob.client.state()!;
    expect(input).toMatchObject({ kind: 'silence', why: expect.stringContaining('no microphone') });
    expect(output).toMatchObject({ kind: 'portaudio', state: 'running' });
    expect(newest(alicesEar)).toBeLessThan(HEARD_DBFS);
    expect(newest(bobsEar)).toBeGreaterThan(HEARD_DBFS);
  });

  it('finds one that is plugged in later, and goes on as the same call', async () => {
    const { callId } = callOf(pair.bob);
    writeFileSync(sound, BOTH);
    const from = performance.now();
    await eventually('alice hears bob', PATIENCE_MS, () => newest(alicesEar) > HEARD_DBFS);
    const foundMs = performance.now() - from;
    process.stdout.write(`a microphone in mid-call, ms until heard: ${Math.round(foundMs)}\n`);
    expect(foundMs).toBeLessThan(FOUND_MS);
    await eventually('bob hears again', PATIENCE_MS, () => newest(bobsEar) > HEARD_DBFS);
    const { input, output } = pair.bob.client.state()!;
    expect([input, output].map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'portaudio running',
      'portaudio running',
    ]);
    expect(callOf(pair.bob).callId).toBe(callId);
    const phases = phasesSeen(pair.bob);
    expect(phases.slice(phases.indexOf('active'))).toEqual(['active']);
  }, 40_000);
});

/** How loud the newest quarter of a second is. */
function newest(recording: Recording): number {
  const heard = recording.soFar();
  return rmsDbfs(cut(heard, durationMs(heard) - 250).samples);
}

/** Longer than all of it, and without a pause. */
function tone(hertz: number): Sound {
  const samples = Float32Array.from(
    { length: 80 * RATE_HZ },
    (_, n) => 0.3 * Math.sin((2 * Math.PI * hertz * n) / RATE_HZ),
  );
  return { rateHz: RATE_HZ, samples };
}
