/** `kyberline watch`: what happens, as it happens. */
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { warningSentence } from '@kyberline/shared/voice-warnings';
import type { Command } from 'commander';
import { type FindOptions, findable, withDaemon } from '../command.js';
import { DEVICE, ENGINE, phaseWords, registryWords } from '../state-words.js';
import type { Terminal } from '../terminal.js';

export function addWatch(program: Command, terminal: Terminal): void {
  findable(program.command('watch'))
    .summary('tell what happens, until Ctrl-C')
    .description(
      'Tell what happens, until Ctrl-C. With --json every event on a line of its own: the whole state on each change, levels ten times and counters once a second.',
    )
    .option('--json', 'one JSON line an event')
    .action(async (options: FindOptions & { json?: boolean }) => {
      const interruption = terminal.interruption();
      await withDaemon(options, terminal, async (daemon) => {
        let before: Said = new Map();
        for await (const event of daemon.watch(interruption)) {
          if (options.json) terminal.out(JSON.stringify(event));
          else if (event.type === 'state') before = tellChanges(before, event.state, terminal);
        }
      });
    });
}

/** What was said last, by what it was about. */
type Said = ReadonlyMap<string, string>;

/** Says each sentence that is not the one said before about the same thing. */
function tellChanges(before: Said, state: StateSnapshot, terminal: Terminal): Said {
  const now = sentences(state);
  for (const [about, sentence] of now) {
    if (before.get(about) !== sentence) terminal.out(sentence);
  }
  return now;
}

function sentences(state: StateSnapshot): Said {
  const { me, registry, engine, input, output, calls } = state;
  const said = new Map<string, string>();
  said.set('me', me ? `You are ${me.name}.` : 'You have no name yet.');
  said.set(
    'registry',
    registry.problem ?? `The registry at ${registry.url} is ${registryWords(registry)}.`,
  );
  said.set('engine', engine.problem ?? sentence(ENGINE[engine.state]));
  said.set('input', `The microphone, ${input.name}, is ${DEVICE[input.state]}.`);
  said.set('output', `The loudspeaker, ${output.name}, is ${DEVICE[output.state]}.`);
  for (const warning of state.warnings) {
    said.set(warning, warningSentence(warning, state.settings.processing));
  }
  for (const call of calls) {
    const ending = call.phase === 'ended' ? call.endSentence : undefined;
    said.set(call.callId, ending ?? `${phaseWords(call)}.`);
    if (call.words) said.set(`${call.callId} words`, `The words: ${call.words.join('  ')}`);
    if (call.peerMuted) said.set(`${call.callId} muted`, `${call.peer} is muted.`);
  }
  return said;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
