/** What a daemon takes from whatever answers at the registry's address. */
import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { SIGNED_HEADERS } from '@kyberline/shared/registry';
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

describe('a request that is refused for its time', () => {
  const signer = { name: 'alice', signEd: () => new Uint8Array(64) };
  const START = 1_767_225_600_000;

  /** A registry whose clock goes on by `slept`, and a daemon whose monotonic clock does not. */
  async function afterSleep(slept: number, heard: number[]) {
    let now = START;
    const http = await answering((request, response) => {
      const millis = Number(request.headers[SIGNED_HEADERS.millis] ?? now);
      if (SIGNED_HEADERS.millis in request.headers) heard.push(millis);
      response.setHeader('date', new Date(now).toUTCString());
      if (Math.abs(millis - now) <= 60_000) return response.end('{"users":[]}');
      response.statusCode = 401;
      response.end('{"error":{"code":"clock-skew","message":"Your clock is wrong."}}');
    });
    http.registryId = new Uint8Array(16);
    await asked(http);
    now += slept;
    return { http, now };
  }
  const signed = (http: RegistryHttp) =>
    http.ask(reply, { method: 'GET', path: '/api/users/bob', signer });

  it('because the machine slept is signed again by the clock that the refusal told', async () => {
    const heard: number[] = [];
    const { http, now } = await afterSleep(8 * 3_600_000, heard);
    expect(await signed(http)).toEqual({ users: [] });
    expect(heard.map((millis) => Math.abs(millis - now) < 60_000)).toEqual([false, true]);
  });

  it('twice is not asked a third time', async () => {
    const heard: number[] = [];
    const { http } = await afterSleep(0, heard);
    server.removeAllListeners('request');
    server.on('request', (_, response) => {
      heard.push(0);
      response.statusCode = 401;
      response.end('{"error":{"code":"clock-skew","message":"Your clock is wrong."}}');
    });
    await expect(signed(http)).rejects.toMatchObject({ code: 'clock-skew' });
    expect(heard).toHaveLength(2);
  });
});
