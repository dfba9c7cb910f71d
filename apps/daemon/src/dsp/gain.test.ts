import { describe, expect, it } from 'vitest';
import { AutoGain, TARGET_DBFS } from './gain.js';
import { CEILING } from './limiter.js';
import { FRAME_SAMPLES, RATE_HZ } from './stage.js';

/** A tone that swells and fades three times a second, as syllables do, at a mean level. */
function syllables(dbfs: number, frame: number, out: Float32Array): Float32Array {
  // RMS of sin · sin² is √(3/16).
  const peak = 10 ** (dbfs / 20) / Math.sqrt(3 / 16);
  for (let i = 0; i < out.length; i++) {
    const t = (frame * FRAME_SAMPLES + i) / RATE_HZ;
    out[i] = peak * Math.sin(2 * Math.PI * 220 * t) * Math.sin(Math.PI * 3 * t) ** 2;
  }
  return out;
}

const dbfsOf = (power: number) => 10 * Math.log10(power);

/** Speaks for some seconds; the level of the last two, the greatest peak, the gain after each. */
function speak(gain: AutoGain, dbfs: number, seconds: number) {
  const frame = new Float32Array(FRAME_SAMPLES);
  let [power, peak] = [0, 0];
  const gains: number[] = [];
  for (let n = 0; n < 100 * seconds; n++) {
    gain.process(syllables(dbfs, n, frame));
    for (const sample of frame) {
      peak = Math.max(peak, Math.abs(sample));
      if (n >= 100 * (seconds - 2)) power += sample ** 2 / (200 * FRAME_SAMPLES);
    }
    gains.push(gain.gainDb);
  }
  return { dbfs: dbfsOf(power), peak, gains };
}

describe('automatic gain', () => {
  it('brings soft and loud voices to one level', () => {
    for (const dbfs of [-44, -35, -23, -12]) {
      const spoken = speak(new AutoGain(() => true), dbfs, 10);
      expect(Math.abs(spoken.dbfs - TARGET_DBFS)).toBeLessThan(2);
    }
  });

  it('lifts no more than 24 dB, and takes no more than 15', () => {
    // A difference of 1 dB is not gone after.
    const soft = speak(new AutoGain(() => true), -54, 12).gains;
    expect(Math.max(...soft)).toBeLessThanOrEqual(24.001);
    expect(soft.at(-1)).toBeGreaterThan(22.9);
    const loud = speak(new AutoGain(() => true), -5, 12).gains;
    expect(Math.min(...loud)).toBeGreaterThanOrEqual(-15.001);
    expect(loud.at(-1)).toBeLessThan(-13.9);
  });

  it('goes slowly: 4 dB a second up, 12 dB down', () => {
    const gain = new AutoGain(() => true);
    const up = speak(gain, -45, 8).gains;
    const down = speak(gain, -15, 8).gains;
    for (const gains of [up, down]) {
      for (let n = 1; n < gains.length; n++) {
        const change = gains[n]! - gains[n - 1]!;
        expect(change).toBeLessThanOrEqual(0.0401);
        expect(change).toBeGreaterThanOrEqual(-0.1201);
      }
    }
    expect(up[400]! - up[100]!).toBeGreaterThan(9);
  });

  it('never clips, not even when somebody shouts after having whispered', () => {
    const gain = new AutoGain(() => true);
    speak(gain, -45, 10);
    expect(gain.gainDb).toBeGreaterThan(20);
    const shout = speak(gain, -6, 5);
    expect(shout.peak).toBeLessThanOrEqual(CEILING * 1.000001);
    expect(shout.peak).toBeGreaterThan(0.8);
  });

  it('stays where it is while nobody speaks, however loud the fan is', () => {
    let isVoice = true;
    const gain = new AutoGain(() => isVoice);
    speak(gain, -35, 8);
    const before = gain.gainDb;
    isVoice = false;
    speak(gain, -50, 8);
    speak(gain, -20, 8);
    expect(gain.gainDb).toBe(before);
  });

  it('takes nothing under -60 dBFS for a voice, whatever is said of it', () => {
    const gain = new AutoGain(() => true);
    speak(gain, -75, 4);
    expect(gain.gainDb).toBe(0);
  });

  it('says the delay of its limiter', () => {
    expect(new AutoGain(() => true).delayMs).toBe(1);
  });
});
