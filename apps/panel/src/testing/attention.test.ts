/** What draws attention to a call that rings, in a real browser with the fake daemon. */
import { chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beforePanel, WAIT } from './before-panel';
import { scriptedCall } from './scripted-call';

const before = beforePanel(chromium);
const button = (name: string) => before.page.getByRole('button', { name, exact: true });
const sees = (text: string | RegExp) => before.page.getByText(text).first().waitFor(WAIT);

/** Who holds or waits for the right to ring, of all tabs. */
const ringers = (page: Page) =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    return { held: held.length, pending: pending.length };
  });

/** Inside the page: no sound before a click, which Playwright's own questions count as. */
function quietUntilTouched(): void {
  let touched = false;
  window.addEventListener('pointerdown', () => {
    touched = true;
  });
  window.AudioContext = class extends AudioContext {
    override get state() {
      return touched ? super.state : 'suspended';
    }
    override async resume() {
      await super.resume();
      this.dispatchEvent(new Event('statechange'));
    }
  };
}

describe.skipIf(before.isSkipped)('a call that rings in a browser', { timeout: 60_000 }, () => {
  beforeAll(before.open);
  afterAll(before.close);
  beforeEach(before.sitDown);
  afterEach(async () => expect(await before.getUp()).toEqual([]));

  const ring = () =>
    before.panel.given((state) => {
      state.calls = [scriptedCall('bob', { direction: 'incoming', phase: 'ringing-here' })];
    });

  it('leaves the ringing to others in a tab that the browser keeps quiet', async () => {
    const { panel, page } = before;
    await page.addInitScript(quietUntilTouched);
    ring();
    await page.goto(panel.url);
    await sees('The browser keeps the ringtone quiet');
    expect(await ringers(page)).toEqual({ held: 0, pending: 0 });
    await page.getByRole('heading', { level: 1 }).click();
    await expect.poll(() => ringers(page), WAIT).toEqual({ held: 1, pending: 0 });
    expect(await page.getByText('The browser keeps the ringtone quiet').count()).toBe(0);
  });

  it('is not heard from the page where the engine rings, or nothing is to', async () => {
    const { panel, page } = before;
    ring();
    await page.goto(panel.url);
    await expect.poll(() => ringers(page), WAIT).toEqual({ held: 1, pending: 0 });
    panel.daemon.change((state) => {
      state.settings.ringOutput = 'portaudio:1';
    });
    await expect.poll(() => ringers(page), WAIT).toEqual({ held: 0, pending: 0 });
    await page.getByRole('button', { name: 'Accept' }).waitFor(WAIT);
    panel.daemon.change((state) => {
      state.settings.ringOutput = 'panel';
    });
    await expect.poll(() => ringers(page), WAIT).toEqual({ held: 1, pending: 0 });
    panel.daemon.change((state) => {
      state.settings.ringtone = false;
    });
    await expect.poll(() => ringers(page), WAIT).toEqual({ held: 0, pending: 0 });
  });

  it('is notified of when the page is left while it rings', async () => {
    const { panel, page } = before;
    panel.given();
    await page.addInitScript(() => {
      const made: string[] = [];
      Object.assign(window, { made });
      window.Notification = class extends EventTarget {
        static permission = 'granted';
        constructor(title: string) {
          super();
          made.push(title);
        }
        close() {
          made.push('closed');
        }
      } as unknown as typeof Notification;
    });
    const made = () => page.evaluate('window.made');
    await page.goto(panel.url);
    await button('Call bob').waitFor(WAIT);
    ring();
    await button('Accept').waitFor(WAIT);
    expect(await made()).toEqual([]);
    await page.evaluate(() => {
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
      document.dispatchEvent(new Event('visibilitychange'));
    });
    expect(await made()).toEqual(['bob is calling']);
    panel.given();
    await expect.poll(made, WAIT).toEqual(['bob is calling', 'closed']);
  });

  it('is shown where a page may not make notifications', async () => {
    const { panel, page } = before;
    await page.addInitScript(() => {
      document.hasFocus = () => false;
      window.Notification = class {
        static permission = 'granted';
        constructor() {
          throw new TypeError('Illegal constructor');
        }
      } as unknown as typeof Notification;
    });
    ring();
    await page.goto(panel.url);
    await button('Accept').click();
    await panel.command('answer');
  });
});
