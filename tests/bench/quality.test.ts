/** The benchmark of quality on a made-up voice: that it loses what it says, and that loss is heard. */
import type { CodecName } from '@kyberline/core/call/body';
import { describe, expect, it } from 'vitest';
import { seeded } from '../rig/random.js';
import { logSpectralDistance } from '../rig/sound/spectral.js';
import { stoi } from '../rig/sound/stoi.js';
import { throughLoss } from './through-loss.js';

const RATE_HZ = 16_000;
const SECONDS = 8;

/** Harmonics of a wandering pitch, in syllables. */
const voice = {
  rateHz: RATE_HZ,
  samples: Float32Array.from({ length: SECONDS * RATE_HZ }, (_, n) => {
    const t = n / RATE_HZ;
    const phase = 2 * Math.PI * (140 * t + 6 * Math.sin(2 * t));
    let sum = 0;
    for (let k = 1; k <= 24; k++) sum += Math.sin(k * phase) / k;
    return 0.15 * sum * Math.max(0, Math.sin(2 * Math.PI * 3 * t) + 0.3);
  }),
};
const through = (share: number, burstMs: number, seed: number, codec: CodecName = 'opus') =>
  throughLoss(voice, { what: '', share, burstMs }, codec, seeded(seed));
const SEEDS = 8;

describe('the benchmark of quality', () => {
  it.each(['opus', 'pcm48', 'pcm16'] as const)(
    'gives back what was said where nothing is lost, in %s',
    async (codec) => {
      const { sound, ...shares } = await through(0, 0, 1, codec);
      expect(shares).toMatchObject({ lost: 0, repaired: 0 });
      // All but the first 10 ms of it, which are waited for.
      expect(shares.concealed).toBeLessThan(0.005);
      expect(stoi(voice, sound)).toBeGreaterThan(0.99);
      expect(logSpectralDistance(voice, sound)).toBeLessThan(2);
    },
  );

  it.each([
    [0.1, 0],
    [0.2, 0],
    [0.1, 80],
  ])('loses %d of the packets in runs of %d ms', async (share, burstMs) => {
    let sum = 0;
    for (let seed = 0; seed < SEEDS; seed++) sum += (await through(share, burstMs, seed)).lost;
    expect(sum / SEEDS).toBeGreaterThan(0.75 * share);
    expect(sum / SEEDS).toBeLessThan(1.25 * share);
  });

  it('has what is lost repaired, or made up', async () => {
    const [opus, pcm16] = [await through(0.1, 0, 7), await through(0.1, 0, 7, 'pcm16')];
    expect(opus.repaired).toBeGreaterThan(0.7 * opus.lost);
    expect(opus.concealed).toBeLessThan(0.5 * pcm16.concealed);
    expect(pcm16.repaired).toBe(0);
    expect(pcm16.concealed).toBeGreaterThan(0.7 * pcm16.lost);
  });

  it('hears the difference that loss makes', async () => {
    const measured: number[] = [];
    for (const share of [0, 0.1, 0.4]) {
      measured.push(stoi(voice, (await through(share, 0, 7, 'pcm16')).sound));
    }
    expect(measured[0]).toBeGreaterThan(measured[1]!);
    expect(measured[1]).toBeGreaterThan(measured[2]!);
  });

  it('is the same each time', async () => {
    expect(await through(0.1, 0, 3)).toEqual(await through(0.1, 0, 3));
  });
});
