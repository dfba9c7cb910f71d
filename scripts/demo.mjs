/** `npm run demo`: two people on one machine. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./setup/problem.mjs').then(({ runMain }) =>
  runMain(async () => {
    const { demo } = await import('./commands/demo.mjs');
    return demo(process.argv.slice(2));
  }),
);
