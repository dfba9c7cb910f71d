import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connect as connectAsCommand } from '../cli/client.js';
import { type FakeDaemon, startFakeDaemon } from '../cli/testing/fake-daemon.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(async () => {
  for (const socket of strangers.splice(0)) socket.terminate();
  await fake.remove();
});

const strangers: WebSocket[] = [];
/** A connection that shows no token, or what is sent in its place. */
async function stranger(message?: unknown): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${fake.port}/trpc?connectionParams=1`);
  strangers.push(socket);
  await once(socket, 'open');
  if (message !== undefined) socket.send(JSON.stringify(message));
  return socket;
}
const closing = (socket: WebSocket) =>
  new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now())));

describe('a connection without the token', () => {
  it('is ended after two seconds, whether it was silent or wrong', async () => {
    const opened = performance.now();
    const wrong = { method: 'connectionParams', data: { token: '00'.repeat(32) } };
    const sockets = [await stranger(), await stranger(wrong)];
    for (const closed of await Promise.all(sockets.map(closing))) {
      expect(closed - opened).toBeGreaterThan(1_900);
      expect(closed - opened).toBeLessThan(4_000);
    }
  });

  it('does not lock out those that have it, however many there are', async () => {
    const many = await Promise.all(Array.from({ length: 64 }, () => stranger()));
    const first = closing(many[0]!);
    const command = await connectAsCommand({ home: fake.home, port: fake.port });
    expect((await command.ask((api) => api.state.query())).me?.name).toBe('alice');
    await first;
    // It keeps its place when the strangers have lost theirs, and when new ones come.
    await Promise.all(many.map((one) => one.readyState === WebSocket.CLOSED || closing(one)));
    await Promise.all(Array.from({ length: 70 }, () => stranger()));
    expect((await command.ask((api) => api.state.query())).me?.name).toBe('alice');
    await command.close();
  });
});

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
