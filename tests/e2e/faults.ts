/**
 * What is wrong with a page as it is shown now, for a person with a narrow screen, without a mouse or
 * without eyes: each fault in a sentence, none on a good page.
 */
import type { Page } from 'playwright-core';
import { contrastFaults, documentFaults, focusStop, type Stop, startOver } from './in-page.js';

/** Roles that mean nothing to anybody without a name. */
const NAMED: ReadonlySet<unknown> = new Set([
  ...['button', 'link', 'textbox', 'searchbox', 'combobox', 'switch', 'radio', 'radiogroup'],
  ...['meter', 'dialog', 'alertdialog', 'heading', 'navigation', 'image', 'option', 'tab'],
]);
const MOST_STOPS = 80;
/** Rings fade in, pages scroll. */
const SETTLE_MS = 250;

/** Layout, structure, contrast and names. */
export async function faultsOf(page: Page): Promise<string[]> {
  const [structure, contrast, names] = [
    await page.evaluate(documentFaults),
    await page.evaluate(contrastFaults),
    await nameFaults(page),
  ];
  return [...structure, ...contrast, ...names];
}

/** From the accessibility tree, as the browser gives it to a screen reader. */
async function nameFaults(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(({ ignored, role }) => !ignored && NAMED.has(role?.value))
    .filter(({ name }) => String(name?.value ?? '').trim() === '')
    .map(({ role }) => `a ${role?.value} without a name`);
}

/** Walks all around the page with Tab: every stop must be in view and marked. */
export async function walk(page: Page): Promise<{ stops: string[]; faults: string[] }> {
  const stops: string[] = [];
  const faults: string[] = [];
  await page.evaluate(startOver);
  for (let i = 0; i < MOST_STOPS; i++) {
    await page.keyboard.press('Tab');
    const stop = await focusOf(page);
    if (stop === undefined || stop.again) break;
    stops.push(stop.name);
    if (!stop.marked) faults.push(`nothing marks the focus on ${stop.name}`);
    if (!stop.inView) faults.push(`out of view or covered while it has the focus: ${stop.name}`);
  }
  await page.evaluate(startOver);
  return { stops, faults };
}

/** Where the focus is, with the mark that it has once nothing moves any more. */
export async function focusOf(page: Page): Promise<Stop | undefined> {
  const stop = await page.evaluate(focusStop);
  if (stop === undefined || (stop.marked && stop.inView)) return stop;
  await page.waitForTimeout(SETTLE_MS);
  const settled = await page.evaluate(focusStop);
  return settled && { ...settled, again: stop.again };
}
