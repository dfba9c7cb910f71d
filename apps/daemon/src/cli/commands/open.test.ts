/** The pairing link. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeDaemon, startFakeDaemon } from '../testing/fake-daemon.js';
import { kyberline } from '../testing/kyberline.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(() => fake.remove());

describe('open', () => {
  const panel = async (answer: (authorization: string | undefined) => [number, unknown]) => {
    const server = createServer((request, response) => {
      const [status, body] = answer(request.headers.authorization);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    };
    return { port: (server.address() as AddressInfo).port, close };
  };

  it('prints the panel’s link, having shown the token', async () => {
    const shown: (string | undefined)[] = [];
    const { port, close } = await panel((authorization) => {
      shown.push(authorization);
      return [200, { url: 'http://localhost:3000/pair?code=xyz' }];
    });
    expect(await kyberline(fake, `open --panel-port ${port}`)).toEqual({
      code: 0,
      out: 'http://localhost:3000/pair?code=xyz',
      err: '',
    });
    expect(shown).toEqual([`Bearer ${'07'.repeat(32)}`]);
    await close();
    expect((await kyberline(fake, `open --panel-port ${port}`)).err).toContain('does not answer');
  });

  it.each([
    [401, { error: {} }, 'another data folder'],
    [200, { hello: 'there' }, 'is not the Kyberline panel'],
    [404, 'nothing here', 'is not the Kyberline panel'],
  ])('says what is wrong when the answer is %d %j', async (status, body, sentence) => {
    const { port, close } = await panel(() => [status, body]);
    const { code, err } = await kyberline(fake, `open --panel-port ${port}`);
    await close();
    expect(code).toBe(1);
    expect(err).toContain(sentence);
  });
});
