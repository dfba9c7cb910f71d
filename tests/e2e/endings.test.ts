/**
 * Every way in which a call does not come about, as both people read it: on the page at once, and in
 * their histories afterwards.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Started } from '../calls/started.js';
import { launchBrowser, screenshot } from '../rig/browser.js';
import { watchOver } from './aftermath.js';
import { type Machine, startMachine } from './machine.js';
import { whyNot } from './needs.js';
import { backToPeople, call, newestCall, type Visit, visit } from './visit.js';

/** Carol is impatient, so that nobody has to wait for an answer that does not come. */
const CAROL_RINGS_S = 2;

const started = new Started();
let browser: Browser;
let alice: Visit;
let bob: Visit;
let carol: Visit;

describe.skipIf(whyNot() !== undefined)('a call that', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    browser = await launchBrowser();
    await started.add({ stop: () => browser.close() });
    const home = await started.add(startMachine({ name: 'alice' }));
    const { registryUrl } = home;
    const machines: [Machine, Machine] = await Promise.all([
      started.add(startMachine({ name: 'bob', registryUrl })),
      started.add(startMachine({ name: 'carol', registryUrl, ringSeconds: CAROL_RINGS_S })),
    ]);
    [alice, bob, carol] = await Promise.all([
      visit(browser, home),
      visit(browser, machines[0]),
      visit(browser, machines[1]),
    ]);
  }, 90_000);
  afterAll(() => started.stop());
  watchOver(() => ({ alice, bob, carol }));

  /** Both read how it ended, in the words of the page and then of the history. */
  const ends = async (from: [Visit, string], to: [Visit, string]) => {
    for (const [visitor, sentence] of [from, to]) await visitor.sees(sentence);
    for (const [visitor, sentence] of [from, to]) {
      const way = visitor === from[0] ? 'You called' : 'Call from';
      const row = await newestCall(visitor, new RegExp(`^${way} \\w+ ${sentence}`));
      // It was never answered, so it has no length.
      expect(row).not.toMatch(/\d second/);
      await visitor.go('People');
      await backToPeople(visitor);
    }
  };

  it('is declined', async () => {
    await call(alice, 'bob');
    await bob.button('Decline').click();
    await ends([alice, 'bob declined the call.'], [bob, 'You declined the call.']);
  });

  it('is cancelled', async () => {
    await call(bob, 'alice');
    const sheet = alice.page.getByRole('dialog', { name: 'bob is calling' });
    await sheet.waitFor();
    await bob.button('Cancel call').click();
    await sheet.waitFor({ state: 'hidden' });
    await ends(
      [bob, 'You cancelled the call.'],
      [alice, 'bob cancelled the call before it was answered.'],
    );
  });

  it('nobody answers', async () => {
    await call(carol, 'bob');
    await bob.page.getByRole('dialog', { name: 'carol is calling' }).waitFor();
    await ends([carol, 'bob did not answer.'], [bob, 'You missed a call from carol.']);
  });

  it('finds the other in another call', async () => {
    await call(alice, 'bob');
    await bob.button('Accept').click();
    await Promise.all([alice.sees('In call'), bob.sees('In call')]);
    await call(carol, 'bob');
    await carol.sees('bob is in another call.');
    await screenshot(carol.page, 'call-ended-busy');
    expect(await bob.page.getByRole('dialog').count()).toBe(0);
    await newestCall(carol, /^You called bob bob is in another call\./);
    await bob.button('Hang up').click();
    await alice.sees('bob hung up.');
    await bob.go('History');
    await bob.sees('You were in another call.');
  });

  it('goes to a name that nobody has', async () => {
    await carol.go('People');
    await backToPeople(carol);
    await carol.page.getByLabel('Find or dial a name').fill('zoe');
    await carol.button('Call zoe').click();
    await carol.sees('Nobody is registered as zoe. Check the name.');
  });
});
