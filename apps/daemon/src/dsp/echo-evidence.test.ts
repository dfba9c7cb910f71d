import { describe, expect, it } from 'vitest';
import { EchoEvidence } from './echo-evidence.js';

/** Levels as speech has them, dBFS a frame: words of 100 to 600 ms, pauses of 50 to 500 ms. */
function talk(seed: number, frames: number): number[] {
  let state = seed;
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const levels: number[] = [];
  while (levels.length < frames) {
    const word = 10 + Math.floor(50 * chance());
    const loud = -18 - 12 * chance();
    for (let n = 0; n < word; n++) levels.push(loud - 8 * chance());
    for (let n = 5 + Math.floor(45 * chance()); n > 0; n--) levels.push(-70);
  }
  return levels.slice(0, frames);
}

const frame = (dbfs: number) => new Int16Array(480).fill(Math.round(32_768 * 10 ** (dbfs / 20)));

/** Two sounds heard at once, as the louder one. */
const over = (one: number[], other: number[]) => one.map((dbfs, n) => Math.max(dbfs, other[n]!));

const late = (levels: number[], frames: number, db: number) =>
  levels.map((_, n) => (levels[n - frames] ?? -90) + db);

/** The evidence after each frame. */
function judged(sent: number[], reference: number[]) {
  const evidence = new EchoEvidence();
  const correlations = sent.map((dbfs, n) => {
    evidence.note(frame(dbfs), frame(reference[n]!));
    return evidence.correlation;
  });
  return { correlations, evidence };
}

const FRAMES = 3000;
const far = talk(1, FRAMES);
const room = Array<number>(FRAMES).fill(-58);

describe('evidence of an echo', () => {
  it('is there after five seconds, with the lag, at any lag to 500 ms', () => {
    for (const frames of [0, 4, 23, 50]) {
      const { correlations, evidence } = judged(over(late(far, frames, -20), room), far);
      expect(correlations.slice(0, 498).every((one) => one === undefined)).toBe(true);
      expect(Math.min(...correlations.slice(500).map((one) => one!))).toBeGreaterThan(0.85);
      expect(evidence.lag).toBe(frames);
    }
  });

  it('outlives a near speaker who is 6 dB softer and makes pauses', () => {
    const near = talk(2, FRAMES).map((dbfs) => dbfs - 16);
    const { correlations } = judged(over(over(late(far, 12, -10), near), room), far);
    expect(correlations.at(-1)).toBeGreaterThan(0.6);
  });

  it('is never had by chance: other speech, at any time, over ten talks', () => {
    for (let seed = 2; seed < 12; seed++) {
      const { correlations } = judged(over(talk(seed, FRAMES), room), far);
      for (const one of correlations) expect(one ?? 0).toBeLessThan(0.45);
    }
  });

  it('is none where one side is steady, silent or softer than anybody hears', () => {
    expect(judged(room, far).evidence.correlation).toBe(0);
    expect(judged(far, Array(FRAMES).fill(-90)).evidence.correlation).toBe(0);
    expect(judged(late(far, 10, -45), far).evidence.correlation).toBe(0);
  });

  it('fades once the echo is gone', () => {
    const sent = over(late(far, 10, -15), room).map((dbfs, n) => (n < 1200 ? dbfs : -58));
    const { correlations } = judged(sent, far);
    expect(correlations[1190]).toBeGreaterThan(0.85);
    expect(correlations.at(-1)).toBeLessThan(0.45);
  });
});
