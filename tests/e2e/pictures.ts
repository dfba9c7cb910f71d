/** Pictures of whole pages as a person sees them on a screen that is tall enough. */
import type { Page } from 'playwright-core';
import { screenshot } from '../rig/browser.js';

/**
 * Keeps test-output/screenshots/NAME.png. The screen grows for it, since what is fixed to the
 * screen's end would otherwise lie across the middle of a long page.
 */
export async function picture(page: Page, name: string): Promise<void> {
  const screen = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const grows = screen !== null && height > screen.height;
  if (grows) await page.setViewportSize({ width: screen.width, height });
  await screenshot(page, name);
  if (grows) await page.setViewportSize(screen);
}
