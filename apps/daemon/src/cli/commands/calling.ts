/** Placing, taking and ending calls. */
import type { CallId } from '@kyberline/shared/ids';
import type { Command } from 'commander';
import { callIdOption, read } from '../../option.js';
import type { Api } from '../client.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import { followCall } from '../follow-call.js';
import type { Terminal } from '../terminal.js';
import { userName } from './people.js';

interface CallOptions extends FindOptions {
  wait?: boolean;
  json?: boolean;
}
type Act = (api: Api, callId: CallId | undefined) => Promise<unknown>;

interface OneCall extends FindOptions {
  call?: string;
}

export function addCalling(program: Command, terminal: Terminal): void {
  findable(program.command('call <name>'))
    .summary('call somebody')
    .description(
      'Call somebody. Says the call’s id and returns; with --wait it tells what happens and stays until the call is over, and Ctrl-C hangs up.',
    )
    .option('--wait', 'stay until the call is over; fails if it never connected')
    .option(...JSON_OPTION)
    .action(async (text: string, options: CallOptions) => {
      const name = userName(text);
      await withDaemon(options, terminal, async (daemon) => {
        if (options.wait) return followCall(daemon, name, terminal, options.json === true);
        const placed = await daemon.ask((api) => api.placeCall.mutate({ name }));
        terminal.out(options.json ? json(placed) : `Calling ${name} (call ${placed.callId}).`);
      });
    });

  const oneCall = (command: string, description: string, done: string, act: Act) =>
    findable(program.command(command))
      .summary(lowerFirst(description))
      .description(description)
      .option('--call <id>', 'which call, if there are several')
      .action(async (options: OneCall) => {
        const callId = read(options.call, '--call', callIdOption);
        await withDaemon(options, terminal, (daemon) => daemon.ask((api) => act(api, callId)));
        terminal.out(done);
      });

  oneCall('answer', 'Answer the call that rings here.', 'Answered.', (api, callId) =>
    api.answer.mutate({ callId }),
  );
  oneCall('reject', 'Decline the call that rings here.', 'Declined.', (api, callId) =>
    api.reject.mutate({ callId }),
  );
  oneCall('hangup', 'Hang up, cancel or decline the call there is.', 'Hung up.', (api, callId) =>
    api.hangup.mutate({ callId }),
  );
  oneCall('mute', 'Stop sending your voice in the call.', 'Muted.', (api, callId) =>
    api.mute.mutate({ callId, muted: true }),
  );
  oneCall('unmute', 'Send your voice in the call again.', 'No longer muted.', (api, callId) =>
    api.mute.mutate({ callId, muted: false }),
  );
}

/** A list of commands reads better without a capital in each line. */
function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1, -1);
}
