/** Calls in the built panel, in a real browser, with the fake daemon behind it. */
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beforePanel, WAIT } from './before-panel';
import { scriptedCall, talking } from './scripted-call';

const before = beforePanel(chromium);
const button = (name: string) => before.page.getByRole('button', { name, exact: true });
const sees = (text: string | RegExp) => before.page.getByText(text).first().waitFor(WAIT);

describe.skipIf(before.isSkipped)('calls in a browser', { timeout: 60_000 }, () => {
  beforeAll(before.open);
  afterAll(before.close);
  beforeEach(before.sitDown);
  afterEach(async () => expect(await before.getUp()).toEqual([]));

  it('calls a person, shows the stages and cancels', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    await button('Call bob').click();
    expect(await panel.command('call')).toEqual({ name: 'bob' });
    panel.daemon.change((state) => {
      state.calls = [scriptedCall('bob', { phase: 'ringing-there' })];
    });
    await sees("Ringing at bob's…");
    await button('Cancel call').click();
    expect(await panel.command('hangup')).toEqual({
      callId: panel.daemon.state().calls[0]?.callId,
    });
    panel.daemon.change((state) => {
      const [call] = state.calls;
      if (call) Object.assign(call, { phase: 'ended', endSentence: 'You cancelled the call.' });
    });
    await sees('You cancelled the call.');
    await button('Redial bob').waitFor(WAIT);
  });

  it('dials a name that is not in the list', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    await page.getByLabel('Find or dial a name').fill('zora');
    await page.keyboard.press('Enter');
    expect(await panel.command('call')).toEqual({ name: 'zora' });
  });

  it('lets somebody go on typing while it rings', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    const field = page.getByLabel('Find or dial a name');
    await field.fill('ca');
    panel.daemon.change((state) => {
      state.calls = [scriptedCall('bob', { direction: 'incoming', phase: 'ringing-here' })];
    });
    await button('Accept').waitFor(WAIT);
    await page.keyboard.type('rol');
    expect(await field.inputValue()).toBe('carol');
    await expect.poll(() => page.title(), WAIT).toBe('bob is calling');
    await expect.poll(() => page.title(), WAIT).toBe('Kyberline');
    const icon = page.locator('link[rel~="icon"]').first();
    expect(await icon.getAttribute('href')).toContain('data:image/svg');
    await button('Decline').click();
    await panel.command('reject');
    panel.daemon.change((state) => {
      state.calls = [];
    });
    await button('Accept').waitFor({ state: 'hidden', ...WAIT });
    expect(await page.title()).toBe('Kyberline');
  });

  it('accepts from any page and shows the call', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.calls = [scriptedCall('bob', { direction: 'incoming', phase: 'ringing-here' })];
    });
    panel.daemon.onCommand(({ name }) => {
      if (name !== 'answer') return;
      panel.daemon.change((state) => Object.assign(state.calls[0] ?? {}, talking()));
    });
    await page.goto(`${panel.url}/history`);
    await button('Accept').click();
    await page.getByTestId('words').waitFor(WAIT);
    expect(await page.getByTestId('words').textContent()).toMatch(/falcon[\s\S]*maple/);
  });

  it('shows both voices and the numbers of a call', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.calls = [scriptedCall('bob', { ...talking(), epoch: 3 })];
    });
    await page.goto(panel.url);
    for (const name of ['Your microphone', "bob's voice"]) {
      const meter = page.getByRole('meter', { name });
      const first = await meter.getAttribute('aria-valuenow');
      await expect.poll(() => meter.getAttribute('aria-valuenow'), WAIT).not.toBe(first);
    }
    for (const text of ['0.4 %', '2.4 ms', '14 ms', 'Kyber512 + X25519', '3']) {
      await page.getByText(text, { exact: true }).first().waitFor(WAIT);
    }
  });

  it('shows silence when no levels come any more', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.calls = [scriptedCall('bob', talking())];
    });
    await page.goto(panel.url);
    const meter = page.getByRole('meter', { name: "bob's voice" });
    await expect.poll(() => meter.getAttribute('aria-valuenow'), WAIT).not.toBe('0');
    panel.daemon.holdLevels(true);
    await expect.poll(() => meter.getAttribute('aria-valuetext'), WAIT).toBe('not measured');
    expect(await meter.getAttribute('aria-valuenow')).toBe('0');
    panel.daemon.holdLevels(false);
    await expect.poll(() => meter.getAttribute('aria-valuenow'), WAIT).not.toBe('0');
  });

  it('mutes by button and by keys, but not by a letter alone', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.calls = [scriptedCall('bob', talking())];
    });
    panel.daemon.onCommand(({ name, input }) => {
      if (name !== 'mute') return;
      panel.daemon.change((state) => Object.assign(state.calls[0] ?? {}, input));
    });
    await page.goto(panel.url);
    await button('Mute').click();
    await button('Unmute').waitFor(WAIT);
    await sees('Muted: nobody hears you');
    panel.daemon.commands.length = 0;
    await page.keyboard.press('m');
    await page.keyboard.press('Alt+m');
    await button('Mute').waitFor(WAIT);
    expect(panel.asked()).toEqual(['mute']);
  });

  it('asks before it ends a call whose words differ', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.calls = [scriptedCall('bob', talking())];
    });
    await page.goto(panel.url);
    await button('They match').click();
    expect(await panel.command('verifyWords')).toMatchObject({ match: true });
    panel.daemon.commands.length = 0;
    await button("They don't match").click();
    await sees(/somebody may sit between you and bob/);
    expect(panel.asked()).not.toContain('verifyWords');
    await button('They differ, end the call').click();
    expect(await panel.command('verifyWords')).toMatchObject({ match: false });
  });

  it('keeps a call within reach on the other pages', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.calls = [scriptedCall('bob', talking())];
    });
    await page.goto(`${panel.url}/settings`);
    await button('Hang up').click();
    await panel.command('hangup');
  });

  it('shows why a command failed', async () => {
    const { panel, page } = before;
    panel.given();
    panel.daemon.onCommand(() => {
      throw new Error('You are in a call already. Hang up first.');
    });
    await page.goto(panel.url);
    await button('Call bob').click();
    await sees('You are in a call already. Hang up first.');
  });

  it('says that the daemon is away, and goes on with a new token when it is back', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(panel.url);
    await button('Call bob').waitFor(WAIT);
    await panel.daemon.close();
    await sees('Kyberline is not running');
    expect(await button('Call bob').count()).toBe(0);
    await panel.restartDaemon();
    await button('Call bob').waitFor(WAIT);
    expect(await page.getByText('Kyberline is not running').count()).toBe(0);
  });
});
