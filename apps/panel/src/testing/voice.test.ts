/** What the built panel says of the voices in a call, in a real browser with the fake daemon. */
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { STAGES } from '../words/latency-words';
import { beforePanel, WAIT } from './before-panel';
import { scriptedCall, talking } from './scripted-call';

const before = beforePanel(chromium);
const notices = () => before.page.getByRole('status', { name: 'Your microphone' });
const notice = (text: RegExp) => notices().getByText(text).waitFor(WAIT);
const remedy = (name: string) => notices().getByRole('button', { name, exact: true });

describe.skipIf(before.isSkipped)('voices in a browser', { timeout: 60_000 }, () => {
  beforeAll(before.open);
  afterAll(before.close);
  beforeEach(before.sitDown);
  afterEach(async () => expect(await before.getUp()).toEqual([]));

  const inCall = async (muted = false) => {
    before.panel.given((state) => {
      state.calls = [scriptedCall('bob', { ...talking(), muted })];
      state.settings.processing = { ...state.settings.processing, echoCancellation: false };
    });
    await before.page.goto(before.panel.url);
    await notices().waitFor({ state: 'attached', ...WAIT });
  };
  const warn = (...warnings: ReturnType<typeof before.panel.daemon.state>['warnings']) =>
    before.panel.daemon.change((state) => {
      state.warnings = warnings;
    });

  it('lets somebody unmute who speaks while muted, and takes no focus before that', async () => {
    const { panel, page } = before;
    await inCall(true);
    await page.getByRole('button', { name: 'Hang up' }).focus();
    warn('speaking-while-muted');
    await notice(/You are muted, and you seem to speak/);
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    expect(await focused()).toBe('Hang up');
    panel.daemon.onCommand(() => {
      panel.daemon.change((state) => {
        state.warnings = [];
        Object.assign(state.calls[0] ?? {}, { muted: false });
      });
    });
    await remedy('Unmute').click();
    expect(await panel.command('mute')).toMatchObject({ muted: false });
    await expect.poll(() => notices().textContent(), WAIT).toBe('');
    await expect.poll(focused, WAIT).toBe('bob');
  });

  it('turns echo cancellation on where the others hear themselves, and then says what else helps', async () => {
    const { panel } = before;
    await inCall();
    warn('clipping', 'echo-heard-by-others');
    await notice(/too loud and distorts/);
    panel.daemon.onCommand(() => {
      panel.daemon.change((state) => {
        state.settings.processing.echoCancellation = true;
      });
    });
    await remedy('Turn on echo cancellation').click();
    expect(await panel.command('changeSettings')).toEqual({
      processing: { echoCancellation: true },
    });
    await notice(/The others hear themselves. Use headphones/);
    expect(await notices().getByRole('button').count()).toBe(0);
  });

  it('tests a microphone and says that it gives only silence, and nothing of calls', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      state.warnings = ['silent-microphone', 'echo-heard-by-others'];
    });
    await page.goto(`${panel.url}/settings`);
    await notices().waitFor({ state: 'attached', ...WAIT });
    expect(await notices().textContent()).toBe('');
    await page.getByRole('button', { name: 'Test the microphone' }).click();
    await notice(/gives only silence/);
    expect(await notices().textContent()).not.toContain('hear themselves');
    warn('clipping');
    await notice(/too loud and distorts/);
    await page.getByRole('button', { name: 'Stop the test' }).click();
    await expect.poll(() => notices().textContent(), WAIT).toBe('');
  });

  it('shows how long a voice takes, by stages that are read without the bar', async () => {
    const { page } = before;
    await inCall();
    const delay = page.getByRole('region', { name: 'How long a voice takes' });
    await delay.getByText('52 ms', { exact: true }).waitFor(WAIT);
    const read = async (tag: string) =>
      (await delay.locator(tag).allTextContents()).map((text) => text.trim());
    expect(await read('dt')).toEqual(['Mouth to ear', ...STAGES.map(({ label }) => label)]);
    expect(await read('dd')).toEqual([
      ...['52 ms', '5.3 ms', '10 ms', '11 ms', '6.5 ms'],
      ...['1.2 ms', '12 ms', '6.2 ms'],
    ]);
    await delay.getByText(/^Your voice: Opus, 48 kbit\/s, 10 ms frames; each packet/).waitFor(WAIT);
  });

  it('leaves a delay open that is not known yet', async () => {
    const { panel, page } = before;
    panel.daemon.countWith({ mouthToEarMs: undefined, budget: undefined });
    await inCall();
    const delay = page.getByRole('region', { name: 'How long a voice takes' });
    await delay.getByText(/^Your voice: Opus/).waitFor(WAIT);
    expect(await delay.locator('dd').allTextContents()).toEqual(['–']);
    panel.daemon.countWith({});
    await delay.getByText('52 ms', { exact: true }).waitFor(WAIT);
  });
});
