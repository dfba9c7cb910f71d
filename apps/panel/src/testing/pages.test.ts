/** Pages of the built panel, in a real browser, with the fake daemon behind it. */
import type { UserName } from '@kyberline/shared/ids';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beforePanel, WAIT } from './before-panel';
import { scriptedCall, talking } from './scripted-call';
import { fingerprintOf } from './scripted-state';

const before = beforePanel(chromium);
const button = (name: string) => before.page.getByRole('button', { name, exact: true });
const sees = (text: string | RegExp) => before.page.getByText(text).first().waitFor(WAIT);

describe.skipIf(before.isSkipped)('pages in a browser', { timeout: 60_000 }, () => {
  beforeAll(before.open);
  afterAll(before.close);
  beforeEach(before.sitDown);
  afterEach(async () => expect(await before.getUp()).toEqual([]));

  it('leads a newcomer from a name to the first call', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.me = undefined;
    });
    panel.daemon.onCommand(({ name }) => {
      panel.daemon.change((state) => {
        if (name === 'register') {
          const anna = 'anna' as UserName;
          state.me = { name: anna, fingerprint: fingerprintOf('anna'), registered: true };
        }
        if (name === 'testMicrophone') state.input.state = 'running';
        if (name === 'call') state.calls = [scriptedCall('echo', talking())];
      });
    });
    await page.goto(panel.url);
    await page.getByLabel('Your name').fill('Anna');
    await page.keyboard.press('Enter');
    expect(await panel.command('register')).toEqual({ name: 'anna' });
    await sees('Say something');
    await sees('The microphone hears you.');
    await button('Continue').click();
    await button('Call echo').click();
    expect(await panel.command('call')).toEqual({ name: 'echo' });
    await page.getByTestId('words').waitFor(WAIT);
  });

  it('says why a name cannot be had', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.me = undefined;
    });
    panel.daemon.onCommand(() => {
      throw new Error('The name bob belongs to somebody else. Choose another one.');
    });
    await page.goto(`${panel.url}/welcome`);
    await page.getByLabel('Your name').fill('two words');
    await button('Take this name').click();
    await sees(/letters from a to z/);
    await page.getByLabel('Your name').fill('bob');
    await button('Take this name').click();
    await sees('The name bob belongs to somebody else. Choose another one.');
  });

  it('ties what is wrong with a dialled name to its field', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    const field = page.getByLabel('Find or dial a name');
    await field.fill('two words');
    const alert = page.getByRole('alert').filter({ hasText: 'A name is made of letters' });
    await alert.waitFor(WAIT);
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.getAttribute('aria-describedby')).toBe(await alert.getAttribute('id'));
    await field.fill('two');
    await alert.waitFor({ state: 'hidden', ...WAIT });
    expect(await field.getAttribute('aria-invalid')).toBe('false');
  });

  it('raises the alarm when a key changed and shows both fingerprints', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    expect(await button('Call mallory').count()).toBe(0);
    await button('Compare keys').click();
    const alarm = page.getByRole('dialog');
    const shown = ((await alarm.textContent()) ?? '').replaceAll(/\s/g, '');
    expect(shown).toContain(fingerprintOf('mallory'));
    expect(shown).toContain(fingerprintOf('not mallory'));
    await button('Reset contact mallory').click();
    expect(await panel.command('resetContact')).toEqual({
      name: 'mallory',
      fingerprint: fingerprintOf('not mallory'),
    });
  });

  it('lists the history with the way to call again', async () => {
    const { panel, page } = before;
    panel.given();
    const startedAt = Date.now() - 3_600_000;
    panel.daemon.history.splice(0, Number.POSITIVE_INFINITY, {
      callId: 'c'.repeat(32) as never,
      peer: 'bob' as UserName,
      direction: 'outgoing',
      startedAt,
      connectedAt: startedAt + 4000,
      endedAt: startedAt + 69_000,
      endReason: 'hung-up-by-them',
      endSentence: 'bob hung up.',
      durationSeconds: 65,
    });
    panel.daemon.change((state) => {
      state.historyRevision += 1;
    });
    await page.goto(`${panel.url}/history`);
    const row = page.getByRole('listitem').filter({ hasText: 'bob hung up.' });
    await row.waitFor(WAIT);
    expect(await row.textContent()).toContain('1:05');
    await button('Redial bob').click();
    expect(await panel.command('call')).toEqual({ name: 'bob' });
  });

  it('changes settings and says what each suite means', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(`${panel.url}/settings`);
    await page.getByRole('radio', { name: 'Kyber1024 + X25519' }).click();
    expect(await panel.command('changeSettings')).toEqual({ suite: 3 });
    await page.getByRole('combobox', { name: 'Microphone' }).click();
    await page.getByRole('option', { name: 'USB headset' }).click();
    await expect
      .poll(() => panel.daemon.commands.at(-1)?.input, WAIT)
      .toEqual({ input: 'portaudio:2' });
    await page.getByRole('switch', { name: 'Answer by itself' }).click();
    await expect
      .poll(() => panel.daemon.commands.at(-1)?.input, WAIT)
      .toEqual({ autoAnswer: true });
    await page.getByRole('radio', { name: 'Dark' }).click();
    await expect.poll(() => page.locator('html').getAttribute('class'), WAIT).toContain('dark');
  });

  it('fits a narrow screen on every page', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.people.push({ ...state.people[1]!, name: 'a'.repeat(32) as UserName });
    });
    await page.setViewportSize({ width: 390, height: 844 });
    const paths = ['/', '/history', '/settings', '/welcome'];
    for (const path of paths) {
      await page.goto(panel.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor(WAIT);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(390);
    }
    panel.daemon.change((state) => {
      state.calls = [scriptedCall('b'.repeat(32), talking())];
    });
    await page.goto(panel.url);
    await page.getByTestId('words').waitFor(WAIT);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
