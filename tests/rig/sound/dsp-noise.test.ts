/** Noise suppression: a fan beside two speakers. */
import { NoiseSuppressor } from '@kyberline/daemon/dsp/noise';
import { expect, test } from 'vitest';
import { speech } from '../speech.js';
import { align } from './correlate.js';
import { cut, rmsDbfs } from './level.js';
import { atLevel, fanNoise, whiteNoise } from './noise.js';
import { resample } from './resample.js';
import { delayed, mixed } from './room.js';
import { stoi } from './stoi.js';
import type { Sound } from './wav.js';

const RATE_HZ = 48_000;
const FRAME = 480;
/** Three seconds of nothing but the fan come first. */
const FROM_MS = 3000;
const LENGTH_MS = 10_000;

/** Without the noise, moved back by the suppressor's delay; and how often it heard a voice. */
async function suppressed(heard: Sound) {
  const suppressor = await NoiseSuppressor.open();
  const samples = heard.samples.slice();
  const voice: boolean[] = [];
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    suppressor.process(samples.subarray(at, at + FRAME));
    voice.push(suppressor.voiceProbability > 0.6);
  }
  suppressor.close();
  return { sound: delayed({ rateHz: RATE_HZ, samples }, -suppressor.delayMs), voice };
}

async function said(who: 'alice' | 'bob'): Promise<Sound> {
  const spoken = resample(cut(await speech(who), 0, LENGTH_MS - FROM_MS), RATE_HZ);
  return delayed(atLevel(spoken, -24), FROM_MS, LENGTH_MS);
}

test.each(['alice', 'bob'] as const)(
  'a fan 5 dB under %s is 15 dB softer in the pause, and no word suffers',
  async (who) => {
    const clean = await said(who);
    const heard = mixed(clean, fanNoise(RATE_HZ, LENGTH_MS, -29, 5));
    const { sound } = await suppressed(heard);
    const [from, until] = [RATE_HZ, 2.95 * RATE_HZ];
    const drop = rmsDbfs(heard.samples, from, until) - rmsDbfs(sound.samples, from, until);
    expect(drop).toBeGreaterThan(15);
    expect(stoi(clean, sound)).toBeGreaterThanOrEqual(stoi(clean, heard));
  },
);

test('a voice in a quiet room stays what it is, and is told from the pause', async () => {
  const clean = await said('bob');
  const { sound, voice } = await suppressed(mixed(clean, whiteNoise(RATE_HZ, LENGTH_MS, -75, 2)));
  expect(stoi(clean, sound)).toBeGreaterThan(0.98);
  expect(align(cut(sound, 5000, 6000), cut(clean, 5000, 6000)).lagMs).toBeCloseTo(0, 1);
  const share = (frames: boolean[]) => frames.filter(Boolean).length / frames.length;
  expect(share(voice.slice(0, 295))).toBeLessThan(0.05);
  expect(share(voice.slice(305))).toBeGreaterThan(0.6);
});
