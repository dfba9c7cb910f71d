/** Debian's Chromium, driven by playwright-core; the screenshots are kept for people to look at. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export const EXECUTABLE = '/usr/bin/chromium';
/** It talks to nobody but our pages, and lets the ringtone sound without a click. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--autoplay-policy=no-user-gesture-required',
];
const SCREENSHOTS = fileURLToPath(new URL('../../test-output/screenshots', import.meta.url));

/** `more` are further flags of Chromium; with `sound` it plays into the sound system of `env`. */
export function launchBrowser(
  env: Record<string, string> = {},
  { more = [], sound = false }: { more?: string[]; sound?: boolean } = {},
): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [...FLAGS, ...more],
    ...(sound && { ignoreDefaultArgs: ['--mute-audio'] }),
    env: { ...definedOnly(process.env), ...env },
  });
}

/** A person's own browser: cookies of nobody else. */
export function newPerson(
  browser: Browser,
  options: { dark?: boolean; width?: number; height?: number } = {},
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 860 },
    colorScheme: options.dark ? 'dark' : 'light',
    locale: 'en-GB',
  });
}

/** Keeps test-output/screenshots/NAME.png. */
export async function screenshot(page: Page, name: string): Promise<string> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
