/** `npm run bench`: what Kyberline costs and how fast it is, measured here. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./setup/problem.mjs').then(({ runMain }) =>
  runMain(async () => {
    const { bench } = await import('./commands/bench.mjs');
    return bench(process.argv.slice(2));
  }),
);
