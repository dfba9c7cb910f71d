/**
 * What the voice disguise hides and what it costs. Eight synthetic speakers read sentences; a simple
 * score (tests/rig/sound/speaker.ts, no forensic system) says whose voice it is, from plain speech
 * and through the disguise, each recording a call of its own. A guess is right one time in eight.
 *
 * Words, rhythm, tempo and accent stay, and the score does not look at them.
 *
 * How much is still understood has no fair reference: STOI compares third-octave envelopes at the same
 * instant, and the disguise is made to move formants and harmonics between those bands. The plain
 * original is therefore a harsh reference, a lower bound. The fairer one is the same recording through
 * the disguise of another call: both have the words, neither the voice. It says that what is said
 * comes through alike whatever was drawn, not that it comes through; so the two stand side by side.
 */
import { Disguise } from '@kyberline/daemon/dsp/disguise';
import { seeded } from '../rig/random.js';
import { resample } from '../rig/sound/resample.js';
import { identified, type Sample, spreadOf, voiceOf } from '../rig/sound/speaker.js';
import { stoi } from '../rig/sound/stoi.js';
import type { Sound } from '../rig/sound/wav.js';
import { type Speaker, speak } from '../rig/speech.js';
import type { Bench, Row } from './bench.js';
import { costOf, IN_FULL } from './timing.js';

const RATE_HZ = 48_000;
const FRAME_SAMPLES = 480;

/** Unlike each other in pitch and vocal tract, alike in tempo and accent: the voice alone tells. */
export const PEOPLE: Record<string, Speaker> = {
  m1: { voice: 'en+m1', wordsPerMinute: 165, pitch: 40 },
  m3: { voice: 'en+m3', wordsPerMinute: 165, pitch: 30 },
  m7: { voice: 'en+m7', wordsPerMinute: 165, pitch: 50 },
  m8: { voice: 'en+m8', wordsPerMinute: 165, pitch: 60 },
  f1: { voice: 'en+f1', wordsPerMinute: 165, pitch: 45 },
  f2: { voice: 'en+f2', wordsPerMinute: 165, pitch: 60 },
  f3: { voice: 'en+f3', wordsPerMinute: 165, pitch: 75 },
  f4: { voice: 'en+f4', wordsPerMinute: 165, pitch: 35 },
};

/** About 8 s each. */
export const SAYINGS = [
  'The old harbour was quiet when we came, and nobody knew where the boat with the green sail had ' +
    'gone. A boy told us to wait until the evening.',
  'Please bring three loaves of bread, a jar of honey and the small knife from the kitchen. We eat ' +
    'under the trees if the weather holds.',
  'My sister plays the piano in a room full of books. She learned it late, practised every morning, ' +
    'and never thought of giving up.',
  'Over the mountain goes a narrow road that is closed in winter. Those who must cross it take the ' +
    'train, which is slow but warm.',
  'He showed me a map of the town as it was two hundred years ago: a church, a mill, forty houses ' +
    'and a wall that has since fallen down.',
  'You should hear what the neighbours say about the new bridge. It is too low for the ships, they ' +
    'think, and too high for the money.',
] as const;

/** A sound through the disguise of a call of its own; sample for sample at its place. */
export function disguised(sound: Sound, seed: number): Sound {
  const said = resample(sound, RATE_HZ).samples;
  const stage = new Disguise(bytesFrom(seed));
  const delay = Math.round((stage.delayMs * RATE_HZ) / 1000);
  const frames = Math.ceil((said.length + delay) / FRAME_SAMPLES);
  const line = new Float32Array(frames * FRAME_SAMPLES);
  line.set(said);
  for (let n = 0; n < frames; n++) {
    stage.process(line.subarray(n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES));
  }
  const heard = { rateHz: RATE_HZ, samples: line.slice(delay, delay + said.length) };
  return resample(heard, sound.rateHz);
}

