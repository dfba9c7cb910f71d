/** A call that rings while something else is open, in a real browser with the fake daemon. */
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beforePanel, WAIT } from './before-panel';
import { scriptedCall } from './scripted-call';
import { person } from './scripted-state';

const before = beforePanel(chromium);
const button = (name: string) => before.page.getByRole('button', { name, exact: true });

describe.skipIf(before.isSkipped)('a call that rings', { timeout: 60_000 }, () => {
  beforeAll(before.open);
  afterAll(before.close);
  beforeEach(before.sitDown);
  afterEach(async () => expect(await before.getUp()).toEqual([]));

  const ring = () =>
    before.panel.daemon.change((state) => {
      state.calls = [scriptedCall('carol', { direction: 'incoming', phase: 'ringing-here' })];
    });

  it('covers nothing that has the focus on a long page', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      for (let i = 0; i < 12; i++) state.people.push(person(`person${i}`));
    });
    await page.setViewportSize({ width: 1024, height: 700 });
    await page.goto(panel.url);
    ring();
    await button('Accept').waitFor(WAIT);
    const covered: (string | null)[] = [];
    for (let tabs = 0; tabs < 50; tabs++) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return { name: null, free: true };
        const { x, y, width, height } = element.getBoundingClientRect();
        const top = document.elementFromPoint(x + width / 2, y + height / 2);
        return { name: element.ariaLabel ?? element.textContent, free: element.contains(top) };
      });
      if (!stop.free) covered.push(stop.name);
    }
    expect(covered).toEqual([]);
  });

  it('is within reach of a pointer above a dialog, which stays', async () => {
    const { panel, page } = before;
    panel.given();
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 860 });
      await page.goto(panel.url);
      await button('About bob').click();
      const about = page.getByRole('dialog', { name: 'bob' });
      await about.waitFor(WAIT);
      ring();
      // By role, which is how a screen reader gets there too.
      const sheet = page.getByRole('dialog', { name: 'carol is calling' });
      await sheet.getByRole('button', { name: 'Decline' }).click();
      await panel.command('reject');
      expect(await about.isVisible()).toBe(true);
      panel.given();
      await sheet.waitFor({ state: 'hidden', ...WAIT });
    }
  });

  it('is within reach of the keyboard in a dialog', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    await button('About bob').click();
    await button('Call bob').waitFor(WAIT);
    ring();
    await button('Accept').waitFor(WAIT);
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    for (let tabs = 0; (await focused()) !== 'Accept' && tabs < 6; tabs++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await panel.command('answer');
  });

  it('waits above the page when a dialog is closed or opened meanwhile', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    await button('Call bob').waitFor(WAIT);
    ring();
    await button('Accept').waitFor(WAIT);
    await button('About bob').click();
    await page.getByRole('dialog', { name: 'bob' }).waitFor(WAIT);
    expect(await button('Accept').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'bob' }).waitFor({ state: 'hidden', ...WAIT });
    await button('Accept').click();
    await panel.command('answer');
  });

  it('closes a list that is open', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(`${panel.url}/settings`);
    await page.getByRole('combobox', { name: 'Microphone' }).click();
    await page.getByRole('option', { name: 'USB headset' }).waitFor(WAIT);
    ring();
    await button('Accept').click();
    await panel.command('answer');
    expect(await page.getByRole('option').count()).toBe(0);
  });

  it('leaves the page as it was when nobody takes it, and says so', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    const field = page.getByLabel('Find or dial a name');
    await field.fill('ca');
    ring();
    await button('Accept').waitFor(WAIT);
    panel.daemon.change((state) => {
      const endSentence = 'You missed a call from carol.';
      Object.assign(state.calls[0] ?? {}, { phase: 'ended', endReason: 'missed', endSentence });
    });
    const note = page.getByRole('region', { name: 'Call from carol' });
    await note.getByText('You missed a call from carol.').waitFor(WAIT);
    const announced = page.locator('[aria-live="assertive"]').getByText('You missed a call');
    expect(await announced.count()).toBe(1);
    await page.keyboard.type('rol');
    expect(await field.inputValue()).toBe('carol');
    await button('Call carol back').click();
    expect(await panel.command('call')).toEqual({ name: 'carol' });
    await note.waitFor({ state: 'hidden', ...WAIT });
  });
});
