/** `kyberline history`: the calls there were. */
import type { HistoryEntry } from '@kyberline/shared/history';
import type { Command } from 'commander';
import { read, whole } from '../../option.js';
import { columns, length, moment } from '../columns.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import type { Terminal } from '../terminal.js';

interface HistoryOptions extends FindOptions {
  json?: boolean;
  limit?: string;
}

export function addHistory(program: Command, terminal: Terminal): void {
  findable(program.command('history'))
    .summary('the calls there were')
    .description('The calls there were, newest first: when, with whom, how long, how they ended.')
    .option('--limit <number>', 'so many at most (20, at most 1000)')
    .option(...JSON_OPTION)
    .action(async (options: HistoryOptions) => {
      const limit = read(options.limit, '--limit', whole(1, 1000)) ?? 20;
      await withDaemon(options, terminal, async (daemon) => {
        const entries = await daemon.ask((api) => api.history.query({ limit }));
        if (options.json) terminal.out(json(entries));
        else if (entries.length === 0) terminal.out('There were no calls yet.');
        else terminal.out(columns(entries.map(row)));
      });
    });
}

function row(entry: HistoryEntry): string[] {
  const { startedAt, direction, peer, connectedAt, endedAt, durationSeconds } = entry;
  const spoken = connectedAt === undefined ? '-' : length(durationSeconds);
  const ending = entry.endSentence ?? (endedAt === undefined ? 'Going on.' : 'Over.');
  return [moment(startedAt), direction === 'outgoing' ? 'to' : 'from', peer, spoken, ending];
}
