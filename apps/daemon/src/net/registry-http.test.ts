/** What a daemon takes from whatever answers at the registry's address. */
import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RegistryHttp } from './registry-http.js';

const MEGABYTE = 1024 * 1024;

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function answering(answer: RequestListener): Promise<RegistryHttp> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clocks = { wall: () => Date.now(), monotonic: () => performance.now() };
  return new RegistryHttp(new URL(`http://127.0.0.1:${port}`), clocks, randomBytes);
}

const reply = z.object({ users: z.array(z.string()) });
const asked = (http: RegistryHttp) =>
  http.ask(reply, { method: 'GET', path: '/api/users' }).catch((cause: unknown) => cause);

describe('a reply', () => {
  it('without an end is left alone once it is too long', async () => {
    let sent = 0;
    const http = await answering((_, response) => {
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const more = () => {
        while (!response.destroyed && sent < 64 * MEGABYTE) {
          sent += chunk.length;
          if (!response.write(chunk)) return;
        }
      };
      response.on('drain', more);
      more();
    });
    expect(await asked(http)).toMatchObject({ code: 'registry-strange' });
    // What is on its way fills the buffers of two sockets.
    expect(sent).toBeLessThan(32 * MEGABYTE);
  });

  it('that unpacks to more than its length is left alone as well', async () => {
    let encoding: string | undefined;
    const http = await answering((request, response) => {
      encoding = request.headers['accept-encoding'];
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(JSON.stringify({ users: ['a'.repeat(8 * MEGABYTE)] })));
    });
    expect(await asked(http)).toMatchObject({ code: 'registry-strange' });
    expect(encoding).toBe('identity');
  });

  it('of many short pieces is put together', async () => {
    const http = await answering((_, response) => {
      const json = Buffer.from('{"users":["\u00e9\u00e9"]}');
      for (const byte of json) response.write(Buffer.of(byte));
      response.end();
    });
    expect(await asked(http)).toEqual({ users: ['\u00e9\u00e9'] });
  });
});
