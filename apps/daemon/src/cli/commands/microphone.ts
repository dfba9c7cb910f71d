/** `kyberline microphone`: is anything heard, and how does it sound? A test without a call. */
import { type Command, Option } from 'commander';
import { read, seconds } from '../../option.js';
import { Problem } from '../../problem.js';
import type { DaemonConnection } from '../client.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import { rehearse } from '../rehearse.js';
import { interruptedOrAfter, type Terminal } from '../terminal.js';

const SHOWN_EVERY_MS = 500;
/** Below this nothing but the card's own noise is heard, dBFS. */
const HEARD_DB = -70;
const QUIETEST_DB = -60;
const BAR = 40;

/** A recording with all its waiting is played by then. */
const LONGEST_MS = 20_000;

interface MicrophoneOptions extends FindOptions {
  seconds?: string;
  play?: boolean;
  json?: boolean;
}

export function addMicrophone(program: Command, terminal: Terminal): void {
  findable(program.command('microphone'))
    .summary('show whether the microphone hears you')
    .description('Speak, and see how loud the microphone hears you. Fails if it hears nothing.')
    .option('--seconds <number>', 'for so long, 1 to 60 (5)')
    .addOption(
      new Option(
        '--play',
        'record for three seconds, processed as the others would hear it, then play it',
      ).conflicts('seconds'),
    )
    .option(...JSON_OPTION)
    .action(async (options: MicrophoneOptions) => {
      const forSeconds = read(options.seconds, '--seconds', seconds(1, 60)) ?? 5;
      const ms = options.play ? LONGEST_MS : forSeconds * 1000;
      const until = interruptedOrAfter(terminal.interruption(), ms);
      await withDaemon(options, terminal, async (daemon) => {
        const { input } = await daemon.ask((api) => api.state.query());
        if (!options.json) terminal.out(`Speak into ${input.name}.`);
        const shown = options.json ? undefined : terminal;
        const loudest = options.play
          ? await record(daemon, until, shown)
          : await listen(daemon, until, shown);
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
  const meter = new Meter(terminal);
  await daemon.ask((api) => api.testMicrophone.mutate({ on: true }));
  try {
    for await (const event of daemon.watch(until)) {
      if (event.type === 'levels') meter.note(event.levels.input);
    }
  } finally {
    await daemon.ask((api) => api.testMicrophone.mutate({ on: false }));
  }
  return meter.loudest;
}

/** The same of a recording, which is played when it is done. */
async function record(
  daemon: DaemonConnection,
  until: AbortSignal,
  terminal: Terminal | undefined,
): Promise<number> {
  const meter = new Meter(terminal);
  let isRecording = false;
  await rehearse(daemon, 'testRecording', until, {
    entered(state) {
      isRecording = state === 'recording';
      if (state === 'playing') terminal?.out('And this is what was heard.');
    },
    level(dbfs) {
      if (isRecording) meter.note(dbfs);
    },
  });
  return meter.loudest;
}

/** A line of the terminal now and then, as long as it is loud. */
class Meter {
  /** Of all the time, dBFS. */
  loudest = -100;
  #ofLine = -100;
  #shownAt = Date.now();

  constructor(private readonly terminal: Terminal | undefined) {}

  note(dbfs: number): void {
    this.#ofLine = Math.max(this.#ofLine, dbfs);
    this.loudest = Math.max(this.loudest, dbfs);
    if (Date.now() - this.#shownAt < SHOWN_EVERY_MS) return;
    this.terminal?.out(bar(this.#ofLine));
    this.#ofLine = -100;
    this.#shownAt = Date.now();
  }
}

/** `-32 dB  ##################` */
function bar(dbfs: number): string {
  const share = Math.max(0, Math.min(1, (dbfs - QUIETEST_DB) / -QUIETEST_DB));
  return `${String(Math.round(dbfs)).padStart(4)} dB  ${'#'.repeat(Math.round(share * BAR))}`.trimEnd();
}
