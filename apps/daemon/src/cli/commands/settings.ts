/** `kyberline settings`: what was chosen, and choosing. */

import { SUITE_NAMES } from '@kyberline/shared/ids';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import type { Processing } from '@kyberline/shared/voice';
import { Argument, type Command } from 'commander';
import type { SettingsChange } from '../../api/router.js';
import { codec, device, onOff, read, registryUrl, ring, suite } from '../../option.js';
import { columns } from '../columns.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import type { Terminal } from '../terminal.js';

type Settings = StateSnapshot['settings'];

interface Setting {
  what: string;
  show(settings: Settings): string;
  change(text: string): SettingsChange;
}

const yesNo = (value: boolean) => (value ? 'on' : 'off');

/** One switch of what is done to the microphone's sound. */
function treatment(key: string, name: keyof Processing, what: string): Record<string, Setting> {
  const show = (settings: Settings) => yesNo(settings.processing[name]);
  const change = (text: string) => ({ processing: { [name]: read(text, key, onOff) } });
  return { [key]: { what, show, change } };
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  registry: {
    what: 'where names are looked up',
    show: (settings) => settings.registryUrl,
    change: (text) => ({ registryUrl: read(text, 'registry', registryUrl) }),
  },
  suite: {
    what: '1, 2 or 3; a call uses the higher of the two sides’',
    show: ({ suite }) => `${suite} (${SUITE_NAMES[suite]})`,
    change: (text) => ({ suite: read(text, 'suite', suite) }),
  },
  input: {
    what: 'microphone; see "kyberline devices"',
    show: (settings) => settings.input,
    change: (text) => ({ input: read(text, 'input', device) }),
  },
  output: {
    what: 'loudspeaker',
    show: (settings) => settings.output,
    change: (text) => ({ output: read(text, 'output', device) }),
  },
  codec: {
    what: 'how your voice leaves: opus compressed, pcm48 not, pcm16 as the replaced system',
    show: (settings) => settings.codec,
    change: (text) => ({ codec: read(text, 'codec', codec) }),
  },
  ...treatment('high-pass', 'highPass', 'take rumble out of your voice'),
  ...treatment('echo-cancellation', 'echoCancellation', 'take out what the loudspeaker plays'),
  ...treatment('noise-suppression', 'noiseSuppression', 'take out noise'),
  ...treatment('auto-gain', 'autoGain', 'bring your voice to one loudness'),
  ...treatment('disguise', 'disguise', 'another voice each call; words, rhythm and accent stay'),
  'auto-answer': {
    what: 'answer every call at once',
    show: (settings) => yesNo(settings.autoAnswer),
    change: (text) => ({ autoAnswer: read(text, 'auto-answer', onOff) }),
  },
  ringtone: {
    what: 'let an incoming call ring',
    show: (settings) => yesNo(settings.ringtone),
    change: (text) => ({ ringtone: read(text, 'ringtone', onOff) }),
  },
  ring: {
    what: 'where: panel for the browser’s page, or a loudspeaker as in output',
    show: (settings) => settings.ringOutput,
    change: (text) => ({ ringOutput: read(text, 'ring', ring) }),
  },
};

export function addSettings(program: Command, terminal: Terminal): void {
  findable(program.command('settings'))
    .summary('show or change settings')
    .description('Show the settings, or one of them, or change one.')
    .addArgument(new Argument('[key]', 'which one').choices(Object.keys(SETTINGS)))
    .argument('[value]', 'what it is to be')
    .option(...JSON_OPTION)
    .action(
      async (
        key: string | undefined,
        value: string | undefined,
        options: FindOptions & { json?: boolean },
      ) => {
        const setting = key === undefined ? undefined : SETTINGS[key];
        // Before anything is asked of the daemon: a value that cannot be is wrong use.
        const change = value === undefined ? undefined : setting?.change(value);
        await withDaemon(options, terminal, async (daemon) => {
          if (change) await daemon.ask((api) => api.changeSettings.mutate(change));
          const { settings } = await daemon.ask((api) => api.state.query());
          if (options.json) terminal.out(json(settings));
          else if (setting) terminal.out(setting.show(settings));
          else terminal.out(columns(Object.entries(SETTINGS).map((entry) => row(entry, settings))));
        });
      },
    );
}

function row([key, setting]: [string, Setting], settings: Settings): string[] {
  return [key, setting.show(settings), `(${setting.what})`];
}