/** Bytes that repeat, as a disguise asks for them. */
export function bytesFrom(seed: number): (bytes: number) => Uint8Array {
  const chance = seeded(seed);
  return (bytes) => Uint8Array.from({ length: bytes }, () => 256 * chance());
}

export interface Recording {
  who: string;
  plain: Sound;
  /** Through the disguise of this recording's own call. */
  hidden: Sound;
}

/** The named people saying each of the sayings, every one in a call of its own. */
export async function recordings(
  names: readonly string[],
  sayings: readonly string[],
  firstCall: number,
): Promise<Recording[]> {
  const spoken = await Promise.all(
    names.flatMap((who) =>
      sayings.map(async (text) => ({ who, plain: await speak(text, PEOPLE[who]!) })),
    ),
  );
  return spoken.map(({ who, plain }, n) => ({
    who,
    plain,
    hidden: disguised(plain, firstCall + n),
  }));
}

export function samples(all: readonly Recording[], which: 'plain' | 'hidden'): Sample[] {
  return all.map((one) => ({ who: one.who, voice: voiceOf(one[which]) }));
}

export const disguise: Bench = {
  name: 'disguise',
  title: 'Voice disguise: who is known by the voice, and what is still understood',
  seconds: 45,
  needsSound: true,
  async run(): Promise<Row[]> {
    const names = Object.keys(PEOPLE);
    const enrolled = await recordings(names, SAYINGS.slice(0, 3), 1000);
    const unknown = await recordings(names, SAYINGS.slice(3), 2000);
    const [plainBefore, hiddenBefore] = [samples(enrolled, 'plain'), samples(enrolled, 'hidden')];
    const [plain, hidden] = [samples(unknown, 'plain'), samples(unknown, 'hidden')];
    const percent = (what: string, share: number, note: string): Row => ({
      what,
      value: 100 * share,
      unit: '% named rightly',
      note,
    });
    const apart = (what: string, of: Parameters<typeof spreadOf>[1]): Row => ({
      what: `${what} of the speakers apart`,
      value: 100 * spreadOf(hidden, of),
      unit: '%',
      note: `${(100 * spreadOf(plain, of)).toFixed(1)} % without the disguise`,
    });
    const mean = (of: (one: Recording, n: number) => number) =>
      unknown.reduce((sum, one, n) => sum + of(one, n), 0) / unknown.length;
    const stage = new Disguise(bytesFrom(1));
    const voice = resample(unknown[0]!.plain, RATE_HZ).samples;
    const frame = new Float32Array(FRAME_SAMPLES);
    let at = 0;
    const cost = costOf(() => {
      if (at + FRAME_SAMPLES > voice.length) at = 0;
      frame.set(voice.subarray(at, at + FRAME_SAMPLES));
      at += FRAME_SAMPLES;
      stage.process(frame);
    }, IN_FULL);
    const chance = '12.5 % is chance';
    return [
      percent('no disguise', identified(plainBefore, plain), chance),
      percent('disguised, known from plain speech', identified(plainBefore, hidden), chance),
      percent('disguised, known from disguised calls', identified(hiddenBefore, hidden), chance),
      apart('pitch', ({ logPitch }) => logPitch),
      ...[0, 1, 2, 3].map((n) => apart(`formant ${n + 1}`, (v) => v.logFormants[n]!)),
      {
        what: 'understood, beside the original',
        value: mean(({ plain, hidden }) => stoi(plain, hidden)),
        unit: 'STOI',
        note: 'a lower bound: moved formants count as errors',
      },
      {
        what: 'understood, beside another call',
        value: mean(({ plain, hidden }, n) => stoi(disguised(plain, 3000 + n), hidden)),
        unit: 'STOI',
        note: 'both disguised, each otherwise',
      },
      { what: 'delay', value: stage.delayMs, unit: 'ms' },
      { what: 'a frame of 10 ms', value: cost.medianUs, unit: 'µs', p95: cost.p95Us },
    ];
  },
};
