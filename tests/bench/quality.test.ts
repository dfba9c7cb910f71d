/** The benchmark of quality on a made-up voice: that it loses what it says, and that loss is heard. */
import { describe, expect, it } from 'vitest';
import { logSpectralDistance } from '../rig/sound/spectral.js';
import { stoi } from '../rig/sound/stoi.js';
import { throughLoss } from './quality.js';

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
const plan = (share: number, burstMs: number) => ({ what: '', share, burstMs });

describe('the benchmark of quality', () => {
  it('gives back what was said where nothing is lost', () => {
    const { sound, lostShare } = throughLoss(voice, plan(0, 20), 1);
    expect(lostShare).toBe(0);
    // All but the fade-in of the first 5 ms.
    expect(stoi(voice, sound)).toBeGreaterThan(0.995);
    expect(logSpectralDistance(voice, sound)).toBeLessThan(0.5);
  });

  it.each([
    [0.1, 20],
    [0.2, 20],
    [0.1, 80],
  ])('loses %d of the packets in runs of %d ms', (share, burstMs) => {
    const shares = Array.from(
      { length: 20 },
      (_, seed) => throughLoss(voice, plan(share, burstMs), seed).lostShare,
    );
    const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.8 * share);
    expect(mean).toBeLessThan(1.2 * share);
  });

  it('hears the difference that loss makes', () => {
    const measured = [0, 0.1, 0.4].map((share) =>
      stoi(voice, throughLoss(voice, plan(share, 20), 7).sound),
    );
    expect(measured[0]).toBeGreaterThan(measured[1]!);
    expect(measured[1]).toBeGreaterThan(measured[2]!);
  });

  it('is the same each time', () => {
    const once = throughLoss(voice, plan(0.1, 20), 3);
    expect(throughLoss(voice, plan(0.1, 20), 3)).toEqual(once);
  });
});
