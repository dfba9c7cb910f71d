/** The settings of the built panel, in a real browser, with the fake daemon behind it. */
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beforePanel, WAIT } from './before-panel';

const before = beforePanel(chromium);
const button = (name: string) => before.page.getByRole('button', { name, exact: true });
const sees = (text: string | RegExp) => before.page.getByText(text).first().waitFor(WAIT);

describe.skipIf(before.isSkipped)('settings in a browser', { timeout: 60_000 }, () => {
  beforeAll(before.open);
  afterAll(before.close);
  beforeEach(before.sitDown);
  afterEach(async () => expect(await before.getUp()).toEqual([]));

  it('let a name that another machine took be taken back', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      if (state.me) state.me.registered = false;
      state.registry.problem = 'This name was registered from another machine.';
    });
    await page.goto(`${panel.url}/settings`);
    await button('Take this name').click();
    expect(await panel.command('register')).toEqual({ name: 'anna' });
  });

  it('offer another registry to a newcomer whose registry is dead', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.me = undefined;
    });
    await page.goto(panel.url);
    await page.getByLabel('Your name').waitFor(WAIT);
    const address = page.getByLabel('Registry address');
    expect(await address.count()).toBe(0);
    panel.daemon.change((state) => {
      const problem = 'The registry at 127.0.0.1:5001 does not answer.';
      Object.assign(state.registry, { state: 'unreachable', problem });
    });
    await address.fill('http://192.168.1.20:5001');
    panel.daemon.onCommand(({ input }) => {
      panel.daemon.change((state) => {
        Object.assign(state.settings, input);
        state.registry = { url: state.settings.registryUrl, state: 'connecting' };
      });
    });
    await button('Use this address').click();
    expect(await panel.command('changeSettings')).toEqual({
      registryUrl: 'http://192.168.1.20:5001',
    });
    await sees('Being reached…');
  });
});
