/**
 * Where the environment is read, once, and laid under the command's options: option, then
 * environment, then (elsewhere) the person's settings, then the default. What is wrong is said in
 * a sentence that names the option.
 */
import { resolve } from 'node:path';
import type { DeviceChoice } from '@kyberline/shared/devices';
import type { UserName } from '@kyberline/shared/ids';
import type { CodecName, Processing } from '@kyberline/shared/voice';
import envPaths from 'env-paths';
import { BINDING_NAMES, type BindingName } from './device/binding-names.js';
import type { Address } from './media/messages.js';
import {
  address,
  codec,
  DEFAULT_REGISTRY_PORT,
  device,
  ipAddress,
  name,
  oneOf,
  processing,
  read,
  registryUrl,
  seconds,
  whole,
} from './option.js';

export const DEFAULT_API_PORT = 4747;
export const DEFAULT_UDP_PORT = 47470;
export const DEFAULT_PANEL_PORT = 3000;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's own; nothing else names `process.env`. */
export const ENVIRONMENT: Environment = process.env;

/** What the command line gave, unread. */
export interface DaemonOptions {
  home?: string;
  port?: string;
  udpHost?: string;
  udpPort?: string;
  input?: string;
  output?: string;
  registry?: string;
  autoAnswer?: boolean;
  codec?: string;
  processing?: string;
  name?: string;
  advertise?: string[];
  rekeyEvery?: string;
  ringSeconds?: string;
  panelPort?: string;
  logLevel?: string;
}

export interface DaemonConfig {
  /** Absolute path of the data folder. */
  home: string;
  /** Of the API on 127.0.0.1; 0 = any free port. */
  apiPort: number;
  udpHost: string;
  /** 0 = any free port. */
  udpPort: number;
  /** These six: undefined = as the settings say. */
  input: DeviceChoice | undefined;
  output: DeviceChoice | undefined;
  registryUrl: string | undefined;
  autoAnswer: true | undefined;
  codec: CodecName | undefined;
  processing: Processing | undefined;
  /** Take this name at the registry if none is registered yet. */
  name: UserName | undefined;
  /** What to offer to peers in the place of this machine's own addresses. */
  advertise: Address[];
  rekeyEveryMs: number;
  /** How long a caller lets it ring. */
  ringSeconds: number;
  /** The one web page that may connect is served from this port of loopback. */
  panelPort: number;
  logLevel: LogLevel;
  /** How the engine reaches sound cards. */
  soundBinding: BindingName;
  /** What the media engine inherits: where the sound server is, and the like. */
  engineEnv: Environment;
}

/** @throws Problem `bad-option` */
export function readDaemonConfig(
  options: DaemonOptions,
  env: Environment = ENVIRONMENT,
): DaemonConfig {
  const registry =
    given(options.registry, '--registry') ?? given(env.REGISTRY_SERVER, 'REGISTRY_SERVER');
  const port =
    given(options.port, '--port') ?? given(env.KYBERLINE_DAEMON_PORT, 'KYBERLINE_DAEMON_PORT');
  const sent = given(options.codec, '--codec') ?? given(env.KYBERLINE_CODEC, 'KYBERLINE_CODEC');
  const treated =
    given(options.processing, '--processing') ??
    given(env.KYBERLINE_PROCESSING, 'KYBERLINE_PROCESSING');
  const bound = given(env.KYBERLINE_SOUND_BINDING, 'KYBERLINE_SOUND_BINDING');
  return {
    home: readHome(options.home, env),
    apiPort: (port && read(port.text, port.from, whole(0, 65_535))) ?? DEFAULT_API_PORT,
    udpHost: read(options.udpHost, '--udp-host', ipAddress) ?? '::',
    udpPort: read(options.udpPort, '--udp-port', whole(0, 65_535)) ?? DEFAULT_UDP_PORT,
    input: read(options.input, '--input', device),
    output: read(options.output, '--output', device),
    registryUrl: registry && read(registry.text, registry.from, registryUrl),
    autoAnswer: options.autoAnswer === true ? true : undefined,
    codec: sent && read(sent.text, sent.from, codec),
    processing: treated && read(treated.text, treated.from, processing),
    name: read(options.name, '--name', name),
    advertise: (options.advertise ?? []).map((text) => read(text, '--advertise', address)!),
    rekeyEveryMs: (read(options.rekeyEvery, '--rekey-every', seconds(0.5, 60)) ?? 60) * 1000,
    ringSeconds: read(options.ringSeconds, '--ring-seconds', seconds(1, 90)) ?? 45,
    panelPort: readPanelPort(options.panelPort, env),
    logLevel: read(options.logLevel, '--log-level', oneOf(LOG_LEVELS)) ?? 'info',
    soundBinding: (bound && read(bound.text, bound.from, oneOf(BINDING_NAMES))) ?? 'rings',
    engineEnv: env,
  };
}

