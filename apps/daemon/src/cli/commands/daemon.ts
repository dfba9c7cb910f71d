/** `kyberline daemon`: the background program itself, in the foreground of this terminal. */
import type { Command } from 'commander';
import { type DaemonOptions, readDaemonConfig } from '../../config.js';
import { aborted, type Terminal } from '../terminal.js';

export function addDaemon(program: Command, terminal: Terminal): void {
  program
    .command('daemon')
    .summary('run the background program that places and answers calls')
    .description(
      'Run the background program that places and answers calls, until Ctrl-C. Prints one line when it is ready.',
    )
    .option('--home <folder>', 'data folder (KYBERLINE_HOME)')
    .option(
      '--port <number>',
      'port of its API on 127.0.0.1, 0 for any (KYBERLINE_DAEMON_PORT, 4747)',
    )
    .option('--udp-host <address>', 'address for voice (::, all of them)')
    .option('--udp-port <number>', 'UDP port for voice, 0 for any (47470)')
    .option(
      '--input <device>',
      'default, silence, portaudio:NAME or file:PATH (as in the settings)',
    )
    .option('--output <device>', 'the same for what is heard')
    .option('--registry <host:port>', 'registry to use (REGISTRY_SERVER, or as in the settings)')
    .option('--auto-answer', 'answer every call at once')
    .option(
      '--codec <name>',
      'how voice leaves: opus, pcm48 or pcm16 (KYBERLINE_CODEC, or as in the settings)',
    )
    .option(
      '--processing <which>',
      'of the microphone: usual or off (KYBERLINE_PROCESSING, or as in the settings)',
    )
    .option('--name <name>', 'take this name at the registry if none is held yet')
    .option(
      '--advertise <address:port>',
      'offer this address to peers instead of this machine’s own; repeat for several',
      (text: string, before: string[] | undefined) => [...(before ?? []), ...text.split(',')],
    )
    .option('--rekey-every <seconds>', 'renew call keys so often (60)')
    .option('--ring-seconds <seconds>', 'let it ring so long at the other side (45)')
    .option(
      '--panel-port <number>',
      'port of the panel that may connect (KYBERLINE_PANEL_PORT, 3000)',
    )
    .option('--log-level <level>', 'debug, info, warn, error or silent (info)')
    .action(async (options: DaemonOptions) => {
      const config = readDaemonConfig(options, terminal.env);
      const interruption = terminal.interruption();
      // Here and not above: nothing else needs what the daemon loads.
      const { startDaemon } = await import('../../main.js');
      const daemon = await startDaemon(config);
      const { apiPort, udpPort } = daemon;
      const voice = udpPort === 0 ? 'no voice yet' : `UDP ${udpPort}`;
      terminal.out(`Kyberline daemon ready on 127.0.0.1:${apiPort} (${voice})`);
      process.send?.({ type: 'ready', apiPort, udpPort });
      await aborted(interruption);
      await daemon.stop();
      // Also closes the channel to the program that started it, which would keep it alive.
      if (process.connected) process.disconnect();
    });
}
