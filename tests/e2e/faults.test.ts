/** The checks of pages.test.ts find what they look for: a page with every fault, and one with none. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newPerson } from '../rig/browser.js';
import { faultsOf, walk } from './faults.js';
import { whyNot } from './needs.js';

const GOOD = `<!doctype html><html lang="en"><title>good</title>
  <main><h1>Good</h1><p id="note">Dark on light.</p><button aria-describedby="note">Go on</button></main>
  <div role="status"></div><div aria-live="assertive"></div>`;

describe.skipIf(whyNot() !== undefined)('looking for faults', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await launchBrowser();
    page = await (await newPerson(browser, { width: 390 })).newPage();
  });
  afterAll(() => browser?.close());

  const faultsWith = async (body: string) => {
    await page.setContent(GOOD.replace('<p ', `${body}<p `));
    return faultsOf(page);
  };

  it('finds none on a good page', async () => {
    expect(await faultsWith('')).toEqual([]);
    expect(await walk(page)).toEqual({ stops: ['BUTTON Go on'], faults: [] });
  });

  it.each([
    ['scrolls 11\\d px sideways', '<div style="width: 500px">wide</div>'],
    ['runs out of its box', '<p style="width: 20px">Wörterbuchverlag</p>'],
    ['2 h1 headings', '<h1>Again</h1>'],
    ['used twice: note', '<i id="note"></i>'],
    ['points at nothing', '<input aria-label="in" aria-describedby="nowhere">'],
    ['a button without a name', '<button><svg></svg></button>'],
    ['a textbox without a name', '<input>'],
    ['a link without a name', '<a href="/"><span aria-hidden="true">to</span></a>'],
    ['contrast 4\\.48: “grey”', '<p style="color: #777">grey</p>'],
    ['contrast 1\\.\\d+: “faint”', '<p style="color: rgb(0 0 0 / 0.2)">faint</p>'],
  ])('finds: %s', async (fault, body) => {
    expect(await faultsWith(body)).toEqual([expect.stringMatching(fault)]);
  });

  it('finds what is missing in the whole document', async () => {
    await page.setContent('<p>nothing</p>');
    expect(await faultsOf(page)).toEqual([
      ...['0 h1 headings', 'no title', 'no language', '0 main regions'],
      ...['no region that is read at once', 'no region for news'],
    ]);
  });

  it('finds a focus that nothing marks, and one that is covered', async () => {
    await page.setContent(
      `<button style="outline: none">Plain</button><button>Below</button>
       <div style="position: fixed; inset: 0 0 auto 60px; height: 90px; background: tan"></div>`,
    );
    const { stops, faults } = await walk(page);
    expect(stops).toEqual(['BUTTON Plain', 'BUTTON Below']);
    expect(faults).toEqual([
      'nothing marks the focus on BUTTON Plain',
      expect.stringContaining('covered while it has the focus: BUTTON Below'),
    ]);
  });
});