export interface ClientConfig {
  home: string;
  /** undefined = as the daemon's own file in the home says. */
  port: number | undefined;
  panelPort: number;
  /** What the environment says of the registry, for when no daemon can be asked. */
  registryUrl: string | undefined;
}

/** What every other command needs to find the daemon and the panel. @throws Problem `bad-option` */
export function readClientConfig(
  options: { home?: string; port?: string; panelPort?: string },
  env: Environment = ENVIRONMENT,
): ClientConfig {
  return {
    home: readHome(options.home, env),
    port: read(options.port, '--port', whole(1, 65_535)),
    panelPort: readPanelPort(options.panelPort, env),
    registryUrl: read(env.REGISTRY_SERVER || undefined, 'REGISTRY_SERVER', registryUrl),
  };
}

export interface RegistryConfig {
  host: string;
  port: number;
  /** Absolute path of the database. */
  db: string;
}

/** For `kyberline registry`. @throws Problem `bad-option` */
export function readRegistryConfig(
  options: { host?: string; port?: string; db?: string },
  env: Environment = ENVIRONMENT,
): RegistryConfig {
  const host = given(options.host, '--host') ?? given(env.REGISTRY_HOST, 'REGISTRY_HOST');
  const port = given(options.port, '--port') ?? given(env.REGISTRY_PORT, 'REGISTRY_PORT');
  return {
    host: (host && read(host.text, host.from, ipAddress)) ?? '0.0.0.0',
    port: (port && read(port.text, port.from, whole(0, 65_535))) ?? DEFAULT_REGISTRY_PORT,
    db: resolve(
      options.db ?? (env.REGISTRY_DB || resolve(readHome(undefined, env), 'registry.db')),
    ),
  };
}

/** The registry that a daemon uses: named for this run, else chosen, else this machine's own. */
export function registryUrlOf(
  config: Pick<DaemonConfig, 'registryUrl' | 'panelPort'>,
  settings: { registryUrl?: string | undefined },
): string {
  return config.registryUrl ?? settings.registryUrl ?? `http://127.0.0.1:${config.panelPort}`;
}

function readPanelPort(option: string | undefined, env: Environment): number {
  const port =
    given(option, '--panel-port') ?? given(env.KYBERLINE_PANEL_PORT, 'KYBERLINE_PANEL_PORT');
  return (port && read(port.text, port.from, whole(1, 65_535))) ?? DEFAULT_PANEL_PORT;
}

function readHome(option: string | undefined, env: Environment): string {
  const home = (given(option, '--home') ?? given(env.KYBERLINE_HOME, 'KYBERLINE_HOME'))?.text;
  return home === undefined ? envPaths('kyberline', { suffix: '' }).data : resolve(home);
}

/** An empty variable counts as unset, as in a shell's VAR= in front of a command. */
function given(text: string | undefined, from: string): { text: string; from: string } | undefined {
  return text === undefined || text === '' ? undefined : { text, from };
}
