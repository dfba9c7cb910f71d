/** `npm start`: install, build, run the daemon and the panel, open the browser. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hasBrowser, openBrowser } from '../setup/browser.mjs';
import { build } from '../setup/build.mjs';
import { FOR_START, installDebianPackages } from '../setup/debian.mjs';
import { install } from '../setup/install.mjs';
import { opening } from '../setup/opening.mjs';
import { panelUrl, portWishes, services } from '../setup/person.mjs';
import { defaultHome } from '../setup/places.mjs';
import { checkPorts, readPort } from '../setup/ports.mjs';
import { readOptions, untilStopped } from '../setup/session.mjs';

export const USAGE = `Usage: npm start -- [options]

  --port 3000            the pages, on this machine only: http://localhost:3000
  --daemon-port 4747     the daemon's port, on this machine only
  --udp-port 47470       where other machines send voice
  --registry-port 5001   where other machines reach this machine's registry
  --registry-host 0.0.0.0   the address on which it listens; 127.0.0.1 keeps others out
  --registry URL         use another machine's registry instead, e.g. http://192.0.2.7:5001
                         (also: the environment variable REGISTRY_SERVER)
  --home FOLDER          data folder (also: KYBERLINE_HOME)
  --name NAME            take this name at the registry
  --input DEVICE         default, silence, portaudio:NAME or file:PATH
  --output DEVICE        the same
  --no-open              do not open the browser
  --help`;

/**
 * @param {string[]} argv
 * @returns {Promise<number>} exit code
 */
export async function start(argv) {
  const options = readOptions(USAGE, () => parse(argv));
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const person = readPerson(options, process.env);
  await checkPorts(portWishes(person));
  await install();
  if (process.platform === 'linux' && process.arch === 'arm64') {
    await installDebianPackages(FOR_START, { required: false });
  }
  await build();
  return untilStopped(services(person), {
    onReady: async () => {
      const opens = options.open && hasBrowser(process.env);
      const { open, link } = await opening(person, opens);
      process.stdout.write(
        [
          '',
          `Kyberline is running: ${panelUrl(person)}`,
          ...(link === undefined ? [] : [`To pair a browser that it does not know yet: ${link}`]),
          ...registryLine(person),
          'Press Ctrl-C to stop.',
          '',
        ].join('\n'),
      );
      if (open !== undefined) openBrowser(open);
    },
  });
}

/** @param {string[]} argv */
export function parse(argv) {
  const { values } = parseArgs({
    args: argv,
    strict: true,
    options: {
      port: { type: 'string' },
      'daemon-port': { type: 'string' },
      'udp-port': { type: 'string' },
      'registry-port': { type: 'string' },
      'registry-host': { type: 'string' },
      registry: { type: 'string' },
      home: { type: 'string' },
      name: { type: 'string' },
      input: { type: 'string' },
      output: { type: 'string' },
      'no-open': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  return { ...values, open: values['no-open'] !== true };
}

/**
 * @param {ReturnType<typeof parse>} options
 * @param {NodeJS.ProcessEnv} env
 * @returns {import('../setup/person.mjs').Person}
 */
export function readPerson(options, env) {
  const registryUrl = options.registry || env.REGISTRY_SERVER || undefined;
  const registryPort = options['registry-port'] ?? (env.REGISTRY_PORT || '5001');
  return {
    home: options.home === undefined ? defaultHome(env) : resolve(options.home),
    port: readPort('--port', options.port ?? '3000'),
    daemonPort: readPort('--daemon-port', options['daemon-port'] ?? '4747'),
    udpPort: readPort('--udp-port', options['udp-port'] ?? '47470'),
    ownRegistry:
      registryUrl === undefined
        ? {
            host: options['registry-host'] ?? (env.REGISTRY_HOST || '0.0.0.0'),
            port: readPort('--registry-port', registryPort),
          }
        : undefined,
    registryUrl,
    name: options.name,
    input: options.input,
    output: options.output,
  };
}

/** @param {import('../setup/person.mjs').Person} person */
function registryLine({ ownRegistry, registryUrl }) {
  if (ownRegistry === undefined) return [`People are found at ${registryUrl}.`];
  if (ownRegistry.host === '127.0.0.1') return [];
  return [
    `Others on your network join with: npm start -- --registry http://THIS-MACHINE:${ownRegistry.port}`,
  ];
}
