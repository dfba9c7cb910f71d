/** The four words of a call (SPEC 7), and whether they match. */
import type { CallView, StateSnapshot } from '@kyberline/shared/snapshot';
import type { Command } from 'commander';
import { callIdOption, read } from '../../option.js';
import { Problem } from '../../problem.js';
import { columns } from '../columns.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import type { Terminal } from '../terminal.js';

interface WordsOptions extends FindOptions {
  call?: string;
  json?: boolean;
}

export function addWords(program: Command, terminal: Terminal): void {
  findable(program.command('words'))
    .summary('the four words of the call')
    .description('The four words of the call. Read them to each other: they must be the same.')
    .option('--call <id>', 'which call, if there are several')
    .option(...JSON_OPTION)
    .action(async (options: WordsOptions) => {
      await withDaemon(options, terminal, async (daemon) => {
        const call = callWithWords(await daemon.ask((api) => api.state.query()), options.call);
        const { callId, peer, words = [], emoji = [], trust } = call;
        if (options.json) return terminal.out(json({ callId, peer, words, emoji, trust }));
        terminal.out(columns(words.map((word, i) => [word, emoji[i] ?? ''])));
        terminal.out(
          trust === 'verified'
            ? `You have compared words with ${peer} before, and the key is the same.`
            : `Read them to ${peer}. If ${peer} has the same: "kyberline verify". If not: "kyberline verify --differ".`,
        );
      });
    });

  findable(program.command('verify'))
    .summary('say that the four words match')
    .description(
      'Say that the four words of the call match at both ends: the contact’s key counts as verified from then on.',
    )
    .option('--differ', 'they differ: somebody may be in between, so the call ends')
    .option('--call <id>', 'which call, if there are several')
    .action(async (options: WordsOptions & { differ?: boolean }) => {
      await withDaemon(options, terminal, async (daemon) => {
        const state = await daemon.ask((api) => api.state.query());
        const { callId, peer } = callWithWords(state, options.call);
        const match = options.differ !== true;
        await daemon.ask((api) => api.verifyWords.mutate({ callId, match }));
        terminal.out(
          match
            ? `${peer}’s key is verified.`
            : `The call is ended: somebody may be between you and ${peer}.`,
        );
      });
    });
}

function callWithWords({ calls }: StateSnapshot, id: string | undefined): CallView {
  const callId = read(id, '--call', callIdOption);
  const found = calls.filter(
    (call) =>
      call.words !== undefined &&
      call.phase !== 'ended' &&
      (callId === undefined || call.callId === callId),
  );
  const [call, another] = found;
  if (call === undefined) {
    throw new Problem('no-call', 'No call is connected, so there are no words to compare.');
  }
  if (another !== undefined) {
    throw new Problem(
      'which-call',
      'There are several calls. Say which with --call and the id that "kyberline status" shows.',
    );
  }
  return call;
}
