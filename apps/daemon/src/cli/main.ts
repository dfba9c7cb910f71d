/** Entry of the `kyberline` command (bin/kyberline.js). */
import { run } from './run.js';
import { processTerminal } from './terminal.js';

// A reader that has enough (`kyberline watch --json | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await run(process.argv.slice(2), processTerminal());
