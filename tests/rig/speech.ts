/** Speech for tests, spoken by espeak-ng: different people saying different things, made once. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.js';
import { resample } from './sound/resample.js';
import { readWav, type Sound, writeWav } from './sound/wav.js';

export const SPEECH_RATE_HZ = 16_000;

export interface Speaker {
  /** espeak-ng voice, e.g. `en-us+m3`. */
  voice: string;
  wordsPerMinute: number;
  /** 0 to 99, espeak-ng's scale. */
  pitch: number;
}

/** Three speakers who are unlike each other in pitch, tempo and voice. */
export const SPEAKERS = {
  alice: { voice: 'en-gb+f3', wordsPerMinute: 160, pitch: 62 },
  bob: { voice: 'en-us+m3', wordsPerMinute: 145, pitch: 35 },
  mallory: { voice: 'en-gb-scotland+m7', wordsPerMinute: 175, pitch: 48 },
} as const satisfies Record<string, Speaker>;

/** What they say: about 22 s each, no sentence twice. */
export const TEXTS = {
  alice:
    'Good morning, this is Alice speaking. I am calling from the old lighthouse, where the wind ' +
    'has been loud all night. Seven small boats came in before the storm, and the eighth waited ' +
    'behind the island. Could you bring the blue lamp, two metres of rope and something warm to ' +
    'drink? The stairs are steep, so please take your time and hold on to the rail.',
  bob:
    'Hello there, Bob is on the line. We spent the whole afternoon in the orchard and picked ' +
    'eleven baskets of pears. My neighbour asked whether the river had risen again, but the ' +
    'bridge is dry and the road is open. Tomorrow I shall repair the gate, paint the fence green ' +
    'and write a long letter to my cousin in Vienna. Nobody needs to hurry.',
  mallory:
    'Nothing that you hear from me was ever part of this conversation. Quick foxes jump over ' +
    'lazy dogs while a dozen judges vexed the jury. I count from ninety backwards in steps of ' +
    'three: ninety, eighty seven, eighty four, eighty one. Then I describe the weather in the ' +
    'mountains, the price of copper and the colour of old brick.',
} as const;

/** One of the three saying their text. */
export function speech(who: keyof typeof SPEAKERS): Promise<Sound> {
  return speak(TEXTS[who], SPEAKERS[who]);
}

/** A sentence as 16 kHz mono sound; from the cache where it was made before. */
export async function speak(text: string, speaker: Speaker): Promise<Sound> {
  return readWav(await speechFile(text, speaker));
}

/** Path of a 16 kHz mono WAV file with this sentence, as a `file:` device takes it. */
export async function speechFile(text: string, speaker: Speaker): Promise<string> {
  const folder = join(tmpdir(), 'kyberline-speech');
  mkdirSync(folder, { recursive: true });
  const id = createHash('sha256')
    .update(JSON.stringify([text, speaker]))
    .digest('hex');
  const path = join(folder, `${id.slice(0, 24)}.wav`);
  if (existsSync(path)) return path;
  const raw = `${path}.${process.pid}.raw`;
  const child = await startChild('espeak-ng', [
    ...['-v', speaker.voice, '-s', String(speaker.wordsPerMinute)],
    ...['-p', String(speaker.pitch), '-w', raw, text],
  ]);
  const { code } = await child.ended;
  if (code !== 0) throw new Error(`espeak-ng: ${child.output().trim()}`);
  const made = `${path}.${process.pid}.wav`;
  writeWav(made, resample(readWav(raw), SPEECH_RATE_HZ));
  rmSync(raw);
  // Renamed into place: two test files may want the same sentence at once.
  renameSync(made, path);
  return path;
}
