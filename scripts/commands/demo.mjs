/**
 * `npm run demo`: two people on one machine, so that one person alone can show a call.
 *
 *   alice  http://localhost:3000  your microphone and speaker        her panel holds the registry
 *   bob    http://localhost:3001  a speech file as his microphone    uses alice's registry
 */
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hasBrowser, openBrowser } from '../setup/browser.mjs';
import { build } from '../setup/build.mjs';
import { install } from '../setup/install.mjs';
import { opening } from '../setup/opening.mjs';
import { panelUrl, portWishes, services } from '../setup/person.mjs';
import { ROOT } from '../setup/places.mjs';
import { checkPorts, readPort } from '../setup/ports.mjs';
import { Problem } from '../setup/problem.mjs';
import { readOptions, untilStopped } from '../setup/session.mjs';

const SPEECH = join(ROOT, 'assets', 'demo-speech.wav');

const USAGE = `Usage: npm run demo -- [options]

  --port 3000            alice's pages; bob's are one above (3001)
  --daemon-port 4747     alice's daemon; bob's is one above (4748)
  --udp-port 47470       alice's voice; bob's is one above (47471)
  --registry-port 5001   the registry that both use
  --home FOLDER          data of both, .demo in this folder by default
  --fresh                forget what earlier demos left there
  --auto-answer          bob takes every call by himself
  --alice-input DEVICE   default, silence, portaudio:NAME or file:PATH
  --alice-output DEVICE  the same
  --bob-input DEVICE     his microphone; a speech file by default
  --bob-output DEVICE    his speaker; silence by default, so that you do not hear yourself
  --no-open              do not open the browser
  --help`;

/**
 * @param {string[]} argv
 * @returns {Promise<number>} exit code
 */
export async function demo(argv) {
  const options = readOptions(USAGE, () => parse(argv));
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const { alice, bob } = readPeople(options);
  await checkPorts([...portWishes(alice), ...portWishes(bob)]);
  await install();
  await build();
  if (options.fresh) wipe(resolve(options.home ?? join(ROOT, '.demo')));
  return untilStopped([...services(alice), ...services(bob)], {
    onReady: async () => {
      const opens = options.open && hasBrowser(process.env);
      const openings = [await opening(alice, opens), await opening(bob, opens)];
      const links = openings.flatMap(({ link }) => link ?? []);
      process.stdout.write(`${explain(alice, bob, links)}\n`);
      for (const { open } of openings) if (open !== undefined) openBrowser(open);
    },
  });
}

/** @param {string[]} argv */
function parse(argv) {
  const { values } = parseArgs({
    args: argv,
    strict: true,
    options: {
      port: { type: 'string', default: '3000' },
      'daemon-port': { type: 'string', default: '4747' },
      'udp-port': { type: 'string', default: '47470' },
      'registry-port': { type: 'string', default: '5001' },
      home: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      'auto-answer': { type: 'boolean', default: false },
      'alice-input': { type: 'string' },
      'alice-output': { type: 'string' },
      'bob-input': { type: 'string', default: `file:${SPEECH}` },
      'bob-output': { type: 'string', default: 'silence' },
      'no-open': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  return { ...values, open: values['no-open'] !== true };
}

/**
 * Alice's port; bob has the next one.
 * @param {string} option
 * @param {string} text
 */
function readPairOfPorts(option, text) {
  const port = readPort(option, text);
  if (port < 65_535) return port;
  throw new Problem('bad-option', `${option} wants a port below 65535: bob takes the next one.`);
}

/**
 * @param {ReturnType<typeof parse>} options
 * @returns {{ alice: import('../setup/person.mjs').Person, bob: import('../setup/person.mjs').Person }}
 */
export function readPeople(options) {
  const home = resolve(options.home ?? join(ROOT, '.demo'));
  const port = readPairOfPorts('--port', options.port);
  const daemonPort = readPairOfPorts('--daemon-port', options['daemon-port']);
  const udpPort = readPairOfPorts('--udp-port', options['udp-port']);
  const registryPort = readPort('--registry-port', options['registry-port']);
  return {
    alice: {
      who: 'alice',
      home: join(home, 'alice'),
      port,
      daemonPort,
      udpPort,
      ownRegistry: { host: '127.0.0.1', port: registryPort },
      // Named although it is the default: a demo must not follow an address chosen in the settings.
      registryUrl: `http://127.0.0.1:${registryPort}`,
      name: 'alice',
      input: options['alice-input'],
      output: options['alice-output'],
    },
    bob: {
      who: 'bob',
      home: join(home, 'bob'),
      port: port + 1,
      daemonPort: daemonPort + 1,
      udpPort: udpPort + 1,
      ownRegistry: undefined,
      registryUrl: `http://127.0.0.1:${registryPort}`,
      name: 'bob',
      input: options['bob-input'],
      output: options['bob-output'],
      autoAnswer: options['auto-answer'],
    },
  };
}

/**
 * Deletes a demo's folder, and nothing that is not one.
 * @param {string} home
 */
function wipe(home) {
  if (!existsSync(home)) return;
  const known = ['alice', 'bob'].some((who) => existsSync(join(home, who)));
  if (!known) {
    throw new Problem(
      'not-a-demo',
      `${home} holds no earlier demo, so --fresh does not delete it. Name another folder with --home.`,
    );
  }
  for (const who of ['alice', 'bob']) rmSync(join(home, who), { recursive: true, force: true });
}

/**
 * @param {import('../setup/person.mjs').Person} alice
 * @param {import('../setup/person.mjs').Person} bob
 * @param {string[]} links to pair browsers that are not paired by themselves
 */
function explain(alice, bob, links) {
  const accept = bob.autoAnswer
    ? 'bob answers by himself after a moment.'
    : "In bob's window: accept. (With --auto-answer he does so himself.)";
  return [
    '',
    `alice: ${panelUrl(alice)}`,
    `bob:   ${panelUrl(bob)}`,
    ...(links.length === 0 ? [] : ['', 'To pair a browser that they do not know yet:']),
    ...links.map((link) => `  ${link}`),
    '',
    "Try: in alice's window, call bob.",
    `     ${accept}`,
    '     You hear him speak. Compare the four words in both windows, mute, hang up, look at the history.',
    '',
    'Press Ctrl-C to stop.',
    '',
  ].join('\n');
}
