/** `kyberline speaker`: does it play? A chime without a call. */
import type { Command } from 'commander';
import { Problem } from '../../problem.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import { rehearse } from '../rehearse.js';
import { interruptedOrAfter, type Terminal } from '../terminal.js';

/** A chime with all its waiting is over long before. */
const LONGEST_MS = 15_000;

export function addSpeaker(program: Command, terminal: Terminal): void {
  findable(program.command('speaker'))
    .summary('play a chime on the loudspeaker')
    .description('Play a chime on the loudspeaker. Fails if there is none. Not during a call.')
    .option(...JSON_OPTION)
    .action(async (options: FindOptions & { json?: boolean }) => {
      const until = interruptedOrAfter(terminal.interruption(), LONGEST_MS);
      await withDaemon(options, terminal, async (daemon) => {
        await rehearse(daemon, 'testSpeaker', until);
        const { output } = await daemon.ask((api) => api.state.query());
        const played = output.kind !== 'silence';
        if (options.json) terminal.out(json({ device: output.name, played }));
        if (!played) {
          throw new Problem(
            'nothing-played',
            `There is no loudspeaker to play on: ${output.why} Choose one ("kyberline devices").`,
          );
        }
        if (!options.json) terminal.out(`A chime was played on ${output.name}.`);
      });
    });
}
