/** A call rings while the person looks at something else: the tab, the browser and the ear are told. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Started } from '../calls/started.js';
import { launchBrowser } from '../rig/browser.js';
import { eventually, sleep } from '../rig/child.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import { rmsDbfs } from '../rig/sound.js';
import { tellInOrder, watchOver } from './aftermath.js';
import { keepNotifications, type Noticed } from './in-page.js';
import { type Machine, startMachine } from './machine.js';
import { whyNot } from './needs.js';
import { PATIENCE_MS, type Visit, visit } from './visit.js';

const started = new Started();
let pulse: Pulse;
let machine: Machine;
let bob: Daemon;
let alice: Visit;

describe.skipIf(whyNot() !== undefined)('a page in the background', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    pulse = await started.add(startPulse(['browser']));
    // What plays in the browser is heard on a speaker of its own.
    const browser: Browser = await launchBrowser(pulse.env('browser'), { sound: true });
    await started.add({ stop: () => browser.close() });
    machine = await started.add(startMachine({ name: 'alice' }));
    bob = await started.add(startDaemon({ name: 'bob', registryUrl: machine.registryUrl }));
    alice = await visit(browser, machine);
    await alice.context.grantPermissions(['notifications'], { origin: machine.panel.url });
    await alice.context.addInitScript(keepNotifications);
    await alice.page.reload();
    await alice.sees('Who would you like to call?');
    await goElsewhere(alice);
  });
  afterAll(() => started.stop());

  watchOver(() => ({ alice }));
  tellInOrder();

  const icons = async () => {
    const links = await alice.page.locator('link[rel~="icon"]').all();
    const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
    return addresses.map((address) => new URL(address ?? '', machine.panel.url).href);
  };
  const noticed = (): Promise<Noticed[]> => alice.page.evaluate('window.noticed');
  const title = { timeout: PATIENCE_MS, interval: 50 };
  let own: { title: string; icons: string[] };

  it('looks like nothing is going on while nothing is', async () => {
    own = { title: await alice.page.title(), icons: await icons() };
    expect(own.title).toBe('Kyberline');
    expect(own.icons).toEqual([expect.stringContaining('/icon.svg')]);
    expect(await noticed()).toEqual([]);
    expect(await loudness()).toBeLessThan(-80);
  });

  it('says who calls in its title, in turn with its own', async () => {
    await bob.client.command('call', { name: 'alice' });
    await expect.poll(() => alice.page.title(), title).toBe('bob is calling');
    await expect.poll(() => alice.page.title(), title).toBe(own.title);
    await expect.poll(() => alice.page.title(), title).toBe('bob is calling');
  });

  it('has a badge on its icon', async () => {
    expect(await icons()).toEqual([expect.stringMatching(/^data:image\/svg/)]);
  });

  it('shows one notification, which leads to the call', async () => {
    await expect
      .poll(noticed, { timeout: PATIENCE_MS })
      .toEqual([
        { title: 'bob is calling', body: 'Open Kyberline to answer.', shown: true, closed: false },
      ]);
  });

  it('rings aloud', async () => {
    expect(await loudness()).toBeGreaterThan(-45);
  });

  it('is as it was before when the caller has given up', async () => {
    await bob.client.command('hangup', {});
    await alice.sees('bob cancelled the call before it was answered.');
    await expect.poll(() => alice.page.title(), title).toBe(own.title);
    await expect.poll(icons).toEqual(own.icons);
    await expect.poll(noticed).toMatchObject([{ closed: true }]);
    await expect.poll(loudness, { timeout: PATIENCE_MS }).toBeLessThan(-80);
    expect(await noticed()).toHaveLength(1);
  });
});

/** Another tab comes to the front, and the page learns that it is not looked at. */
async function goElsewhere({ context, page }: Visit): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  const other = await context.newPage();
  await other.bringToFront();
  await eventually('the page is in the background', 5000, async () => {
    return (await page.evaluate('document.hasFocus()')) === false;
  });
}

/** What the browser plays within three seconds, a whole turn of the ringtone; RMS in dBFS. */
async function loudness(): Promise<number> {
  const recording = await pulse.record('browser');
  await sleep(3000);
  return rmsDbfs((await recording.stop()).samples);
}
