/**
 * Which users of this machine own the two ends of a loopback connection (Linux only). The kernel
 * lists every TCP socket with its owner in /proc/net/tcp and tcp6:
 *
 *   sl  local_address         rem_address           st tx:rx tr:when retrnsmt uid timeout inode
 *    3: 0100007F:D431         0100007F:0BB8         01 …                      1000        0 12345
 *
 * Addresses are hex words of 32 bits in the machine's own byte order, ports plain hex.
 */
import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';

export type Connection = {
  remoteAddress?: string | undefined;
  remotePort?: number | undefined;
  localAddress?: string | undefined;
  localPort?: number | undefined;
};

/** Reads one of the kernel's tables; undefined where there is none. */
export type ReadTable = (path: string) => Promise<string | undefined>;

const readProc: ReadTable = (path) => readFile(path, 'utf8').catch(() => undefined);
const ESTABLISHED = '01';
const LISTENING = '0A';

type Row = { local: string; remote: string; state: string; uid: number };

/**
 * The uid that owns the client's end of `connection`, or undefined when the kernel does not say
 * so without doubt. Only established sockets count: the kernel reports uid 0 for closed ones.
 */
export async function peerUid(
  connection: Connection,
  readTable: ReadTable = readProc,
): Promise<number | undefined> {
  const { remoteAddress, remotePort, localAddress, localPort } = connection;
  if (!remoteAddress || !remotePort || !localAddress || !localPort) return undefined;
  const theirs = kernelForms(remoteAddress, remotePort);
  const ours = kernelForms(localAddress, localPort);
  const look = async () => {
    const uids = new Set<number>();
    for (const row of (await readRows(readTable)) ?? []) {
      if (row.state !== ESTABLISHED) continue;
      if (theirs.includes(row.local) && ours.includes(row.remote)) uids.add(row.uid);
    }
    return uids;
  };
  let uids = await look();
  // The kernel writes the table piece by piece, and leaves out a row where others come and go.
  if (uids.size === 0) uids = await look();
  const [uid] = uids;
  return uids.size === 1 ? uid : undefined;
}

export type Listener =
  | { kind: 'nobody' }
  | { kind: 'user'; uid: number }
  /** The system does not tell. */
  | { kind: 'unknown' };

/** Who gets what is sent to 127.0.0.1:`port`. */
export async function listenerOn(port: number, readTable: ReadTable = readProc): Promise<Listener> {
  const rows = await readRows(readTable);
  if (rows === undefined) return { kind: 'unknown' };
  const listening = rows.filter((row) => row.state === LISTENING);
  // The more exact address gets the connection.
  for (const address of ['127.0.0.1', '0.0.0.0', '::']) {
    const forms = kernelForms(address, port);
    const found = listening.find((row) => forms.includes(row.local));
    if (found !== undefined) return { kind: 'user', uid: found.uid };
  }
  return { kind: 'nobody' };
}

async function readRows(readTable: ReadTable): Promise<Row[] | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readTable));
  if (tables.every((table) => table === undefined)) return undefined;
  const rows: Row[] = [];
  for (const line of tables.join('\n').split('\n')) {
    const column = line.trim().split(/\s+/);
    const [, local, remote, state] = column;
    const uid = Number(column[7]);
    const inode = column[9];
    if (local === undefined || remote === undefined || state === undefined) continue;
    // A socket without an inode belongs to no process any more.
    if (!Number.isInteger(uid) || inode === undefined || inode === '0') continue;
    rows.push({ local, remote, state, uid });
  }
  return rows;
}

/** How the kernel may write an address with its port: as itself, and as IPv4 inside IPv6. */
function kernelForms(address: string, port: number): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const v4 = address.replace(/^::ffff:/i, '');
  if (/^\d+(\.\d+){3}$/.test(v4)) {
    const bytes = v4.split('.').map(Number);
    const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes];
    return [hexWords(bytes) + end, hexWords(mapped) + end];
  }
  const zeros = new Array<number>(15).fill(0);
  if (address === '::1') return [hexWords([...zeros, 1]) + end];
  if (address === '::') return [hexWords([...zeros, 0]) + end];
  return [];
}

function hexWords(bytes: readonly number[]): string {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const word = view.getUint32(at, endianness() === 'LE');
    text += word.toString(16).padStart(8, '0');
  }
  return text.toUpperCase();
}
