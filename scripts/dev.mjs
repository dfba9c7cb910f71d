/** `npm run dev`: Kyberline, following every edit. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./setup/problem.mjs').then(({ runMain }) =>
  runMain(async () => {
    const { dev } = await import('./commands/dev.mjs');
    return dev(process.argv.slice(2));
  }),
);
