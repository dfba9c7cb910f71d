/**
 * Sound without a call's voice, on a real phone: the chime, a recording that is played, and the
 * engine's own ringtone while bob calls. Whatever was opened for it is closed afterwards.
 */
import { chime, ringtone } from '@kyberline/daemon/media/bells';
import type { SoundTest } from '@kyberline/shared/snapshot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../rig/child.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import { startRegistry } from '../rig/registry.js';
import {
  alignedCorrelation,
  cut,
  durationMs,
  fromPcm16,
  rmsDbfs,
  type Sound,
} from '../rig/sound.js';
import { speech } from '../rig/speech.js';
import { Started } from './started.js';

const RATE_HZ = 48_000;
const TEST_MS = 15_000;
/** A device's buffers and the sound server's: what was given to them is heard by then. */
const PLAYED_MS = 500;
/** From a decision to silence at the speaker, on a busy machine. */
const SILENT_WITHIN_MS = 1000;
const QUIET_DBFS = -60;
const LIKE = 0.8;
const UNLIKE = 0.3;

const started = new Started();
let pulse: Pulse;
let alice: Daemon;
let bob: Daemon;

beforeAll(async () => {
  const registry = await started.add(startRegistry());
  pulse = await started.add(startPulse(['alice']));
  const wish = { registryUrl: registry.url };
  [alice, bob] = await Promise.all([
    started.add(
      startDaemon({
        ...{ ...wish, name: 'alice', input: 'default', output: 'default' },
        env: pulse.env('alice'),
      }),
    ),
    started.add(startDaemon({ ...wish, name: 'bob' })),
  ]);
}, 60_000);
afterAll(() => started.stop());

const madeSound = (samples: Int16Array): Sound => ({
  rateHz: RATE_HZ,
  samples: fromPcm16(Buffer.from(samples.buffer)),
});
const like = (heard: Sound, made: Sound) => alignedCorrelation(heard, made).correlation;
const record = () => pulse.record('alice', 'speaker', RATE_HZ);
const both = () => [alice.client.state()?.input.state, alice.client.state()?.output.state];
/** Resolves with the stages in between when the test that was asked for is over. */
async function over(first: SoundTest): Promise<SoundTest[]> {
  const before = alice.client.states().length;
  await alice.client.until(`it comes to ${first}`, ({ soundTest }) => soundTest === first);
  await alice.client.until('it is over', ({ soundTest }) => soundTest === 'idle', TEST_MS);
  await alice.client.until(
    'the devices are closed',
    ({ input, output }) => input.state === 'closed' && output.state === 'closed',
  );
  const stages = alice.client.states().slice(before);
  return stages.map(({ soundTest }) => soundTest).filter((one, i, all) => one !== all[i - 1]);
}

describe('the sound of a daemon without a call', () => {
  it('is a chime on the loudspeaker, all of it, and nothing of the microphone', async () => {
    const ear = await record();
    await alice.client.command('testSpeaker', { on: true });
    expect(await over('tone')).toEqual(['tone', 'idle']);
    await sleep(PLAYED_MS);
    expect(like(await ear.stop(), madeSound(chime()))).toBeGreaterThan(LIKE);
    const opened = alice.client.states().map(({ input }) => input.state);
    expect(new Set(opened)).toEqual(new Set(['closed']));
  });

  it('is three seconds of what the microphone heard, played', async () => {
    const said = cut(await speech('alice'), 0, 15_000);
    const ear = await record();
    const speaking = pulse.play('alice', said);
    await alice.client.command('testRecording', { on: true });
    expect(await over('recording')).toEqual(['recording', 'playing', 'idle']);
    await sleep(PLAYED_MS);
    speaking.stop();
    const heard = loudPart(await ear.stop());
    expect(durationMs(heard)).toBeGreaterThan(2_000);
    expect(durationMs(heard)).toBeLessThan(3_100);
    // What was played is somewhere in what was said.
    expect(like(said, heard)).toBeGreaterThan(LIKE);
    expect(like(await speech('bob'), heard)).toBeLessThan(UNLIKE);
  });

  it('ends at once when it is told to', async () => {
    const ear = await record();
    await alice.client.command('testSpeaker', { on: true });
    await alice.client.until('it plays', ({ soundTest }) => soundTest === 'tone');
    await sleep(400);
    await alice.client.command('testSpeaker', { on: false });
    await alice.client.until('it is over', ({ soundTest }) => soundTest === 'idle');
    await alice.client.until('it is closed', ({ output }) => output.state === 'closed');
    await sleep(PLAYED_MS);
    expect(durationMs(loudPart(await ear.stop()))).toBeLessThan(1_000);
  });

  it('is a ringtone where the person wants it, until the call is declined, and then no more', async () => {
    await alice.client.command('changeSettings', { ringOutput: 'default' });
    const ear = await record();
    await bob.client.until('alice is there', ({ people }) =>
      people.some(({ name, online }) => name === 'alice' && online),
    );
    await bob.client.command('call', { name: 'alice' as never });
    await alice.client.untilCall('it rings', ({ phase }) => phase === 'ringing-here');
    await sleep(4_000);
    await alice.client.command('reject', {});
    await sleep(SILENT_WITHIN_MS);
    const rang = ear.soFar();
    await sleep(3_000);
    const after = await ear.stop();
    expect(like(rang, madeSound(ringtone()))).toBeGreaterThan(LIKE);
    expect(rmsDbfs(after.samples.subarray(rang.samples.length))).toBeLessThan(QUIET_DBFS);
    // A call's own loudspeaker was not needed for it.
    expect(both()).toEqual(['closed', 'closed']);
  });

  it('gives way to a call, and is refused in one', async () => {
    await alice.client.command('testRecording', { on: true });
    await alice.client.until('it records', ({ soundTest }) => soundTest === 'recording');
    await alice.client.command('call', { name: 'echo' as never });
    await alice.client.untilCall('echo answers', ({ phase }) => phase === 'active');
    expect(alice.client.state()?.soundTest).toBe('idle');
    for (const test of ['testRecording', 'testSpeaker'] as const) {
      await expect(alice.client.command(test, { on: true })).rejects.toThrow('a call with echo');
    }
    await alice.client.command('hangup', {});
    await alice.client.until('the devices are closed', ({ input, output }) =>
      [input, output].every(({ state }) => state === 'closed'),
    );
  });
});

/** From the first to the last moment that is not quiet. */
function loudPart({ rateHz, samples }: Sound): Sound {
  const step = rateHz / 100;
  const loud: number[] = [];
  for (let at = 0; at + step <= samples.length; at += step) {
    if (rmsDbfs(samples, at, at + step) > QUIET_DBFS) loud.push(at);
  }
  return { rateHz, samples: samples.slice(loud[0] ?? 0, (loud.at(-1) ?? 0) + step) };
}
