import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeDaemon, startFakeDaemon } from '../cli/testing/fake-daemon.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(() => fake.remove());

describe('an upgrade that is refused', () => {
  const refused =
    'GET /trpc HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  it('is let go, though its client keeps its own end open', async () => {
    const client = connect({ port: fake.port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined);
    client.write(refused);
    const [said] = (await once(client, 'data')) as [Buffer];
    expect(said.toString()).toMatch(/^HTTP\/1\.1 403 /);
    await once(client, 'end');
    // Half open, we could write for ever; to a socket that is gone we cannot.
    const gone = () => {
      client.write('x');
      return client.destroyed;
    };
    await expect.poll(gone).toBe(true);
  });
});
