import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UserName } from '@kyberline/shared/ids';
import type { SnapshotEvent } from '@kyberline/shared/snapshot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../problem.js';
import { writePrivateFile } from '../store/private-file.js';
import { removeRunning } from '../store/running.js';
import { connect, type DaemonConnection, queue } from './client.js';
import { type FakeDaemon, startFakeDaemon } from './testing/fake-daemon.js';

let fake: FakeDaemon;
const open: DaemonConnection[] = [];
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(async () => {
  for (const daemon of open.splice(0)) await daemon.close();
  await fake.remove();
});

const join = async (port?: number) => {
  const daemon = await connect({ home: fake.home, port });
  open.push(daemon);
  return daemon;
};
const problem = async (trying: Promise<unknown>): Promise<Problem> => {
  const error = await trying.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof Problem) return error;
  throw new Error('nothing was refused', { cause: error });
};

describe('the command’s connection', () => {
  it('finds the daemon by the file in its folder', async () => {
    const daemon = await join();
    expect(daemon.port).toBe(fake.port);
    expect((await daemon.ask((api) => api.state.query())).me?.name).toBe('alice');
  });

  it('takes the port that was named instead', async () => {
    removeRunning(fake.home);
    expect((await problem(join())).code).toBe('daemon-not-running');
    expect((await join(fake.port)).port).toBe(fake.port);
  });

  it('says so when no daemon runs, also where a killed one left its file', async () => {
    await fake.die();
    const { code, message } = await problem(join());
    expect(code).toBe('daemon-not-running');
    expect(message).toContain(`127.0.0.1:${fake.port}`);
  });

  it('says so when something else answers', async () => {
    const other: Server = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    expect((await problem(join(port))).code).toBe('not-a-daemon');
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  });

  it('says so when the daemon belongs to another folder', async () => {
    writePrivateFile(`${fake.home}/token`, `${'00'.repeat(32)}\n`);
    const daemon = await join();
    const { code, message } = await problem(daemon.ask((api) => api.state.query()));
    expect(code).toBe('wrong-token');
    expect(message).toContain('--home');
  });

  it('gives the daemon’s own sentence and code when it refuses', async () => {
    fake.react = () => {
      throw new Problem('name-taken', 'That name belongs to somebody else.');
    };
    const daemon = await join();
    const name = 'bob' as UserName;
    const { code, message } = await problem(daemon.ask((api) => api.register.mutate({ name })));
    expect([code, message]).toEqual(['name-taken', 'That name belongs to somebody else.']);
  });

  it('gives the sentence of the schema when the input cannot be', async () => {
    const daemon = await join();
    const name = 'Not A Name' as UserName;
    const { message } = await problem(daemon.ask((api) => api.register.mutate({ name })));
    expect(message).toBe('A name is 1 to 32 of a-z, 0-9, ".", "_" and "-".');
  });

  it('shows events until it has enough', async () => {
    const daemon = await join();
    const enough = new AbortController();
    const seen: SnapshotEvent['type'][] = [];
    for await (const event of daemon.watch(enough.signal)) {
      seen.push(event.type);
      if (seen.length === 1) fake.watchers.levels({ input: -20, output: -30, calls: [] });
      if (event.type === 'levels') enough.abort();
    }
    expect(seen).toEqual(['state', 'levels']);
  });

  it('keeps the newest levels and a bounded number of states for a slow reader', () => {
    const waiting: SnapshotEvent[] = [];
    const levels = (input: number): SnapshotEvent => ({
      type: 'levels',
      levels: { input, output: 0, calls: [] },
    });
    for (let n = 0; n < 500; n++) {
      queue(waiting, { type: 'state', state: { ...fake.state, historyRevision: n } });
      queue(waiting, levels(n));
    }
    expect(waiting.length).toBeLessThanOrEqual(100);
    expect(waiting.filter(({ type }) => type === 'levels')).toEqual([levels(499)]);
    expect(waiting.at(-2)).toMatchObject({ type: 'state', state: { historyRevision: 499 } });
  });

  it('ends a watch that waits the moment it has enough', async () => {
    const daemon = await join();
    const enough = new AbortController();
    for await (const event of daemon.watch(enough.signal)) {
      expect(event.type).toBe('state');
      setTimeout(() => enough.abort(), 20);
    }
  });

  it('fails a watch in words when the daemon goes', async () => {
    const daemon = await join();
    const watching = (async () => {
      for await (const _ of daemon.watch(new AbortController().signal)) void fake.die();
    })();
    expect((await problem(watching)).code).toBe('daemon-gone');
  });

  it('fails a question in words when the daemon goes', async () => {
    fake.react = () => void fake.die();
    const daemon = await join();
    const asked = daemon.ask((api) => api.unregister.mutate({}));
    // The answer may still get out before the socket is gone; then the next question fails.
    const { code } = await problem(asked.then(() => daemon.ask((api) => api.state.query())));
    expect(code).toBe('daemon-gone');
  });
});
