import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { endianness } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { listenerOn, peerUid } from './socket-owner.js';

const onLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;
if (!onLinux) console.log('skipped: only Linux tells the owner of a socket');
if (onLinux && !isRoot) console.log('skipped: only root can start a program as another user');

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid';
const row = (local: string, remote: string, state: string, uid: number, inode = '4711') =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1`;
const table =
  (v4: string[], v6: string[] = []) =>
  async (path: string) =>
    [HEADER, ...(path.endsWith('6') ? v6 : v4), ''].join('\n');
const connection = {
  remoteAddress: '127.0.0.1',
  remotePort: 54_321,
  localAddress: '127.0.0.1',
  localPort: 3000,
};

describe.runIf(endianness() === 'LE')("the owner of a connection's other end", () => {
  const theirs = row('0100007F:D431', '0100007F:0BB8', '01', 1000);
  const oursToo = row('0100007F:0BB8', '0100007F:D431', '01', 0);

  it("is read from the row whose local end is the client's", async () => {
    expect(await peerUid(connection, table([oursToo, theirs]))).toBe(1000);
  });

  it("is found when the client's socket is IPv4 inside IPv6", async () => {
    const mapped = row(
      '0000000000000000FFFF00000100007F:D431',
      '0000000000000000FFFF00000100007F:0BB8',
      '01',
      1001,
    );
    expect(await peerUid(connection, table([], [mapped]))).toBe(1001);
  });

  it('is found on ::1', async () => {
    const six = row(
      '00000000000000000000000001000000:D431',
      '00000000000000000000000001000000:0BB8',
      '01',
      1002,
    );
    const onSix = { ...connection, remoteAddress: '::1', localAddress: '::1' };
    expect(await peerUid(onSix, table([], [six]))).toBe(1002);
  });

  it("is unknown for a closed socket, which the kernel shows as root's", async () => {
    const closed = row('0100007F:D431', '0100007F:0BB8', '06', 0, '0');
    const orphaned = row('0100007F:D431', '0100007F:0BB8', '01', 0, '0');
    expect(await peerUid(connection, table([closed]))).toBeUndefined();
    expect(await peerUid(connection, table([orphaned]))).toBeUndefined();
  });

  it('is found in a second look when the first one missed the row', async () => {
    let reads = 0;
    const missedOnce = (path: string) => {
      reads += 1;
      return table(reads <= 2 ? [oursToo] : [oursToo, theirs])(path);
    };
    expect(await peerUid(connection, missedOnce)).toBe(1000);
    expect(reads).toBe(4);
  });

  it('is unknown after two looks', async () => {
    let reads = 0;
    const missed = (path: string) => {
      reads += 1;
      return table([oursToo])(path);
    };
    expect(await peerUid(connection, missed)).toBeUndefined();
    expect(reads).toBe(4);
  });

  it('is unknown when two rows disagree, and where there is no table', async () => {
    const other = row('0100007F:D431', '0100007F:0BB8', '01', 1003);
    expect(await peerUid(connection, table([theirs, other]))).toBeUndefined();
    expect(await peerUid(connection, async () => undefined)).toBeUndefined();
    expect(await peerUid({}, table([theirs]))).toBeUndefined();
  });
});

describe.runIf(endianness() === 'LE')('the owner of a listener', () => {
  const NONE = '00000000:0000';

  it('is that of the more exact address', async () => {
    const any = row('00000000:128B', NONE, '0A', 1000);
    const exact = row('0100007F:128B', NONE, '0A', 1001);
    expect(await listenerOn(4747, table([any, exact]))).toEqual({ kind: 'user', uid: 1001 });
    expect(await listenerOn(4747, table([any]))).toEqual({ kind: 'user', uid: 1000 });
  });

  it('is nobody when only others listen or the port is merely connected', async () => {
    const other = row('0100007F:128C', NONE, '0A', 1000);
    const busy = row('0100007F:128B', '0100007F:D431', '01', 1000);
    expect(await listenerOn(4747, table([other, busy]))).toEqual({ kind: 'nobody' });
  });

  it('is unknown where the system does not tell', async () => {
    expect(await listenerOn(4747, async () => undefined)).toEqual({ kind: 'unknown' });
  });
});

describe.runIf(onLinux)('on this very kernel', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  const listenOn = async (host: string) => {
    server = createServer();
    server.listen(0, host);
    await once(server, 'listening');
    return server.address() as AddressInfo;
  };

  it.each(['127.0.0.1', '::1'])('our own connection to %s is ours', async (host) => {
    const { port } = await listenOn(host);
    const client = connect(port, host);
    const [accepted] = (await once(server!, 'connection')) as [Socket];
    expect(await peerUid(accepted)).toBe(process.getuid?.());
    client.destroy();
    accepted.destroy();
  });

  it('our own listener is ours, and nobody is there once it is closed', async () => {
    const { port } = await listenOn('127.0.0.1');
    expect(await listenerOn(port)).toEqual({ kind: 'user', uid: process.getuid?.() });
    server?.close();
    await once(server!, 'close');
    expect(await listenerOn(port)).toEqual({ kind: 'nobody' });
  });

  it.runIf(isRoot)('a connection of another user is theirs', async () => {
    const { port } = await listenOn('127.0.0.1');
    const script = `require('net').connect(${port}, '127.0.0.1'); setTimeout(() => {}, 5000)`;
    const other = spawn(process.execPath, ['-e', script], { uid: 65_534, gid: 65_534, cwd: '/' });
    const [accepted] = (await once(server!, 'connection')) as [Socket];
    expect(await peerUid(accepted)).toBe(65_534);
    other.kill();
    accepted.destroy();
  });
});
