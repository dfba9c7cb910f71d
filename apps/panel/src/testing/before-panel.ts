/**
 * A person's browser before the built panel, with the fake daemon behind it. Playwright comes as an
 * argument and the hooks stay in the test's file: neither is in this package.
 */
import { BROWSER, type RunningPanel, startPanel, whyNoBrowser } from './running-panel';

/** A server that goes away makes the browser itself write one of these. */
const SERVER_AWAY =
  /ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE)|before receiving a handshake response|status of 503/;
/** What is not there by then does not come. */
export const WAIT = { timeout: 10_000 };

type Message = { type: () => string; text: () => string };
type BrowserPage = {
  on(event: 'pageerror', listener: (error: Error) => void): unknown;
  on(event: 'console', listener: (message: Message) => void): unknown;
  close(): Promise<void>;
};
type Browser<P> = {
  newPage(options: { viewport: { width: number; height: number } }): Promise<P>;
  close(): Promise<void>;
};
type Playwright<P> = { launch(options: typeof BROWSER): Promise<Browser<P>> };

export type BeforePanel<P> = {
  /** There is no browser, or no build; the reason has been printed. */
  isSkipped: boolean;
  readonly panel: RunningPanel;
  /** Fresh for each test, 1280 by 860, not opened anywhere yet. */
  readonly page: P;
  /** Before all tests, and after them. */
  open: () => Promise<void>;
  close: () => Promise<void>;
  /** Before each test. */
  sitDown: () => Promise<void>;
  /**
   * After each test. Returns what the page complained about: exceptions, and all that the
   * Content-Security-Policy had to stop.
   */
  getUp: () => Promise<string[]>;
};

export function beforePanel<P extends BrowserPage>(playwright: Playwright<P>): BeforePanel<P> {
  const reason = whyNoBrowser();
  if (reason !== undefined) console.log(`skipped: tests in a browser, because ${reason}`);
  let panel: RunningPanel | undefined;
  let browser: Browser<P> | undefined;
  let page: P | undefined;
  let complaints: string[] = [];
  return {
    isSkipped: reason !== undefined,
    get panel() {
      return panel!;
    },
    get page() {
      return page!;
    },
    open: async () => {
      [panel, browser] = await Promise.all([startPanel(), playwright.launch(BROWSER)]);
    },
    close: async () => {
      await browser?.close();
      await panel?.close();
    },
    sitDown: async () => {
      complaints = [];
      page = await browser!.newPage({ viewport: { width: 1280, height: 860 } });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        // A refused connection is the browser's own message while the daemon is away.
        const expected = SERVER_AWAY.test(message.text());
        if (message.type() === 'error' && !expected) complaints.push(message.text());
      });
    },
    getUp: async () => {
      await page?.close();
      return complaints;
    },
  };
}
