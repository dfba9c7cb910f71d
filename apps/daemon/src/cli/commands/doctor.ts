/** `kyberline doctor`: says in sentences what is wrong and what to do. */
import type { Command } from 'commander';
import {
  type ClientConfig,
  DEFAULT_API_PORT,
  DEFAULT_UDP_PORT,
  readClientConfig,
} from '../../config.js';
import { read, whole } from '../../option.js';
import { Problem } from '../../problem.js';
import { connect, type DaemonConnection } from '../client.js';
import { columns } from '../columns.js';
import { type FindOptions, findable, JSON_OPTION, json } from '../command.js';
import { about, type Finding } from '../doctor/finding.js';
import { checkHome } from '../doctor/home.js';
import { checkNetwork, hasAddress, seenFirewall } from '../doctor/network.js';
import { checkPorts } from '../doctor/ports.js';
import { checkName, checkRegistry } from '../doctor/registry.js';
import { checkEngine, checkSound } from '../doctor/sound.js';
import type { Terminal } from '../terminal.js';

const HISTORY_READ = 50;

interface DoctorOptions extends FindOptions {
  udpPort?: string;
  json?: boolean;
}

export function addDoctor(program: Command, terminal: Terminal): void {
  findable(program.command('doctor'))
    .summary('what is wrong, and what to do')
    .description(
      'Look at everything a call needs and say in sentences what is wrong and what to do. Fails if something is.',
    )
    .option('--udp-port <number>', 'port for voice to look at while no daemon runs (47470)')
    .option(...JSON_OPTION)
    .action(async (options: DoctorOptions) => {
      const config = readClientConfig(options, terminal.env);
      const udpPort = read(options.udpPort, '--udp-port', whole(1, 65_535)) ?? DEFAULT_UDP_PORT;
      const findings = [...checkHome(config.home), ...(await checkDaemon(config, udpPort))];
      const bad = findings.filter(({ status }) => status === 'wrong').length;
      if (options.json) terminal.out(json({ ok: bad === 0, findings }));
      else terminal.out(columns(findings.map(({ status, sentence }) => [MARK[status], sentence])));
      if (bad === 0) return;
      throw new Problem('unwell', bad === 1 ? 'One thing is wrong.' : `${bad} things are wrong.`);
    });
}

const MARK: Record<Finding['status'], string> = { ok: 'ok', note: 'note', wrong: 'WRONG' };

async function checkDaemon(config: ClientConfig, udpPort: number): Promise<Finding[]> {
  const daemon = await tryConnect(config);
  if (daemon instanceof Problem) {
    const apiPort = config.port ?? DEFAULT_API_PORT;
    return [
      about('daemon').wrong(daemon.message),
      ...(isAbsent(daemon) ? await checkPorts(apiPort, udpPort) : []),
      ...(config.registryUrl ? await checkRegistry(config.registryUrl, Date.now) : []),
    ];
  }
  try {
    return await examine(daemon);
  } finally {
    await daemon.close();
  }
}

async function examine(daemon: DaemonConnection): Promise<Finding[]> {
  const state = await daemon.ask((api) => api.state.query());
  const history = await daemon.ask((api) => api.history.query({ limit: HISTORY_READ }));
  const { udpPort } = state.engine;
  return [
    about('daemon').ok(`The daemon is running on 127.0.0.1:${daemon.port}.`),
    ...checkEngine(state),
    ...checkSound(state, process.platform),
    ...(await checkRegistry(state.registry.url, Date.now)),
    ...checkName(state),
    ...checkNetwork({ udpPort, history, hasAddress: hasAddress(), firewall: seenFirewall() }),
  ];
}

async function tryConnect(config: ClientConfig): Promise<DaemonConnection | Problem> {
  try {
    return await connect(config);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

const isAbsent = ({ code }: Problem): boolean =>
  code === 'daemon-not-running' || code === 'no-token';
