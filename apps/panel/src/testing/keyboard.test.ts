/** The built panel without a mouse, in a real browser with the fake daemon. */
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beforePanel, WAIT } from './before-panel';
import { scriptedCall, talking } from './scripted-call';

const before = beforePanel(chromium);
const button = (name: string) => before.page.getByRole('button', { name, exact: true });

describe.skipIf(before.isSkipped)('somebody with a keyboard', { timeout: 60_000 }, () => {
  beforeAll(before.open);
  afterAll(before.close);
  beforeEach(before.sitDown);
  afterEach(async () => expect(await before.getUp()).toEqual([]));

  /** What has the focus, by its text. */
  const focused = () => before.page.evaluate(() => document.activeElement?.textContent);
  const focuses = (text: string) => expect.poll(focused, WAIT).toBe(text);

  it('is taken from stage to stage of a call', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    await button('Call bob').focus();
    await page.keyboard.press('Enter');
    await panel.command('call');
    panel.daemon.change((state) => {
      state.calls = [scriptedCall('bob', { phase: 'ringing-there' })];
    });
    await focuses('bob');
    await page.keyboard.press('Tab');
    await focuses('Cancel call');
    panel.daemon.change((state) => Object.assign(state.calls[0] ?? {}, talking()));
    await focuses('bob');
    await button('Hang up').focus();
    panel.daemon.change((state) => {
      Object.assign(state.calls[0] ?? {}, { phase: 'ended', endSentence: 'You hung up.' });
    });
    await focuses('You hung up.');
    await button('Back to people').focus();
    await page.keyboard.press('Enter');
    await focuses('Who would you like to call?');
  });

  it('is not taken there from elsewhere', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.calls = [scriptedCall('bob', { phase: 'ringing-there' })];
    });
    await page.goto(panel.url);
    await page.getByRole('link', { name: 'Settings' }).focus();
    panel.daemon.change((state) => Object.assign(state.calls[0] ?? {}, talking()));
    await page.getByTestId('words').waitFor(WAIT);
    await page.waitForTimeout(200);
    expect(await focused()).toBe('Settings');
  });

  it('comes to the call that they accept on another page', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(`${panel.url}/settings`);
    await page.getByLabel('Your name').focus();
    panel.daemon.change((state) => {
      state.calls = [scriptedCall('carol', { direction: 'incoming', phase: 'ringing-here' })];
    });
    panel.daemon.onCommand(() => {
      panel.daemon.change((state) => Object.assign(state.calls[0] ?? {}, talking()));
    });
    await button('Accept').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('words').waitFor(WAIT);
    await focuses('carol');
  });

  it('is back where they were when a dialog has been closed', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    await button('About bob').focus();
    await page.keyboard.press('Enter');
    await focuses('Call bob');
    await page.keyboard.press('Escape');
    const label = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await expect.poll(label, WAIT).toBe('About bob');
  });
});
