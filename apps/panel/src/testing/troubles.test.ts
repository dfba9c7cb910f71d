/** A daemon that is slow or away while somebody asks it for something, in a real browser. */
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beforePanel, WAIT } from './before-panel';
import { person } from './scripted-state';

const before = beforePanel(chromium);
const button = (name: string) => before.page.getByRole('button', { name, exact: true });
const sees = (text: string | RegExp) => before.page.getByText(text).first().waitFor(WAIT);

describe.skipIf(before.isSkipped)('commands in a browser', { timeout: 60_000 }, () => {
  beforeAll(before.open);
  afterAll(before.close);
  beforeEach(before.sitDown);
  afterEach(async () => expect(await before.getUp()).toEqual([]));

  it('are not kept for a daemon that is away', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    await button('Call bob').waitFor(WAIT);
    await panel.daemon.close();
    // The page does not say yet that anything is amiss.
    await button('Call bob').click();
    await sees(/That did not work/);
    await panel.restartDaemon();
    panel.daemon.change((state) => {
      state.people.push(person('zora'));
    });
    await button('Call zora').click();
    await panel.command('call');
    expect(panel.daemon.commands).toEqual([{ name: 'call', input: { name: 'zora' } }]);
  });

  it('are given up when no answer comes', async () => {
    const { panel, page } = before;
    panel.given();
    panel.daemon.onCommand(() => new Promise(() => undefined));
    await page.goto(panel.url);
    await button('Call bob').click();
    await panel.command('call');
    await sees(/did not answer. Once it does, look whether that happened/);
  });
});
