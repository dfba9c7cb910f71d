import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKEN_FILE } from '../store/token.js';
import { listenersIn, requireOwnListener } from './listener.js';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid';
const line = (local: string, state: string, uid: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 1`;
const PORT = 4747;
const HEX = '128B';

describe('who listens on a port', () => {
  it.each([
    ['127.0.0.1', '0100007F'],
    ['0.0.0.0', '00000000'],
    ['::', '00000000000000000000000000000000'],
    ['::ffff:127.0.0.1', '0000000000000000FFFF00000100007F'],
  ])('is seen where it listens on %s', (_, address) => {
    expect(listenersIn([HEAD, line(`${address}:${HEX}`, '0A', 1001)].join('\n'), PORT)).toEqual(
      new Set([1001]),
    );
  });

  it.each([
    ['on another port', line('0100007F:128C', '0A', 1001)],
    ['on another address', line('0201A8C0:128B', '0A', 1001)],
    ['on ::1, which is another', line('00000000000000000000000001000000:128B', '0A', 1001)],
    ['which only has a connection', line('0100007F:128B', '01', 1001)],
    ['in a table that cannot be read', '\0\0\n:::\n'],
  ])('is not somebody %s', (_, text) => {
    expect(listenersIn(text, PORT).size).toBe(0);
  });
});

describe('a port that gets the token', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'kyberline-listener-'));
    writeFileSync(join(home, TOKEN_FILE), '');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('may be one of our own, or one where nobody listens', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    requireOwnListener(home, port);
    await new Promise((resolve) => server.close(resolve));
    requireOwnListener(home, port);
  });
});
