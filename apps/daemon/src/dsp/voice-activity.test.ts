import { expect, it } from 'vitest';
import { VoiceActivity } from './voice-activity.js';

/** The share of frames in which it says speech, of so many with these levels in turn. */
function share(activity: VoiceActivity, levels: readonly number[], frames: number): number {
  let speech = 0;
  for (let n = 0; n < frames; n++) {
    activity.note(levels[n % levels.length]!);
    if (activity.isSpeech) speech++;
  }
  return speech / frames;
}

/** 300 ms of a word, 150 ms of none. */
const WORDS = [...Array(30).fill(-30), ...Array(15).fill(-62)];

it('hears the first word in a quiet room, and the pause after it', () => {
  const activity = new VoiceActivity();
  expect(share(activity, [-75], 100)).toBe(0);
  expect(share(activity, WORDS, 180)).toBeGreaterThan(0.95);
  share(activity, [-75], 25);
  expect(share(activity, [-75], 100)).toBe(0);
});

it('takes a fan for no speech once it has run for a second, and hears words over it', () => {
  const activity = new VoiceActivity();
  const fan = [-46, -45, -44, -45.5, -44.5];
  share(activity, fan, 100);
  expect(share(activity, fan, 1000)).toBe(0);
  const over = WORDS.map((dbfs, n) => Math.max(dbfs, fan[n % fan.length]!));
  expect(share(activity, over, 900)).toBeGreaterThan(0.95);
});

it('takes a fan that is switched on for speech no longer than 700 ms', () => {
  const activity = new VoiceActivity();
  share(activity, [-75], 400);
  expect(share(activity, [-40, -39, -41], 400)).toBeLessThanOrEqual(70 / 400);
});

it('wants a voice where something tells voices from noises', () => {
  const activity = new VoiceActivity();
  for (let n = 0; n < 200; n++) activity.note(WORDS[n % 45]!, 0.1);
  expect(activity.isSpeech).toBe(false);
  for (let n = 0; n < 10; n++) activity.note(-30, 0.9);
  expect(activity.isSpeech).toBe(true);
});

it('calls nothing under -60 dBFS speech, and holds on for 200 ms', () => {
  const activity = new VoiceActivity();
  activity.note(-70, 1);
  expect(activity.isSpeech).toBe(false);
  activity.note(-30, 1);
  for (let n = 0; n < 19; n++) activity.note(-30, 0);
  expect(activity.isSpeech).toBe(true);
  activity.note(-30, 0);
  expect(activity.isSpeech).toBe(false);
});
