import { describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ } from '../device/device.js';
import { chime, ringtone } from './bells.js';

/** Strength of one pitch in a stretch, by correlation with both its phases; 1 is full scale. */
function strength(samples: Int16Array, hertz: number): number {
  let sine = 0;
  let cosine = 0;
  samples.forEach((sample, i) => {
    const phase = (2 * Math.PI * hertz * i) / SAMPLE_RATE_HZ;
    sine += sample * Math.sin(phase);
    cosine += sample * Math.cos(phase);
  });
  return (2 * Math.hypot(sine, cosine)) / samples.length / 32_768;
}

const stretch = (samples: Int16Array, fromMs: number, ms: number) =>
  samples.subarray((fromMs * SAMPLE_RATE_HZ) / 1000, ((fromMs + ms) * SAMPLE_RATE_HZ) / 1000);
const loudest = (samples: Int16Array) =>
  samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);

describe('the bells', () => {
  it.each([
    ['ringtone', ringtone(), 3],
    ['chime', chime(), 1.5],
  ])('of the %s are loud enough, never clip, and begin and end without a click', (_, sound, s) => {
    expect(sound).toHaveLength(s * SAMPLE_RATE_HZ);
    expect(loudest(sound)).toBeGreaterThan(5_000);
    expect(loudest(sound)).toBeLessThan(30_000);
    expect(Math.abs(sound[0]!)).toBeLessThan(10);
    expect(loudest(sound.subarray(-10))).toBeLessThan(10);
    let steepest = 0;
    for (let i = 1; i < sound.length; i++) {
      steepest = Math.max(steepest, Math.abs(sound[i]! - sound[i - 1]!));
    }
    // A sine of the highest pitch here moves by no more than this between two samples.
    expect(steepest).toBeLessThan(2_500);
  });

  it('of the chime are one tone and then a lower one', () => {
    const [first, second] = [stretch(chime(), 50, 300), stretch(chime(), 1_000, 300)];
    expect(strength(first, 659.25)).toBeGreaterThan(10 * strength(first, 523.25));
    expect(strength(second, 523.25)).toBeGreaterThan(3 * strength(second, 659.25));
  });

  it('of the ringtone are struck in two pairs, with a pause after them', () => {
    const sound = ringtone();
    expect(strength(stretch(sound, 20, 150), 523.25)).toBeGreaterThan(0.05);
    expect(strength(stretch(sound, 20, 150), 783.99)).toBeLessThan(0.01);
    expect(strength(stretch(sound, 200, 150), 783.99)).toBeGreaterThan(0.05);
    expect(strength(stretch(sound, 1_100, 150), 783.99)).toBeGreaterThan(0.05);
    expect(loudest(stretch(sound, 2_300, 700))).toBe(0);
  });
});
