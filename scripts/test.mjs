/** `npm test`: everything that can be checked by itself. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./setup/problem.mjs').then(({ runMain }) =>
  runMain(async () => {
    const { test } = await import('./commands/test.mjs');
    return test(process.argv.slice(2));
  }),
);
