/**
 * The panel server's options: flags first, then the environment, then defaults.
 * Nothing else in the panel reads the environment.
 */
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultHome } from './home.js';
import { PanelError } from './panel-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

export type RegistryChoice =
  | { kind: 'own'; host: string; port: number; database: string }
  /** Another machine's; `url` is only for sentences. */
  | { kind: 'elsewhere'; url: string | undefined };

export type PanelConfig = {
  /** Pages, on loopback only. */
  port: number;
  /** The daemon's tRPC WebSocket on 127.0.0.1. */
  daemonPort: number;
  /** Absolute path of the folder that daemon and panel of one person share. */
  home: string;
  registry: RegistryChoice;
  dev: boolean;
};

export const USAGE = `Usage: node apps/panel/dist/main.js [options]

  --port 3000            pages on http://localhost:PORT       (KYBERLINE_PANEL_PORT)
  --daemon-port 4747     the daemon's port on 127.0.0.1       (KYBERLINE_DAEMON_PORT)
  --home FOLDER          data folder shared with the daemon   (KYBERLINE_HOME)
  --registry-host HOST   where other machines reach the registry, 0.0.0.0 (REGISTRY_HOST)
  --registry-port 5001                                        (REGISTRY_PORT)
  --registry-db FILE     HOME/registry.db                     (REGISTRY_DB)
  --no-registry          this machine uses another one's      (REGISTRY_SERVER names it)
  --dev                  Next.js in development mode

Where REGISTRY_SERVER is set, a registry is opened only if one of the --registry-… options asks for it.
`;

/**
 * Reads the options. Ports are 1 to 65535.
 * @throws PanelError `bad-option` with the sentence to print.
 */
export function readConfig(argv: string[], environment: Environment = process.env): PanelConfig {
  const flags = readFlags(argv);
  // An empty variable counts as unset, as in a shell's VAR= in front of a command.
  const env = Object.fromEntries(Object.entries(environment).filter(([, text]) => text !== ''));
  const home = resolve(flags.home ?? env.KYBERLINE_HOME ?? defaultHome(env));
  const port = readPort('--port', flags.port ?? env.KYBERLINE_PANEL_PORT ?? '3000');
  const registryPort = readPort(
    '--registry-port',
    flags['registry-port'] ?? env.REGISTRY_PORT ?? '5001',
  );
  const registry: RegistryChoice = isElsewhere(flags, env)
    ? { kind: 'elsewhere', url: env.REGISTRY_SERVER }
    : {
        kind: 'own',
        host: readHost(flags['registry-host'] ?? env.REGISTRY_HOST ?? '0.0.0.0'),
        port: registryPort,
        database: resolve(flags['registry-db'] ?? env.REGISTRY_DB ?? join(home, 'registry.db')),
      };
  if (registry.kind === 'own' && registry.port === port) {
    throw new PanelError(
      'bad-option',
      `The pages and the registry cannot both use port ${port}. Change --port or --registry-port.`,
    );
  }
  return {
    port,
    daemonPort: readPort(
      '--daemon-port',
      flags['daemon-port'] ?? env.KYBERLINE_DAEMON_PORT ?? '4747',
    ),
    home,
    registry,
    dev: flags.dev ?? false,
  };
}

/** What Next.js and React want to find in the environment before they are loaded. */
export function prepareEnvironment(
  config: PanelConfig,
  env: NodeJS.ProcessEnv = process.env,
): void {
  env.NEXT_TELEMETRY_DISABLED = '1';
  Object.assign(env, { NODE_ENV: config.dev ? 'development' : 'production' });
}

/**
 * One's own is asked for by flags alone: an environment that names another machine's registry may
 * well hold REGISTRY_PORT too.
 */
function isElsewhere(flags: Flags, env: Environment): boolean {
  const asked = flags['registry-host'] ?? flags['registry-port'] ?? flags['registry-db'];
  return flags['no-registry'] ?? (env.REGISTRY_SERVER !== undefined && asked === undefined);
}

type Flags = ReturnType<typeof readFlags>;

function readFlags(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      strict: true,
      options: {
        port: { type: 'string' },
        'daemon-port': { type: 'string' },
        home: { type: 'string' },
        'registry-host': { type: 'string' },
        'registry-port': { type: 'string' },
        'registry-db': { type: 'string' },
        'no-registry': { type: 'boolean' },
        dev: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PanelError('bad-option', `${reason}\n\n${USAGE}`, cause);
  }
}

function readPort(option: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new PanelError('bad-option', `${option} wants a port from 1 to 65535, not "${text}".`);
}

function readHost(text: string): string {
  if (isIP(text) !== 0 || text === 'localhost') return text;
  throw new PanelError(
    'bad-option',
    `--registry-host wants an address of this machine such as 0.0.0.0, not "${text}".`,
  );
}
