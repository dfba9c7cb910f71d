/**
 * The score that names speakers, and what the voice disguise leaves of it: six synthetic voices, two
 * recordings of each enrolled and two to be named, every disguised one from a call of its own.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Recording, recordings, SAYINGS, samples } from '../../bench/disguise.js';
import { seeded } from '../random.js';
import { rmsDbfs } from './level.js';
import { identified, type Sample, spreadOf, voiceOf } from './speaker.js';
import { stoi } from './stoi.js';

const NAMES = ['m1', 'm3', 'm7', 'f1', 'f2', 'f4'] as const;
const CHANCE = 1 / NAMES.length;

let enrolled: Recording[];
let unknown: Recording[];
let plain: { enrolled: Sample[]; unknown: Sample[] };
let hidden: { enrolled: Sample[]; unknown: Sample[] };

beforeAll(async () => {
  enrolled = await recordings(NAMES, SAYINGS.slice(0, 2), 100);
  unknown = await recordings(NAMES, SAYINGS.slice(3, 5), 200);
  plain = { enrolled: samples(enrolled, 'plain'), unknown: samples(unknown, 'plain') };
  hidden = { enrolled: samples(enrolled, 'hidden'), unknown: samples(unknown, 'hidden') };
});

describe('the speaker score', () => {
  test('names every speaker by the plain voice', () => {
    expect(identified(plain.enrolled, plain.unknown)).toBe(1);
  });

  test('hears the pitch that espeak-ng was told to speak at', () => {
    const hz = (who: string) =>
      Math.exp(plain.unknown.find((one) => one.who === who)!.voice.logPitch);
    expect(hz('m3')).toBeLessThan(hz('m7'));
    expect(hz('m7')).toBeLessThan(hz('f1'));
    expect(hz('f1')).toBeLessThan(hz('f2'));
  });

  test('knows nobody in noise', () => {
    const chance = seeded(1);
    const noise = Float32Array.from({ length: 32_000 }, () => 0.2 * (chance() - 0.5));
    expect(() => voiceOf({ rateHz: 16_000, samples: noise })).toThrow(RangeError);
  });
});

describe('through the voice disguise', () => {
  test('who knows the plain voices names hardly more than chance', () => {
    expect(identified(plain.enrolled, hidden.unknown)).toBeLessThanOrEqual(CHANCE + 0.17);
  });

  test('who knows voices from other disguised calls is wrong in a good part of the cases', () => {
    expect(identified(hidden.enrolled, hidden.unknown)).toBeLessThanOrEqual(0.6);
  });

  test('the pitches of all speakers come to lie on top of each other', () => {
    const all = [...hidden.enrolled, ...hidden.unknown];
    const before = spreadOf([...plain.enrolled, ...plain.unknown], (voice) => voice.logPitch);
    expect(before).toBeGreaterThan(0.25);
    expect(spreadOf(all, (voice) => voice.logPitch)).toBeLessThan(before / 3);
  });

  test.each([1, 2, 3, 4])('formant %d of the speakers comes closer together', (n) => {
    const measure = ({ logFormants }: { logFormants: readonly number[] }) => logFormants[n - 1]!;
    const before = spreadOf([...plain.enrolled, ...plain.unknown], measure);
    const after = spreadOf([...hidden.enrolled, ...hidden.unknown], measure);
    expect(after).toBeLessThan(0.75 * before);
  });

  test('what is said is still understood, even beside the original', () => {
    const scores = unknown.filter((_, n) => n % 2 === 0).map((one) => stoi(one.plain, one.hidden));
    expect(Math.min(...scores)).toBeGreaterThan(0.6);
    expect(scores.reduce((a, b) => a + b, 0) / scores.length).toBeGreaterThan(0.7);
  });

  test('it is about as loud as it was', () => {
    for (const one of unknown) {
      const louder = rmsDbfs(one.hidden.samples) - rmsDbfs(one.plain.samples);
      expect(Math.abs(louder)).toBeLessThan(3);
    }
  });
});
