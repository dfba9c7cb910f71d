/**
 * The `kyberline` command as a function: arguments in, exit code out. 0 done, 1 failed with a
 * sentence on stderr, 2 used wrongly.
 */
import { Command, CommanderError } from 'commander';
import { Problem } from '../problem.js';
import { VERSION } from '../version.js';
import { addCalling } from './commands/calling.js';
import { addDaemon } from './commands/daemon.js';
import { addDevices } from './commands/devices.js';
import { addDoctor } from './commands/doctor.js';
import { addHistory } from './commands/history.js';
import { addMicrophone } from './commands/microphone.js';
import { addOpen } from './commands/open.js';
import { addPeople } from './commands/people.js';
import { addRegistry } from './commands/registry.js';
import { addSettings } from './commands/settings.js';
import { addSpeaker } from './commands/speaker.js';
import { addStatus } from './commands/status.js';
import { addWatch } from './commands/watch.js';
import { addWords } from './commands/words.js';
import type { Terminal } from './terminal.js';

const FAILED = 1;
const USED_WRONGLY = 2;

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await program(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USED_WRONGLY;
    if (!isSentence(error)) {
      const stack = error instanceof Error ? error.stack : String(error);
      terminal.err(`Kyberline failed in a way that it should not. Please report this:\n${stack}`);
      return FAILED;
    }
    terminal.err(error.message);
    return error.code === 'bad-option' ? USED_WRONGLY : FAILED;
  }
}

function program(terminal: Terminal): Command {
  const kyberline = new Command('kyberline')
    .description('Post-quantum encrypted voice calls between people’s own machines.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'print this')
    .helpCommand('help [command]', 'explain one command')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .showHelpAfterError('Try it with --help.')
    .exitOverride();
  // Commands inherit what the program has when they are made: all of the above.
  for (const add of COMMANDS) add(kyberline, terminal);
  return kyberline;
}

/** In the order in which a newcomer needs them. */
const COMMANDS = [
  addDaemon,
  addRegistry,
  addOpen,
  addPeople,
  addCalling,
  addWords,
  addStatus,
  addWatch,
  addHistory,
  addDevices,
  addMicrophone,
  addSpeaker,
  addSettings,
  addDoctor,
];

/** Errors made for people carry a code and a sentence, whichever package they come from. */
function isSentence(error: unknown): error is Error & { code: string } {
  if (error instanceof Problem) return true;
  return error instanceof Error && ['ListenError', 'StorageError'].includes(error.name);
}
