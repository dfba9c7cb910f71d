/** A person's browser before the built panel, with the fake daemon behind it. */
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { BROWSER, type RunningPanel, startPanel, whyNoBrowser } from './running-panel';

/** What is not there by then does not come. */
export const WAIT = { timeout: 10_000 };

export type BeforePanel = {
  readonly panel: RunningPanel;
  /** Fresh for each test, 1280 by 860, not opened anywhere yet. */
  readonly page: Page;
  button: (name: string) => Locator;
  sees: (text: string | RegExp) => Promise<void>;
};

/** A `describe` whose tests have a panel and a page; skipped where there is no browser. */
export function describePanel(name: string, tests: (before: BeforePanel) => void): void {
  const reason = whyNoBrowser();
  if (reason !== undefined) console.log(`skipped: ${name}, because ${reason}`);
  let panel: RunningPanel;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  describe.skipIf(reason !== undefined)(name, { timeout: 60_000 }, () => {
    beforeAll(async () => {
      [panel, browser] = await Promise.all([startPanel(), chromium.launch(BROWSER)]);
    });
    afterAll(async () => {
      await browser?.close();
      await panel?.close();
    });

    beforeEach(async () => {
      complaints = [];
      page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
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

    tests({
      get panel() {
        return panel;
      },
      get page() {
        return page;
      },
      button: (called) => page.getByRole('button', { name: called, exact: true }),
      sees: (text) => page.getByText(text).first().waitFor(WAIT),
    });
  });
}
