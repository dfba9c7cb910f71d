/** A person's browser at their own panel, and what they do and see there. */
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { newPerson } from '../rig/browser.js';
import { complaintsOf } from './complaints.js';
import type { Machine } from './machine.js';

/** A page that does not show it by then does not show it. */
export const PATIENCE_MS = 15_000;

export type Look = NonNullable<Parameters<typeof newPerson>[1]>;

export interface Visit {
  context: BrowserContext;
  page: Page;
  /** What the browser complained about: exceptions, and all that the page's policy stopped. */
  complaints: string[];
  /** Follows a link of the navigation. */
  go(place: 'People' | 'History' | 'Settings'): Promise<void>;
  button(name: string): Locator;
  meter(name: string): Locator;
  /** Waits until this text is to be seen. */
  sees(text: string | RegExp): Promise<void>;
  /** Waits until this text is nowhere to be seen. */
  seesNoMore(text: string | RegExp): Promise<void>;
  close(): Promise<void>;
}

/** Opens the panel in a browser of nobody else. */
export async function visit(
  browser: Browser,
  { panel }: Pick<Machine, 'panel'>,
  look: Look = {},
): Promise<Visit> {
  const context = await newPerson(browser, look);
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints = complaintsOf(context);
  const page = await context.newPage();
  await page.goto(panel.url);
  return visitOf(context, page, complaints);
}

export function visitOf(context: BrowserContext, page: Page, complaints: string[]): Visit {
  const text = (wanted: string | RegExp) =>
    page.getByText(wanted).filter({ visible: true }).first();
  return {
    context,
    page,
    complaints,
    go: (place) => page.getByRole('link', { name: place, exact: true }).click(),
    button: (name) => page.getByRole('button', { name, exact: true }),
    meter: (name) => page.getByRole('meter', { name, exact: true }),
    sees: (wanted) => text(wanted).waitFor(),
    seesNoMore: (wanted) => text(wanted).waitFor({ state: 'hidden' }),
    close: () => context.close(),
  };
}

/** The first run, by mouse: a name, the microphone looked at, the echo contact left for later. */
export async function signUp({ page, button, sees }: Visit, name: string): Promise<void> {
  await page.waitForURL('**/welcome');
  await page.getByLabel('Your name').fill(name);
  await button('Take this name').click();
  await sees('Say something');
  await button('Continue').click();
  await button('Later').click();
  await sees('Who would you like to call?');
}

/** Once this machine's list shows them as online, calls them. */
export async function call({ page, button }: Visit, name: string): Promise<void> {
  await page
    .getByRole('region', { name: 'Online' })
    .getByRole('button', { name: `About ${name}` })
    .waitFor();
  await button(`Call ${name}`).click();
}

/** Puts an ended call's page away, if it has not gone by itself. */
export async function backToPeople({ page, button, sees }: Visit): Promise<void> {
  const back = button('Back to people');
  const people = page.getByRole('heading', { name: 'Who would you like to call?' });
  await back.or(people).waitFor();
  if (await back.isVisible()) await back.click();
  await sees('Who would you like to call?');
}

/** The four words that a page shows, as a person reads them, emoji included. */
export async function wordsOf({ page }: Visit): Promise<string[]> {
  const places = page.getByTestId('words').getByRole('listitem');
  await expect.poll(() => places.count(), { timeout: PATIENCE_MS }).toBe(4);
  return (await places.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
}

/** Looks into the history until its newest row reads like this, and gives the row. */
export async function newestCall({ page, go }: Visit, reads: RegExp): Promise<string> {
  await go('History');
  const row = page.getByRole('main').getByRole('listitem').first();
  const read = async () => {
    const parts = await row.locator('p').allInnerTexts();
    return parts.join(' ').replaceAll(/\s+/g, ' ').trim();
  };
  await expect.poll(read, { timeout: PATIENCE_MS }).toMatch(reads);
  return read();
}
