/** What is done around every test: pictures of a failed one, and no page may have complained. */
import { afterEach, beforeEach, expect } from 'vitest';
import { screenshot } from '../rig/browser.js';
import type { Visit } from './visit.js';

/** Call it within a `describe`; `visits` gives the browsers of now by whose they are. */
export function watchOver(visits: () => Record<string, Visit | undefined>): void {
  afterEach(async ({ task }) => {
    for (const [who, visitor] of Object.entries(visits())) {
      if (task.result?.state === 'fail' && visitor !== undefined) {
        const name = `failed ${task.name} ${who}`.replaceAll(/[^\w]+/g, '-');
        const path = await screenshot(visitor.page, name).catch(String);
        process.stderr.write(`${who} at ${visitor.page.url()}: ${path}\n`);
      }
    }
    for (const [who, visitor] of Object.entries(visits())) {
      expect(visitor?.complaints.splice(0) ?? [], `on ${who}'s console`).toEqual([]);
    }
  });
}

/** Call it within a `describe` whose tests are steps of one story: the first that fails ends it. */
export function tellInOrder(): void {
  let broken: string | undefined;
  beforeEach(({ skip }) => {
    skip(broken !== undefined, `“${broken}” failed before`);
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') broken ??= task.name;
  });
}
