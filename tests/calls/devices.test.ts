/**
 * A sound system comes and goes under running daemons. In a call, bob's phone loses microphone and
 * loudspeaker and gets them back one after the other; each phone is on a PulseAudio of its own, and
 * both ends go at once, since PulseAudio moves the stream of one that goes alone to the other.
 *
 *   both sound ── unplugged ── 5 s ── microphone back ── heard by alice ── speaker back ── heard by bob
 *
 * A third daemon was started before its sound system.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, sleep } from '../rig/child.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import type { Recording } from '../rig/pulse-streams.js';
import { startRegistry } from '../rig/registry.js';
import { cut, durationMs, rmsDbfs, type Sound } from '../rig/sound.js';
import { callOf, connect, type Pair, phasesSeen, startPair } from './pair.js';
import { Started } from './started.js';
import { audioOf, between, sizesOf } from './tap.js';

const RATE_HZ = 16_000;
const AWAY_MS = 5000;
/** A device that is away is tried every 2 s; three of these, on a busy machine. */
const AGAIN_MS = 3 * 2000;
const WELL_MS = 1000;
const HEARD_DBFS = -40;
const FRAME_MS = 10;
/** Of the packets that are due; those of a busy moment are not all made up for. */
const RHYTHM = [0.9, 1.1] as const;
/** A device counts as absent after 150 ms, and packets are then sent in its place. */
const PAUSE_MS = 500;
/** Idle daemons look every 10 s. */
const FOUND_MS = 20_000;

const started = new Started();
const TONES = { alice: tone(523), bob: tone(347) };
let pulse: Record<'alice' | 'bob', Pulse>;
let pair: Pair;
let late: Daemon;
let soundless: string;

beforeAll(async () => {
  const [alice, bob, registry] = await Promise.all([
    started.add(startPulse(['alice'])),
    started.add(startPulse(['bob'])),
    started.add(startRegistry()),
  ]);
  pulse = { alice, bob };
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-devices-'));
  await started.add({ stop: async () => rmSync(folder, { recursive: true }) });
  soundless = join(folder, 'alsa.conf');
  writeFileSync(soundless, '');
  const wish = (who: 'alice' | 'bob') => ({
    ...{ input: 'default', output: 'default', env: pulse[who].env(who) },
  });
  [pair, late] = await Promise.all([
    // A codec whose packets have one size whatever the network does: devices alone could change it.
    startPair(started, {
      ...{ registry, seed: 7, codec: 'pcm48' },
      ...{ alice: wish('alice'), bob: wish('bob') },
    }),
    started.add(
      startDaemon({
        ...{ input: 'default', output: 'default' },
        env: { ...alice.env('alice'), ALSA_CONFIG_PATH: soundless },
      }),
    ),
  ]);
});
afterAll(() => started.stop());

