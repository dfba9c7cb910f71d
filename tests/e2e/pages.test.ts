/**
 * Every page on a phone's width and on a desk's, in the light and in the dark: nothing is wrong with
 * its layout, contrast, names and headings, Tab reaches all of it, and a picture of it is kept.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Started } from '../calls/started.js';
import { launchBrowser } from '../rig/browser.js';
import { sleep } from '../rig/child.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { SPEAKERS, speechFile, TEXTS } from '../rig/speech.js';
import { watchOver } from './aftermath.js';
import { faultsOf, walk } from './faults.js';
import { type Machine, startMachine } from './machine.js';
import { whyNot } from './needs.js';
import { picture } from './pictures.js';
import { type Look, type Visit, visit } from './visit.js';

const LOOKS: readonly [string, Look][] = [
  ['390-light', { width: 390, height: 844 }],
  ['390-dark', { width: 390, height: 844, dark: true }],
  ['1280-light', { width: 1280, height: 860 }],
  ['1280-dark', { width: 1280, height: 860, dark: true }],
];
/** Long enough for the meters to show a voice, and for what rises into the page to have risen. */
const SETTLE_MS = 400;

const started = new Started();
let machine: Machine;
let bob: Daemon;
/** The same person at four screens. */
let screens: [string, Visit][];

describe.skipIf(whyNot() !== undefined)('on every screen', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    const saying = async (who: 'alice' | 'bob') =>
      `file:${await speechFile(TEXTS[who], SPEAKERS[who])}`;
    const browser: Browser = await launchBrowser();
    await started.add({ stop: () => browser.close() });
    machine = await started.add(startMachine({ input: await saying('alice') }));
    const { registryUrl } = machine;
    bob = await started.add(startDaemon({ input: await saying('bob'), registryUrl }));
    screens = await Promise.all(
      LOOKS.map(
        async ([name, look]): Promise<[string, Visit]> => [
          name,
          await visit(browser, machine, look),
        ],
      ),
    );
  });
  afterAll(() => started.stop());
  watchOver(() => Object.fromEntries(screens));

  const everywhere = (act: (visitor: Visit) => Promise<void>) =>
    Promise.all(screens.map(([, visitor]) => act(visitor)));

  /** Looks at the page on all screens, once this can be read on it. */
  const look = async (name: string, readable: string | RegExp) => {
    await everywhere(({ sees }) => sees(readable));
    await sleep(SETTLE_MS);
    for (const [screen, { page }] of screens) {
      await picture(page, `${name}-${screen}`);
      expect.soft(await faultsOf(page), `${name}-${screen}`).toEqual([]);
    }
  };
  /** Walks through the page with Tab, on a narrow and on a wide screen. */
  const reaches = async (...stops: string[]) => {
    for (const [screen, { page }] of screens.filter(([name]) => name.endsWith('light'))) {
      const walked = await walk(page);
      expect.soft(walked.faults, screen).toEqual([]);
      expect.soft(walked.stops, screen).toEqual(expect.arrayContaining(stops));
    }
  };

  it('the first run', async () => {
    await look('welcome-name', 'What should people call you?');
    await reaches('BUTTON Take this name');
    const [, first] = screens[0]!;
    await first.page.getByLabel('Your name').fill('alice');
    await first.button('Take this name').click();
    await look('welcome-sound', 'The microphone hears you.');
    await reaches('BUTTON Continue');
    await everywhere(({ button }) => button('Continue').click());
    await look('welcome-echo', 'Hear yourself');
    await reaches('BUTTON Call echo', 'BUTTON Later');
    await everywhere(({ button }) => button('Later').click());
  });

  it('the people', async () => {
    await look('people-nobody', 'Nobody else is here yet');
    await bob.client.command('register', { name: 'bob' });
    await everywhere(({ button }) => button('Call bob').waitFor());
    await look('people', 'Online');
    await reaches('A People', 'BUTTON Call echo', 'BUTTON About bob', 'BUTTON Call bob');
    await everywhere(({ button }) => button('About bob').click());
    await look('people-about', "Fingerprint of bob's key");
    await everywhere(({ button }) => button('Close').click());
  });

  it('a call that comes', async () => {
    await bob.client.command('call', { name: 'alice' });
    await look('incoming', 'bob is calling');
    await reaches('BUTTON Accept', 'BUTTON Decline', 'BUTTON Call echo');
  });

  it('a call that is on', async () => {
    const [, first] = screens[0]!;
    await first.button('Accept').click();
    // The numbers come once a second.
    await sleep(1500);
    await look('call', 'They match');
    await reaches('BUTTON They match', 'BUTTON Mute', 'BUTTON Hang up', 'BUTTON Loss');
    await everywhere(({ go }) => go('Settings'));
    await look('settings-in-call', 'Incoming calls');
    await everywhere(({ go }) => go('People'));
    await everywhere(({ button }) => button("They don't match").click());
    await look('call-words-differ', 'The words differ?');
    await everywhere(({ button }) => button('Compare again').click());
    await first.button('They match').click();
    await look('call-verified', /You and bob compared the words/);
  });

  it('a call that has ended', async () => {
    await bob.client.command('hangup', {});
    await look('call-ended', 'bob hung up.');
    await reaches('BUTTON Redial bob', 'BUTTON Back to people');
    await everywhere(({ button }) => button('Back to people').click());
  });

  it('a call that is placed', async () => {
    const [, first] = screens[0]!;
    await first.button('Call bob').click();
    await look('calling', "Ringing at bob's…");
    await reaches('BUTTON Cancel call');
    await first.button('Cancel call').click();
    await everywhere(({ sees }) => sees('You cancelled the call.'));
  });

  it('a call that was not taken', async () => {
    await everywhere(({ button }) => button('Back to people').click());
    await bob.client.command('call', { name: 'alice' });
    await everywhere(({ button }) => button('Accept').waitFor());
    await bob.client.command('hangup', {});
    await everywhere(({ button }) => button('Call bob back').waitFor());
    await look('not-taken', 'bob cancelled the call before it was answered.');
  });

  it('the history', async () => {
    await everywhere(({ go }) => go('History'));
    await look('history', 'Today');
    await reaches('BUTTON Redial bob');
  });

  it('the settings', async () => {
    await everywhere(({ go }) => go('Settings'));
    await look('settings', 'Incoming calls');
    await reaches('INPUT Registry address', 'BUTTON Test the microphone');
  });

  it('a page that does not exist', async () => {
    await everywhere(async ({ page }) => {
      await page.goto(`${machine.panel.url}/nowhere`);
    });
    // The browser itself notes the status of the page.
    for (const [, { complaints }] of screens) complaints.splice(0);
    await look('not-found', 'There is no page here');
  });

  it('a daemon that is away', async () => {
    await everywhere(async ({ page }) => {
      await page.goto(machine.panel.url);
    });
    await machine.killDaemon();
    await look('daemon-away', 'Kyberline is not running');
  });
});
