/**
 * One person on one machine: the daemon and the panel that belong together, the ports they need,
 * and the address that the person opens.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAEMON, PANEL } from './places.mjs';

const READY_WITHIN_MS = 30_000;
/** Next.js in development compiles before it answers. */
const DEV_READY_WITHIN_MS = 120_000;
const ASK_WITHIN_MS = 5000;

/**
 * @typedef {object} Person
 * @property {string} [who] set where there are several: "alice"
 * @property {string} home
 * @property {number} port
 * @property {number} daemonPort
 * @property {number} udpPort
 * @property {{ host: string, port: number } | undefined} ownRegistry undefined: another one is used
 * @property {string} [registryUrl] undefined: as the settings say, else one's own
 * @property {string} [name]
 * @property {string} [input]
 * @property {string} [output]
 * @property {boolean} [autoAnswer]
 * @property {boolean} [dev]
 * @property {Partial<Record<'port' | 'daemonPort' | 'udpPort' | 'registryPort', string>>} [options]
 *   names of the options that change the ports, where they are not start's
 */

/** @param {Person} person */
export function panelUrl(person) {
  return `http://localhost:${person.port}`;
}

/**
 * Panel first: the daemon finds its registry there at once.
 * @param {Person} person
 * @returns {import('./supervise.mjs').Service[]}
 */
export function services(person) {
  return [panelService(person), daemonService(person)];
}

/**
 * @param {Person} person
 * @returns {import('./supervise.mjs').Service}
 */
export function panelService(person) {
  const { ownRegistry } = person;
  const registry =
    ownRegistry === undefined
      ? ['--no-registry']
      : ['--registry-host', ownRegistry.host, '--registry-port', String(ownRegistry.port)];
  return {
    name: `${whose(person)}panel`,
    args: [
      PANEL,
      ...['--port', String(person.port), '--daemon-port', String(person.daemonPort)],
      ...['--home', person.home, ...registry],
      ...(person.dev ? ['--dev'] : []),
    ],
    env:
      ownRegistry === undefined && person.registryUrl !== undefined
        ? { REGISTRY_SERVER: person.registryUrl }
        : {},
    readyWithinMs: person.dev ? DEV_READY_WITHIN_MS : READY_WITHIN_MS,
    show: person.dev,
  };
}

/**
 * @param {Person} person
 * @returns {import('./supervise.mjs').Service}
 */
export function daemonService(person) {
  /** @param {string} option @param {string | undefined} value */
  const given = (option, value) => (value === undefined ? [] : [option, value]);
  return {
    name: `${whose(person)}daemon`,
    args: [
      DAEMON,
      'daemon',
      ...['--home', person.home, '--port', String(person.daemonPort)],
      ...['--udp-port', String(person.udpPort), '--panel-port', String(person.port)],
      ...given('--registry', person.registryUrl),
      ...given('--name', person.name),
      ...given('--input', person.input),
      ...given('--output', person.output),
      ...(person.autoAnswer ? ['--auto-answer'] : []),
    ],
    readyWithinMs: READY_WITHIN_MS,
    show: person.dev,
  };
}

/**
 * @param {Person} person
 * @returns {import('./ports.mjs').PortWish[]}
 */
export function portWishes(person) {
  const option = {
    port: '--port',
    daemonPort: '--daemon-port',
    udpPort: '--udp-port',
    registryPort: '--registry-port',
    ...person.options,
  };
  const The = person.who === undefined ? 'The ' : `${person.who}'s `;
  /** @type {import('./ports.mjs').PortWish[]} */
  const wishes = [
    {
      kind: 'tcp',
      host: '127.0.0.1',
      port: person.port,
      who: `${The}panel`,
      option: option.port,
    },
    {
      kind: 'tcp',
      host: '127.0.0.1',
      port: person.daemonPort,
      who: `${The}daemon`,
      option: option.daemonPort,
    },
    {
      kind: 'udp',
      host: '0.0.0.0',
      port: person.udpPort,
      who: `${The}daemon`,
      option: option.udpPort,
    },
  ];
  if (person.ownRegistry !== undefined) {
    wishes.push({
      kind: 'tcp',
      host: person.ownRegistry.host,
      port: person.ownRegistry.port,
      who: `${The}registry`,
      option: option.registryPort,
    });
  }
  return wishes;
}

/**
 * A link that pairs the browser that opens it; the plain address where none can be had.
 * @param {Person} person
 * @returns {Promise<string>}
 */
export async function pairingLink(person) {
  const plain = panelUrl(person);
  const file = join(person.home, 'token');
  if (!existsSync(file)) return plain;
  try {
    const reply = await fetch(`http://127.0.0.1:${person.port}/api/pair/link`, {
      method: 'POST',
      headers: { authorization: `Bearer ${readFileSync(file, 'utf8').trim()}` },
      signal: AbortSignal.timeout(ASK_WITHIN_MS),
    });
    /** @type {unknown} */
    const body = await reply.json();
    const url = typeof body === 'object' && body !== null && 'url' in body ? body.url : undefined;
    return reply.ok && typeof url === 'string' ? url : plain;
  } catch {
    return plain;
  }
}

/** @param {Person} person */
function whose(person) {
  return person.who === undefined ? 'the ' : `${person.who}'s `;
}
