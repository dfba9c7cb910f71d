/**
 * Who listens on a port of this machine. The token goes to nobody but a program of the data
 * folder's owner: any user could sit on the port while no daemon runs, and collect it. Linux
 * tells the owner of every listening socket; elsewhere this check passes.
 *
 *   sl  local_address rem_address   st tx:rx tr:when retrnsmt  uid
 *    0: 0100007F:128B 00000000:0000 0A …                       1000
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../problem.js';
import { TOKEN_FILE } from '../store/token.js';

const LISTENING = '0A';
/** Listeners on these get what is sent to 127.0.0.1: itself, 0.0.0.0, ::, ::ffff:127.0.0.1. */
const REACHED = /^(0100007F|7F000001|0{8}|0{32}|0{16}(FFFF0000|0000FFFF)(0100007F|7F000001))$/i;

/** The uids that listen where a connection to 127.0.0.1:`port` may end, from /proc/net/tcp{,6}. */
export function listenersIn(tables: string, port: number): Set<number> {
  const uids = new Set<number>();
  for (const line of tables.split('\n')) {
    const [, local = '', , state, , , , uid] = line.trim().split(/\s+/);
    const [address = '', hexPort = ''] = local.split(':');
    if (state !== LISTENING || Number.parseInt(hexPort, 16) !== port) continue;
    if (REACHED.test(address)) uids.add(Number(uid));
  }
  return uids;
}

/** @throws Problem `foreign-listener` if a program of another user sits on the port */
export function requireOwnListener(home: string, port: number): void {
  const owner = statSync(join(home, TOKEN_FILE)).uid;
  for (const uid of listenersIn(readTables(), port)) {
    if (uid === owner) continue;
    throw new Problem(
      'foreign-listener',
      `Port ${port} belongs to a program of another user of this machine, so nothing was sent to it. Stop that program, or name the right port.`,
    );
  }
}

function readTables(): string {
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .map((path) => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}
