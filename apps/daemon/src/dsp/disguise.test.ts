import { beforeAll, describe, expect, it } from 'vitest';
import { Disguise } from './disguise.js';
import { FRAME_SAMPLES, RATE_HZ } from './stage.js';

/** Numbers that repeat, 0 to 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function bytesFrom(seed: number): (bytes: number) => Uint8Array {
  const chance = seeded(seed);
  return (bytes) => Uint8Array.from({ length: bytes }, () => 256 * chance());
}

/** A voice at `hz` with resonances at `formants`, in syllables with pauses between them. */
function voice(hz: number, formants: readonly number[], seconds: number): Float32Array {
  const poles = formants.map((formant) => ({
    turn: 2 * Math.exp((-Math.PI * 90) / RATE_HZ) * Math.cos((2 * Math.PI * formant) / RATE_HZ),
    decay: Math.exp((-2 * Math.PI * 90) / RATE_HZ),
  }));
  const held = poles.map(() => [0, 0] as [number, number]);
  let phase = 0;
  let slope = 0;
  return Float32Array.from({ length: seconds * RATE_HZ }, (_, n) => {
    const t = n / RATE_HZ;
    phase += (hz * (1 + 0.08 * Math.sin(5 * t))) / RATE_HZ;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    slope = 0.98 * slope + pulse;
    let sample = slope;
    for (const [i, { turn, decay }] of poles.entries()) {
      const [one, two] = held[i]!;
      sample = (1 - turn + decay) * sample + turn * one - decay * two;
      held[i] = [sample, one];
    }
    return 0.3 * sample * Math.max(0, Math.min(1, 8 * Math.sin(8 * t)));
  });
}

/** Through the stage, frame by frame, in a copy. */
function through(stage: Disguise, said: Float32Array): Float32Array {
  const heard = said.slice();
  for (let at = 0; at + FRAME_SAMPLES <= heard.length; at += FRAME_SAMPLES) {
    stage.process(heard.subarray(at, at + FRAME_SAMPLES));
  }
  return heard;
}

function rms(samples: Float32Array, from = 0, until = samples.length): number {
  let sum = 0;
  for (let n = from; n < until; n++) sum += samples[n]! ** 2;
  return Math.sqrt(sum / (until - from));
}

/** The pitch of the loudest tenth of a second after `fromS`, by autocorrelation. */
function pitchOf(samples: Float32Array, fromS: number): number {
  const length = RATE_HZ / 10;
  let start = fromS * RATE_HZ;
  for (let at = start; at + 2 * length < samples.length; at += length / 4) {
    if (rms(samples, at, at + length) > rms(samples, start, start + length)) start = at;
  }
  const least = RATE_HZ / 320;
  const scores = Array.from({ length: Math.round(RATE_HZ / 70) - least }, (_, n) => {
    const at = start + least + n;
    const [now, then] = [
      samples.subarray(start, start + length),
      samples.subarray(at, at + length),
    ];
    return now.reduce((sum, x, i) => sum + x * then[i]!, 0) / (length * rms(now) * rms(then));
  });
  // The first peak nearly as good as the best, which may be two periods.
  const enough = 0.9 * Math.max(...scores);
  const peak = scores.findIndex(
    (score, n) => score >= enough && score > scores[n - 1]! && score >= scores[n + 1]!,
  );
  return RATE_HZ / (least + peak);
}

const LOW = voice(92, [400, 1350, 2300, 3300], 6);
const HIGH = voice(235, [560, 1800, 3000, 4200], 6);

