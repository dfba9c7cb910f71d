/** The addresses under which a peer may reach this machine's media socket. */
import { networkInterfaces } from 'node:os';
import type { Address } from '../media/messages.js';

/** An offer's body has room for this many (SPEC 4: padded to a multiple of 512 bytes). */
export const MAX_CANDIDATES = 12;

/**
 * Every address of this machine, loopback last so that two daemons on one machine find each
 * other too; or just the advertised ones, where the person knows better (a router that forwards).
 * None while there is no socket, port 0.
 */
export function localCandidates(udpPort: number, advertised: readonly Address[]): Address[] {
  if (udpPort === 0) return [];
  if (advertised.length > 0) return [...advertised];
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address, family }) => !internal && !isLinkLocal(address, family))
    .map(({ address }) => address);
  return [...addresses, '127.0.0.1']
    .slice(-MAX_CANDIDATES)
    .map((address) => ({ address, port: udpPort }));
}

/** Not everybody's address: what a peer names must not make this machine shout (RFC 1122, 4291). */
export function isOneMachine({ address }: Address): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  const unspecified = /^[0:.]*$/.test(plain);
  const many = /^(22[4-9]|2[3-5]\d)\./.test(plain) || /^ff/i.test(plain);
  return !unspecified && !many;
}

/** fe80:: needs a zone that means nothing on the other machine. */
function isLinkLocal(address: string, family: string): boolean {
  return family === 'IPv6' && /^fe[89ab]/i.test(address);
}
