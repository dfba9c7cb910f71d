/**
 * Which user of this machine sits at the other end of a loopback connection (Linux only).
 * The kernel lists every TCP socket with its owner in /proc/net/tcp and tcp6:
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
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readTable));
  const found = new Set<number>();
  for (const line of tables.join('\n').split('\n')) {
    const column = line.trim().split(/\s+/);
    if (column[3] !== ESTABLISHED || column[9] === '0') continue;
    if (!sameEnd(column[1], remoteAddress, remotePort)) continue;
    if (!sameEnd(column[2], localAddress, localPort)) continue;
    const uid = Number(column[7]);
    if (Number.isInteger(uid)) found.add(uid);
  }
  const [uid] = found;
  return found.size === 1 ? uid : undefined;
}

function sameEnd(cell: string | undefined, address: string, port: number): boolean {
  const [hex, hexPort] = cell?.split(':') ?? [];
  if (hex === undefined || hexPort === undefined || Number.parseInt(hexPort, 16) !== port) {
    return false;
  }
  return kernelForms(address).includes(hex.toUpperCase());
}

/** How the kernel may write a loopback address: as itself, or as IPv4 inside IPv6. */
function kernelForms(address: string): string[] {
  const v4 = address.replace(/^::ffff:/i, '');
  if (/^\d+(\.\d+){3}$/.test(v4)) {
    const bytes = Uint8Array.from(v4.split('.').map(Number));
    const mapped = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes]);
    return [hexWords(bytes), hexWords(mapped)];
  }
  if (address !== '::1') return [];
  return [hexWords(Uint8Array.from([...new Array<number>(15).fill(0), 1]))];
}

function hexWords(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const word = view.getUint32(at, endianness() === 'LE');
    text += word.toString(16).padStart(8, '0');
  }
  return text.toUpperCase();
}
