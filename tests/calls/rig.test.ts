/** The rig measures itself before it measures a call: what it plays is what it hears. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, sleep } from '../rig/child.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import {
  alignedCorrelation,
  chirpOnsets,
  chirpTrain,
  cut,
  delays,
  quantile,
  rmsDbfs,
} from '../rig/sound.js';
import { speech } from '../rig/speech.js';

let pulse: Pulse;

beforeAll(async () => {
  pulse = await startPulse(['alice', 'bob']);
});
afterAll(() => pulse?.stop());

test('what is said into a microphone is recorded there, and another speaker is not', async () => {
  const said = cut(await speech('alice'), 0, 3000);
  const other = cut(await speech('mallory'), 0, 3000);
  const recording = await pulse.record('alice', 'mic');
  await pulse.play('alice', said).done;
  await sleep(200);
  const heard = await recording.stop();
  expect(alignedCorrelation(heard, said).correlation).toBeGreaterThan(0.95);
  expect(alignedCorrelation(heard, other).correlation).toBeLessThan(0.3);
});

test('nothing leaks from one phone into another', async () => {
  const recording = await pulse.record('bob', 'speaker');
  await pulse.play('alice', cut(await speech('alice'), 0, 1500)).done;
  expect(rmsDbfs((await recording.stop()).samples)).toBe(-100);
});

test('two recordings of one microphone put a chirp at the same instant', async () => {
  const first = await pulse.record('alice', 'mic', 48_000);
  await sleep(120);
  const second = await pulse.record('alice', 'mic', 48_000);
  await pulse.play('alice', chirpTrain(48_000, 5, 300)).done;
  await sleep(200);
  const starts = [first.startMs(), second.startMs()] as const;
  const one = chirpOnsets(await first.stop());
  const two = chirpOnsets(await second.stop());
  expect(one).toHaveLength(5);
  expect(two).toHaveLength(5);
  for (const [n, onset] of one.entries()) {
    const apart = starts[0] + onset.atMs - (starts[1] + two[n]!.atMs);
    expect(Math.abs(apart)).toBeLessThan(3);
  }
});

describe('a phone that is unplugged', () => {
  test('is gone, and is back after it was plugged in again', async () => {
    const sinks = () => pulse.pactl('list', 'short', 'sinks');
    await pulse.unplug('bob', 'speaker');
    expect(await sinks()).not.toContain('bob_speaker');
    await pulse.plug('bob', 'speaker');
    expect(await sinks()).toContain('bob_speaker');
  });
});

test('a bare pipe from microphone to speaker is heard after it was said, by a plausible time', async () => {
  const env = { ...process.env, ...pulse.env('alice'), ...pulse.env('bob') };
  const raw = ['--raw', '--latency-msec=5', '--format=s16le', '--rate=48000', '--channels=1'];
  const capture = spawn('parec', [...raw, '--device=alice_mic.monitor'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const playback = spawn('pacat', [...raw, '--device=bob_speaker'], {
    env,
    stdio: [capture.stdout, 'ignore', 'ignore'],
  });
  try {
    await eventually('both streams run', 5000, async () => {
      const inputs = await pulse.pactl('list', 'short', 'sink-inputs');
      const outputs = await pulse.pactl('list', 'short', 'source-outputs');
      return inputs.trim() !== '' && outputs.trim() !== '';
    });
    const mouth = await pulse.record('alice', 'mic', 48_000);
    const ear = await pulse.record('bob', 'speaker', 48_000);
    await pulse.play('alice', chirpTrain(48_000, 8, 400)).done;
    await sleep(400);
    const shift = ear.startMs() - mouth.startMs();
    const said = chirpOnsets(await mouth.stop());
    const heard = chirpOnsets(await ear.stop()).map((one) => ({ ...one, atMs: one.atMs + shift }));
    const found = delays(said, heard);
    expect(found.length).toBeGreaterThanOrEqual(7);
    // Other programs may make the pipe late, but sound never arrives before it was said.
    expect(Math.min(...found)).toBeGreaterThan(0);
    expect(quantile(found, 0.5)).toBeLessThan(600);
  } finally {
    capture.kill('SIGKILL');
    playback.kill('SIGKILL');
  }
});
