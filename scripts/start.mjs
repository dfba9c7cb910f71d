/** `npm start`: Kyberline on this machine. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./setup/problem.mjs').then(({ runMain }) =>
  runMain(async () => {
    const { start } = await import('./commands/start.mjs');
    return start(process.argv.slice(2));
  }),
);