describe('the voice disguise', () => {
  let low: Float32Array;
  let high: Float32Array;
  beforeAll(() => {
    low = through(new Disguise(bytesFrom(5)), LOW);
    high = through(new Disguise(bytesFrom(5)), HIGH);
  });

  it('brings a low and a high voice to the same pitch in the same call', () => {
    expect(pitchOf(LOW, 2)).toBeLessThan(105);
    expect(pitchOf(HIGH, 2)).toBeGreaterThan(210);
    expect(Math.abs(Math.log(pitchOf(low, 2) / pitchOf(high, 2)))).toBeLessThan(0.15);
  });

  it('has the pitch from the first syllable on', () => {
    expect(Math.abs(Math.log(pitchOf(low.subarray(0, RATE_HZ), 0) / pitchOf(low, 2)))).toBeLessThan(
      0.2,
    );
  });

  it('gives the same voice another pitch in every call', () => {
    const said = LOW.subarray(0, 3 * RATE_HZ);
    const pitches = [1, 2, 3, 4, 5, 6].map((seed) =>
      pitchOf(through(new Disguise(bytesFrom(seed * 7919)), said), 1),
    );
    expect(Math.max(...pitches) / Math.min(...pitches)).toBeGreaterThan(1.1);
    for (const hz of pitches) {
      expect(hz).toBeGreaterThan(105);
      expect(hz).toBeLessThan(235);
    }
  });

  it('is as loud as the speaker, and later by what it says', () => {
    const stage = new Disguise(bytesFrom(5));
    const delay = Math.round((stage.delayMs * RATE_HZ) / 1000);
    expect(stage.delayMs).toBeLessThan(25);
    const loudness = rms(low, 2 * RATE_HZ) / rms(LOW, 2 * RATE_HZ);
    expect(Math.abs(20 * Math.log10(loudness))).toBeLessThan(5);
    // The lag at which the two are loud together.
    const levels = (samples: Float32Array, at: number) =>
      Array.from({ length: 500 }, (_, n) => rms(samples, at + 480 * n, at + 480 * n + 960));
    const fit = (lag: number) => {
      const [a, b] = [levels(LOW, RATE_HZ / 2), levels(low, RATE_HZ / 2 + lag)];
      return a.reduce((sum, level, n) => sum + level * b[n]!, 0);
    };
    const lags = Array.from({ length: 41 }, (_, n) => delay + 96 * (n - 20));
    const best = lags.reduce((a, b) => (fit(b) > fit(a) ? b : a));
    expect(Math.abs(best - delay) / 48).toBeLessThanOrEqual(8);
  });

  it('leaves silence silent, at once and after speech', () => {
    const stage = new Disguise(bytesFrom(1));
    const silence = new Float32Array(RATE_HZ);
    expect(rms(through(stage, silence))).toBe(0);
    through(stage, LOW.subarray(0, 2 * RATE_HZ));
    expect(rms(through(stage, silence), RATE_HZ / 2)).toBeLessThan(1e-6);
  });

  it('makes noise no louder', () => {
    const chance = seeded(3);
    for (const level of [0.5, 0.01, 0.0005]) {
      const noise = Float32Array.from({ length: 3 * RATE_HZ }, () => level * (2 * chance() - 1));
      const heard = through(new Disguise(bytesFrom(2)), noise);
      expect(rms(heard, RATE_HZ)).toBeLessThan(1.3 * rms(noise));
      // A third of the band goes out; no more than this is lost.
      expect(rms(heard, RATE_HZ)).toBeGreaterThan(0.3 * rms(noise));
    }
  });

  it('stays finite and within full scale, whatever comes', () => {
    const chance = seeded(4);
    const hostile = Float32Array.from({ length: 4 * RATE_HZ }, (_, n) => {
      if (n < RATE_HZ) return n % 2 ? 1 : -1;
      if (n < 2 * RATE_HZ) return Math.sign(Math.sin((2 * Math.PI * 73 * n) / RATE_HZ));
      if (n < 3 * RATE_HZ) return n % 4801 === 0 ? 1 : 0;
      return chance() < 0.5 ? 1 : 1e-30;
    });
    const heard = through(new Disguise(bytesFrom(6)), hostile);
    expect(heard.every((sample) => Math.abs(sample) <= 1)).toBe(true);
  });

  it('makes no click', () => {
    // The largest step between two samples is of the size of the speaker's own.
    const steps = (samples: Float32Array, from: number, until: number) => {
      let most = 0;
      for (let n = from; n < until; n++) {
        most = Math.max(most, Math.abs(samples[n]! - samples[n - 1]!));
      }
      return most;
    };
    expect(steps(low, RATE_HZ, low.length)).toBeLessThan(3 * steps(LOW, RATE_HZ, LOW.length));
    expect(steps(high, RATE_HZ, high.length)).toBeLessThan(3 * steps(HIGH, RATE_HZ, HIGH.length));
  });

  it('is the same for the same bytes and another for others', () => {
    const said = LOW.subarray(0, RATE_HZ);
    const once = through(new Disguise(bytesFrom(8)), said);
    expect(through(new Disguise(bytesFrom(8)), said)).toEqual(once);
    expect(through(new Disguise(bytesFrom(9)), said)).not.toEqual(once);
  });
});
