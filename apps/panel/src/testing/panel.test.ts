/** The built panel in a real browser, with the fake daemon behind it. */
import type { UserName } from '@kyberline/shared/ids';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningPanel, startPanel, whyNoBrowser } from './running-panel';
import { scriptedCall, talking } from './scripted-call';
import { fingerprintOf, scriptedState } from './scripted-state';

const reason = whyNoBrowser();
if (reason !== undefined) console.log(`skipped: the panel in a browser, because ${reason}`);

const WAIT = { timeout: 10_000 };
let panel: RunningPanel;
let page: Page;
let complaints: string[];

/** Puts the daemon into a state of the test's own. */
function given(edit: (state: StateSnapshot) => void = () => undefined): void {
  panel.daemon.commands.length = 0;
  panel.daemon.onCommand(() => undefined);
  panel.daemon.change((state) => {
    Object.assign(state, scriptedState());
    edit(state);
  });
}

const asked = () => panel.daemon.commands.map(({ name }) => name);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const meter = (name: string) => page.getByRole('meter', { name });

async function sees(text: string | RegExp): Promise<void> {
  await page
    .getByText(text)
    .first()
    .waitFor({ state: 'visible', ...WAIT });
}

/** Waits until the daemon has got a command and returns its input. */
async function command(name: string): Promise<unknown> {
  await expect.poll(asked, WAIT).toContain(name);
  return panel.daemon.commands.find((one) => one.name === name)?.input;
}

describe.skipIf(reason !== undefined)('the panel in a browser', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    panel = await startPanel(scriptedState());
  });
  afterAll(() => panel?.close());

  beforeEach(async () => {
    complaints = [];
    page = await panel.browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // A refused connection is the browser's own message while the daemon is away.
      const expected = /ERR_CONNECTION_REFUSED|status of 503/.test(message.text());
      if (message.type() === 'error' && !expected) complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await page.close();
    // Neither an exception nor something that the Content-Security-Policy had to stop.
    expect(complaints).toEqual([]);
  });

  it('leads a newcomer from a name to the first call', async () => {
    given((state) => {
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
    expect(await command('register')).toEqual({ name: 'anna' });
    await sees('Say something');
    await sees('The microphone hears you.');
    await button('Continue').click();
    await button('Call echo').click();
    expect(await command('call')).toEqual({ name: 'echo' });
    await page.getByTestId('words').waitFor(WAIT);
  });

  it('says why a name cannot be had', async () => {
    given((state) => {
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

  it('calls a person, shows the stages and cancels', async () => {
    given();
    await page.goto(panel.url);
    await button('Call bob').click();
    expect(await command('call')).toEqual({ name: 'bob' });
    panel.daemon.change((state) => {
      state.calls = [scriptedCall('bob', { phase: 'ringing-there' })];
    });
    await sees("Ringing at bob's…");
    await button('Cancel call').click();
    expect(await command('hangup')).toEqual({ callId: panel.daemon.state().calls[0]?.callId });
    panel.daemon.change((state) => {
      const [call] = state.calls;
      if (call) Object.assign(call, { phase: 'ended', endSentence: 'You cancelled the call.' });
    });
    await sees('You cancelled the call.');
    await button('Redial bob').waitFor(WAIT);
  });

  it('dials a name that is not in the list', async () => {
    given();
    await page.goto(panel.url);
    await page.getByLabel('Find or dial a name').fill('zora');
    await page.keyboard.press('Enter');
    expect(await command('call')).toEqual({ name: 'zora' });
  });

  it('lets somebody go on typing while it rings', async () => {
    given();
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
    await command('reject');
    panel.daemon.change((state) => {
      state.calls = [];
    });
    await button('Accept').waitFor({ state: 'hidden', ...WAIT });
    expect(await page.title()).toBe('Kyberline');
  });

  it('accepts from any page and shows the call', async () => {
    given((state) => {
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
    given((state) => {
      state.calls = [scriptedCall('bob', { ...talking(), epoch: 3 })];
    });
    await page.goto(panel.url);
    for (const name of ['Your microphone', "bob's voice"]) {
      const first = await meter(name).getAttribute('aria-valuenow');
      await expect.poll(() => meter(name).getAttribute('aria-valuenow'), WAIT).not.toBe(first);
    }
    for (const text of ['0.4 %', '2.4 ms', '14 ms', 'Kyber512 + X25519', '3']) {
      await page.getByText(text, { exact: true }).first().waitFor(WAIT);
    }
  });

  it('mutes by button and by key', async () => {
    given((state) => {
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
    await page.keyboard.press('m');
    await button('Mute').waitFor(WAIT);
  });

  it('asks before it ends a call whose words differ', async () => {
    given((state) => {
      state.calls = [scriptedCall('bob', talking())];
    });
    await page.goto(panel.url);
    await button('They match').click();
    expect(await command('verifyWords')).toMatchObject({ match: true });
    panel.daemon.commands.length = 0;
    await button("They don't match").click();
    await sees(/somebody may sit between you and bob/);
    expect(asked()).not.toContain('verifyWords');
    await button('They differ, end the call').click();
    expect(await command('verifyWords')).toMatchObject({ match: false });
  });

  it('keeps a call within reach on the other pages', async () => {
    given((state) => {
      state.calls = [scriptedCall('bob', talking())];
    });
    await page.goto(`${panel.url}/settings`);
    await button('Hang up').click();
    await command('hangup');
  });

  it('raises the alarm when a key changed and shows both fingerprints', async () => {
    given();
    await page.goto(panel.url);
    expect(await button('Call mallory').count()).toBe(0);
    await button('Compare keys').click();
    const alarm = page.getByRole('dialog');
    const shown = ((await alarm.textContent()) ?? '').replaceAll(/\s/g, '');
    expect(shown).toContain(fingerprintOf('mallory'));
    expect(shown).toContain(fingerprintOf('not mallory'));
    await button('Reset contact mallory').click();
    expect(await command('resetContact')).toEqual({
      name: 'mallory',
      fingerprint: fingerprintOf('not mallory'),
    });
  });

  it('lists the history with the way to call again', async () => {
    given();
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
    expect(await command('call')).toEqual({ name: 'bob' });
  });

  it('shows why a command failed', async () => {
    given();
    panel.daemon.onCommand(() => {
      throw new Error('You are in a call already. Hang up first.');
    });
    await page.goto(panel.url);
    await button('Call bob').click();
    await sees('You are in a call already. Hang up first.');
  });

  it('changes settings and says what each suite means', async () => {
    given();
    await page.goto(`${panel.url}/settings`);
    await page.getByRole('radio', { name: 'Kyber1024 + X25519' }).click();
    expect(await command('changeSettings')).toEqual({ suite: 3 });
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
    given((state) => {
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

  it('says that the daemon is away, and goes on with a new token when it is back', async () => {
    given();
    await page.goto(panel.url);
    await button('Call bob').waitFor(WAIT);
    await panel.daemon.close();
    await sees('Kyberline is not running');
    expect(await button('Call bob').count()).toBe(0);
    await panel.restartDaemon(scriptedState());
    await button('Call bob').waitFor(WAIT);
    expect(await page.getByText('Kyberline is not running').count()).toBe(0);
  });
});
