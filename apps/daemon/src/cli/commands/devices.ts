/** `kyberline devices`: what there is to speak into and to hear with. */
import type { SoundDevice } from '@kyberline/shared/devices';
import type { Command } from 'commander';
import { columns } from '../columns.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import type { Terminal } from '../terminal.js';

export function addDevices(program: Command, terminal: Terminal): void {
  findable(program.command('devices'))
    .summary('microphones and loudspeakers')
    .description('The microphones and loudspeakers of this machine, and which are in use.')
    .option(...JSON_OPTION)
    .action(async (options: FindOptions & { json?: boolean }) => {
      await withDaemon(options, terminal, async (daemon) => {
        const { devices, input, output } = await daemon.ask((api) => api.state.query());
        if (options.json) return terminal.out(json({ devices, input, output }));
        terminal.out(
          columns([
            ['Microphone', `${input.name} (${input.choice}): ${input.why}`],
            ['Loudspeaker', `${output.name} (${output.choice}): ${output.why}`],
          ]),
        );
        terminal.out('');
        if (devices.length === 0) {
          terminal.out('No sound card and no sound server were found on this machine.');
        } else {
          terminal.out(columns([['CHOOSE', 'NAME', ''], ...devices.map(row)]));
        }
        terminal.out('');
        terminal.out(
          'Choose with "kyberline settings input portaudio:NAME", and output the same way; also default, silence, or file:PATH for a WAV file.',
        );
      });
    });
}

function row(device: SoundDevice): string[] {
  const uses = [
    device.inputChannels > 0 && 'microphone',
    device.outputChannels > 0 && 'loudspeaker',
    device.isDefault && 'the default',
  ];
  return [`portaudio:${device.id}`, device.name, uses.filter(Boolean).join(', ')];
}