describe('a call in which microphone and loudspeaker are unplugged', () => {
  let before: string;
  let meanwhile: StateSnapshot;
  let heardMeanwhile: number;
  let againMs: { microphone: number; loudspeaker: number };
  let ends: StateSnapshot;
  let times: { well: number; end: number };

  beforeAll(async () => {
    await connect(pair);
    before = callOf(pair.bob).callId;
    await started.add(pulse.alice.play('alice', TONES.alice));
    const bobs = await started.add(pulse.bob.play('bob', TONES.bob));
    const alicesEar = await started.add(pulse.alice.record('alice'));
    await heard(alicesEar, 10_000);
    await sleep(WELL_MS);
    const well = performance.now();

    await bobs.stop();
    await pulse.bob.unplug('bob', 'speaker');
    await pulse.bob.unplug('bob', 'mic');
    await sleep(AWAY_MS);
    meanwhile = pair.bob.client.state()!;
    heardMeanwhile = newest(alicesEar);

    const microphoneAt = performance.now();
    await pulse.bob.plug('bob', 'mic');
    await started.add(pulse.bob.play('bob', TONES.bob));
    await heard(alicesEar, 2 * AGAIN_MS);
    const loudspeakerAt = performance.now();
    await pulse.bob.plug('bob', 'speaker');
    await heard(await started.add(pulse.bob.record('bob')), 2 * AGAIN_MS);
    againMs = {
      microphone: loudspeakerAt - microphoneAt,
      loudspeaker: performance.now() - loudspeakerAt,
    };
    await sleep(WELL_MS);
    ends = pair.bob.client.state()!;
    times = { well, end: performance.now() };
  }, 60_000);

  it('goes on as the same call, active all the time', () => {
    for (const daemon of [pair.alice, pair.bob]) {
      expect(callOf(daemon).callId).toBe(before);
      const phases = phasesSeen(daemon);
      expect(phases.slice(phases.indexOf('active'))).toEqual(['active']);
      expect(daemon.client.state()?.engine).toMatchObject({ state: 'running', restarts: 0 });
    }
  });

  it('keeps the size of its packets, and their rhythm', () => {
    for (const direction of ['A>B', 'B>A'] as const) {
      const packets = between(audioOf(pair.proxy.tap, direction), [times.well, times.end]);
      expect(sizesOf(packets), direction).toHaveLength(1);
      const due = (times.end - times.well) / FRAME_MS;
      expect(packets.length, direction).toBeGreaterThan(RHYTHM[0] * due);
      expect(packets.length, direction).toBeLessThan(RHYTHM[1] * due);
      const pauses = packets.slice(1).map(({ atMs }, n) => atMs - packets[n]!.atMs);
      expect(Math.max(...pauses), direction).toBeLessThan(PAUSE_MS);
    }
  });

  it('has a word about both in the snapshot meanwhile, and none afterwards', () => {
    for (const device of [meanwhile.input, meanwhile.output]) {
      expect(['restarting', 'failed']).toContain(device.state);
      expect(device.why).toMatch(/stopped or cannot be opened|is not there|There is no/);
    }
    expect([ends.input.state, ends.output.state]).toEqual(['running', 'running']);
  });

  it('has sound again soon after each is back', () => {
    expect(heardMeanwhile).toBeLessThan(HEARD_DBFS);
    expect(againMs.microphone).toBeLessThan(AGAIN_MS);
    expect(againMs.loudspeaker).toBeLessThan(AGAIN_MS);
  });
});

describe('a daemon that was started before its sound system', () => {
  it('finds it by itself', async () => {
    expect(late.client.state()).toMatchObject({
      devices: [],
      input: { kind: 'silence', why: expect.stringContaining('no sound server runs') },
    });
    writeFileSync(soundless, pulseAlone());
    const { devices, input, output } = await late.client.until(
      'the sound system is found',
      (state) => state.devices.length > 0,
      FOUND_MS,
    );
    expect(devices.map(({ name }) => name)).toContain('default');
    expect([input.kind, output.kind]).toEqual(['portaudio', 'portaudio']);
  });
});

/** What tests/rig/pulse.ts writes for its own programs. */
function pulseAlone(): string {
  return ['pcm.!default { type pulse }', 'ctl.!default { type pulse }', ''].join('\n');
}

/** How loud the newest quarter of a second is. */
function newest(ear: Recording): number {
  const sound = ear.soFar();
  return rmsDbfs(cut(sound, durationMs(sound) - 250).samples);
}

async function heard(ear: Recording, withinMs: number): Promise<void> {
  await eventually('sound is heard', withinMs, () => newest(ear) > HEARD_DBFS);
}

/** Longer than all of it, and without a pause. */
function tone(hertz: number): Sound {
  const samples = Float32Array.from(
    { length: 40 * RATE_HZ },
    (_, n) => 0.3 * Math.sin((2 * Math.PI * hertz * n) / RATE_HZ),
  );
  return { rateHz: RATE_HZ, samples };
}
