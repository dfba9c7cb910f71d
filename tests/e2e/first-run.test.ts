/**
 * A newcomer without a mouse: from the first visit to hearing their own voice come back, by keys alone.
 * Their microphone is a file in which somebody speaks every few seconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Started } from '../calls/started.js';
import { launchBrowser } from '../rig/browser.js';
import { type Sound, writeWav } from '../rig/sound.js';
import { SPEAKERS, SPEECH_RATE_HZ, speak } from '../rig/speech.js';
import { tellInOrder, watchOver } from './aftermath.js';
import { focusOf } from './faults.js';
import { type Machine, startMachine } from './machine.js';
import { lag, moves, watchMeters } from './meters.js';
import { whyNot } from './needs.js';
import { newestCall, PATIENCE_MS, type Visit, visit, wordsOf } from './visit.js';

/** The echo contact gives back what it hears after this. */
const ECHO_MS = 2000;
/** What two jitter buffers and the meters' own pace may add to it, and measuring may take off. */
const ECHO_LATE_MS = 500;
const ECHO_EARLY_MS = 150;
const WATCHED_MS = 12_000;
/** Within this only the greeting can be heard: it takes six seconds, and the echo two more. */
const GREETED_MS = 5_000;
const MOST_TABS = 15;

const started = new Started();
let machine: Machine;
let anna: Visit;

describe.skipIf(whyNot() !== undefined)('a newcomer with a keyboard', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    const browser = await launchBrowser();
    await started.add({ stop: () => browser.close() });
    machine = await started.add(startMachine({ input: `file:${await pausingVoice()}` }));
    anna = await visit(browser, machine);
  });
  afterAll(() => started.stop());
  watchOver(() => ({ anna }));
  tellInOrder();

  it('is asked for a name at once, and told what is wrong with one', async () => {
    await anna.page.waitForURL('**/welcome');
    await anna.sees('What should people call you?');
    expect(await focusOf(anna.page)).toMatchObject({ marked: true });
    await anna.page.keyboard.type('anna & co');
    await anna.page.keyboard.press('Enter');
    await anna.sees(/A name is made of letters from a to z/);
    await anna.page.keyboard.press('Control+A');
    await anna.page.keyboard.type('anna');
    await anna.page.keyboard.press('Enter');
    await anna.sees('Say something');
    expect(machine.daemon().client.state()?.me).toMatchObject({ name: 'anna', registered: true });
  });

  it('sees that the microphone hears', async () => {
    await anna.sees('The microphone hears you.');
    await expect
      .poll(async () => moves((await watchMeters(anna.page, 1500))['Your microphone']), {
        timeout: PATIENCE_MS,
      })
      .toBe(true);
    await pressOn('Continue');
    await anna.sees('Hear yourself');
  });

  it('calls the echo contact, which is a call like any other', async () => {
    await pressOn('Call echo');
    await anna.sees('In call');
    expect(new Set(await wordsOf(anna)).size).toBeGreaterThan(1);
  });

  it('is greeted, then hears what was said two seconds later', async () => {
    await expect
      .poll(async () => moves((await watchMeters(anna.page, 1000))["echo's voice"]), {
        timeout: GREETED_MS,
      })
      .toBe(true);
    await expect
      .poll(
        async () => {
          const heard = await watchMeters(anna.page, WATCHED_MS);
          return lag(heard['Your microphone']!, heard["echo's voice"]!, 4000);
        },
        { timeout: 3 * WATCHED_MS },
      )
      .toSatisfy(({ ms, correlation }: ReturnType<typeof lag>) => {
        const late = ms - ECHO_MS;
        return correlation > 0.8 && late > -ECHO_EARLY_MS && late < ECHO_LATE_MS;
      });
  });

  it('hangs up and finds the call in the history', async () => {
    await pressOn('Hang up');
    await anna.sees('You hung up.');
    await newestCall(anna, /^You called echo You hung up\. /);
  });

  /** Goes on with Tab until this button has the focus, which is to be seen, and presses it. */
  const pressOn = async (name: string) => {
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      await anna.page.keyboard.press('Tab');
      const stop = await focusOf(anna.page);
      expect(stop).toMatchObject({ marked: true, inView: true });
      if (stop?.name !== `BUTTON ${name}`) continue;
      await anna.page.keyboard.press('Enter');
      return;
    }
    throw new Error(`“${name}” is not reached with ${MOST_TABS} times Tab.`);
  };
});

/** A WAV file of two minutes: a sentence, a pause, and again, in no rhythm that repeats soon. */
async function pausingVoice(): Promise<string> {
  const sentence = await speak('Hello, is this my own voice?', SPEAKERS.alice);
  const pause = (seconds: number) => new Float32Array(Math.round(seconds * SPEECH_RATE_HZ));
  const parts: Float32Array[] = [];
  for (let turn = 0; turn < 20; turn++) {
    parts.push(sentence.samples, pause([2.6, 4.1, 3.3][turn % 3]!));
  }
  const samples = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-voice-'));
  await started.add({ stop: async () => rmSync(folder, { recursive: true }) });
  const sound: Sound = { samples, rateHz: SPEECH_RATE_HZ };
  const path = join(folder, 'voice.wav');
  writeWav(path, sound);
  return path;
}
