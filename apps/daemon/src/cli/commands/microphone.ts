/** `kyberline microphone`: is anything heard? A level meter without a call. */
import type { Command } from 'commander';
import { read, seconds } from '../../option.js';
import { Problem } from '../../problem.js';
import type { DaemonConnection } from '../client.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import { interruptedOrAfter, type Terminal } from '../terminal.js';

const SHOWN_EVERY_MS = 500;
/** Below this nothing but the card's own noise is heard, dBFS. */
const HEARD_DB = -70;
const QUIETEST_DB = -60;
const BAR = 40;

interface MicrophoneOptions extends FindOptions {
  seconds?: string;
  json?: boolean;
}

export function addMicrophone(program: Command, terminal: Terminal): void {
  findable(program.command('microphone'))
    .summary('show whether the microphone hears you')
    .description('Speak, and see how loud the microphone hears you. Fails if it hears nothing.')
    .option('--seconds <number>', 'for so long, 1 to 60 (5)')
    .option(...JSON_OPTION)
    .action(async (options: MicrophoneOptions) => {
      const forSeconds = read(options.seconds, '--seconds', seconds(1, 60)) ?? 5;
      const until = interruptedOrAfter(terminal.interruption(), forSeconds * 1000);
      await withDaemon(options, terminal, async (daemon) => {
        const { input } = await daemon.ask((api) => api.state.query());
        if (!options.json) terminal.out(`Speak into ${input.name}.`);
        const loudest = await listen(daemon, until, options.json ? undefined : terminal);
        const heard = loudest >= HEARD_DB;
        if (options.json) terminal.out(json({ device: input.name, loudestDbfs: loudest, heard }));
        if (heard) return;
        throw new Problem(
          'nothing-heard',
          `Nothing was heard from ${input.name}. Check that it is plugged in and not muted in the system's sound settings, or choose another one ("kyberline devices").`,
        );
      });
    });
}

/** The loudest level until the signal is aborted, dBFS. */
async function listen(
  daemon: DaemonConnection,
  until: AbortSignal,
  terminal: Terminal | undefined,
): Promise<number> {
  let loudest = -100;
  let loudestOfLine = -100;
  let shownAt = Date.now();
  await daemon.ask((api) => api.testMicrophone.mutate({ on: true }));
  try {
    for await (const event of daemon.watch(until)) {
      if (event.type !== 'levels') continue;
      loudestOfLine = Math.max(loudestOfLine, event.levels.input);
      loudest = Math.max(loudest, loudestOfLine);
      if (Date.now() - shownAt < SHOWN_EVERY_MS) continue;
      terminal?.out(bar(loudestOfLine));
      loudestOfLine = -100;
      shownAt = Date.now();
    }
  } finally {
    await daemon.ask((api) => api.testMicrophone.mutate({ on: false }));
  }
  return loudest;
}

/** `-32 dB  ##################` */
function bar(dbfs: number): string {
  const share = Math.max(0, Math.min(1, (dbfs - QUIETEST_DB) / -QUIETEST_DB));
  return `${String(Math.round(dbfs)).padStart(4)} dB  ${'#'.repeat(Math.round(share * BAR))}`.trimEnd();
}
