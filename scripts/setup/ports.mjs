/** Ports, looked at before anything is started, so that a busy one is a sentence and not a crash. */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { Problem } from './problem.mjs';

/**
 * @typedef {object} PortWish
 * @property {'tcp' | 'udp'} kind
 * @property {string} host
 * @property {number} port
 * @property {string} who the part that needs it, as the sentence's subject: "The panel"
 * @property {string} option the option that changes it: "--port"
 */

/**
 * A port from an option's text.
 * @param {string} option
 * @param {string} text
 * @throws {Problem} `bad-option`
 */
export function readPort(option, text) {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Problem('bad-option', `${option} wants a port from 1 to 65535, not "${text}".`);
}

/**
 * Checks that every port can be had, and that no two wishes are the same.
 * @param {PortWish[]} wishes
 * @throws {Problem} `port-busy`, `port-forbidden` or `port-twice`
 */
export async function checkPorts(wishes) {
  for (const [index, wish] of wishes.entries()) {
    const same = wishes.slice(0, index).find((o) => o.kind === wish.kind && o.port === wish.port);
    if (same !== undefined) {
      throw new Problem(
        'port-twice',
        `${same.who} and ${lower(wish.who)} cannot both use port ${wish.port}. Change ${same.option} or ${wish.option}.`,
      );
    }
  }
  for (const wish of wishes) {
    const code = await portProblem(wish);
    if (code !== undefined) throw await asProblem(wish, code, wishes);
  }
}

/**
 * The system's reason why a port cannot be opened.
 * @param {PortWish} wish
 * @returns {Promise<string | undefined>}
 */
export async function portProblem(wish) {
  if (wish.kind === 'udp') return tryUdp(wish.host, wish.port);
  const code = await tryTcp(wish.host, wish.port);
  if (code !== undefined) return code;
  // macOS lets a listener on 127.0.0.1 stand beside one on every address.
  const host = wish.host === '0.0.0.0' ? '127.0.0.1' : wish.host;
  return (await answers(host, wish.port)) ? 'EADDRINUSE' : undefined;
}

/**
 * @param {PortWish} wish
 * @param {string} code
 * @param {PortWish[]} wishes
 */
async function asProblem(wish, code, wishes) {
  const { port, who, option } = wish;
  const name = `${wish.kind === 'udp' ? 'UDP port' : 'Port'} ${port}`;
  if (code === 'EACCES') {
    return new Problem(
      'port-forbidden',
      `${name} may not be opened by this user, and ${lower(who)} needs it. Choose one above 1023 with ${option}.`,
    );
  }
  if (code === 'EADDRNOTAVAIL') {
    return new Problem(
      'address-missing',
      `${wish.host} is no address of this machine, so ${lower(who)} cannot listen there.`,
    );
  }
  const free = await nextFree(wish, wishes);
  const example = free === undefined ? '' : `, for example ${option} ${free}`;
  return new Problem(
    'port-busy',
    `${name} is taken by another program, and ${lower(who)} needs it. Stop that program, or choose another port with ${option}${example}.`,
  );
}

/**
 * @param {PortWish} wish
 * @param {PortWish[]} wishes ports that our other parts are about to take
 * @returns {Promise<number | undefined>}
 */
async function nextFree(wish, wishes) {
  for (let port = wish.port + 1; port < wish.port + 30 && port <= 65_535; port += 1) {
    if (wishes.some((other) => other.kind === wish.kind && other.port === port)) continue;
    if ((await portProblem({ ...wish, port })) === undefined) return port;
  }
  return undefined;
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<string | undefined>}
 */
function tryTcp(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(codeOf(error)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<string | undefined>}
 */
function tryUdp(host, port) {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      socket.close();
      resolve(codeOf(error));
    });
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.close(() => resolve(undefined));
    });
  });
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function answers(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    /** @param {boolean} result */
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(500, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}

/** @param {string} subject "The panel" in mid-sentence */
function lower(subject) {
  return subject.startsWith('The ') ? `the ${subject.slice(4)}` : subject;
}
