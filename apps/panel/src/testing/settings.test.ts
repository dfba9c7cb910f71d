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

  it('switch what is done to the voice, each by itself, and say what a disguise leaves', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(`${panel.url}/settings`);
    const turn = (name: string) => page.getByRole('switch', { name, exact: true });
    await turn('Noise suppression').waitFor(WAIT);
    expect(await turn('Noise suppression').isChecked()).toBe(true);
    expect(await turn('Disguise your voice').isChecked()).toBe(false);
    const said = await turn('Disguise your voice').getAttribute('aria-describedby');
    for (const word of ['words', 'rhythm', 'accent']) {
      expect(await page.locator(`[id="${said}"]`).textContent()).toContain(word);
    }
    await turn('Noise suppression').click();
    expect(await panel.command('changeSettings')).toEqual({
      processing: { noiseSuppression: false },
    });
    // By keyboard, as every switch.
    await turn('Disguise your voice').focus();
    await page.keyboard.press('Space');
    await expect
      .poll(() => panel.daemon.commands.at(-1)?.input, WAIT)
      .toEqual({ processing: { disguise: true } });
    panel.daemon.change((state) => {
      state.settings.processing.disguise = true;
    });
    await expect.poll(() => turn('Disguise your voice').isChecked(), WAIT).toBe(true);
    const travels = page.getByRole('radiogroup', { name: 'How your voice travels' });
    await travels
      .getByRole('radio', { name: 'Compressed, full band (Opus)', checked: true })
      .waitFor(WAIT);
    await travels.getByRole('radio', { name: 'Uncompressed, full band, 1 Mbit/s' }).click();
    await expect.poll(() => panel.daemon.commands.at(-1)?.input, WAIT).toEqual({ codec: 'pcm48' });
  });

  it('record and play, with a meter while it records, and stop', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(`${panel.url}/settings`);
    await button('Record and play').click();
    expect(await panel.command('testRecording')).toEqual({ on: true });
    const meter = page.getByRole('meter', { name: 'What is recorded' });
    expect(await meter.count()).toBe(0);
    const test = (soundTest: 'idle' | 'recording' | 'playing') =>
      panel.daemon.change((state) => {
        state.soundTest = soundTest;
      });
    test('recording');
    await sees('Speak now');
    await expect.poll(() => meter.getAttribute('aria-valuenow'), WAIT).not.toBe('0');
    test('playing');
    await sees('This is how you sound.');
    expect(await meter.count()).toBe(0);
    panel.daemon.commands.length = 0;
    await button('Stop the recording').click();
    expect(await panel.command('testRecording')).toEqual({ on: false });
    test('idle');
    await button('Record and play').waitFor(WAIT);
  });

  it('play a chime, or say why they cannot', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(`${panel.url}/settings`);
    panel.daemon.onCommand(() => {
      throw new Error('There is a call with bob, which has the sound.');
    });
    await button('Play a chime').click();
    expect(await panel.command('testSpeaker')).toEqual({ on: true });
    await sees('There is a call with bob');
    panel.given((state) => {
      state.soundTest = 'tone';
    });
    await button('Stop the chime').click();
    expect(await panel.command('testSpeaker')).toEqual({ on: false });
  });

  it('let it ring on a device, and then this page has no ringtone to try', async () => {
    const { panel, page } = before;
    panel.given();
    await page.goto(`${panel.url}/settings`);
    await button('Hear it').waitFor(WAIT);
    await page.getByRole('combobox', { name: 'Ringing' }).click();
    await page.getByRole('option', { name: 'Built-in speaker' }).click();
    expect(await panel.command('changeSettings')).toEqual({ ringOutput: 'portaudio:1' });
    panel.daemon.change((state) => {
      state.settings.ringOutput = 'portaudio:1';
    });
    await sees('also when this page is closed');
    expect(await button('Hear it').count()).toBe(0);
  });
});
