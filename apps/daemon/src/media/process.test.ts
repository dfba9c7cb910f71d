import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_PROCESSING, USUAL_PROCESSING } from '@kyberline/shared/voice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DaemonToEngine, EngineToDaemon } from './messages.js';
import { type EngineState, MediaProcess } from './process.js';

/** Stands for the engine: does what its `input` says. */
const ENGINE = `
process.on('message', (message) => {
  if (message.type === 'start') {
    if (message.input === 'port-taken') {
      process.send({ type: 'cannot-start', code: 'udp-port-taken', sentence: 'Port taken.' });
      setTimeout(() => process.exit(2), 20);
      return;
    }
    process.send({ type: 'ready', udpPort: message.udpPort || 40000, input: message.input,
      processing: message.processing });
    setInterval(() => process.send({ type: 'levels', input: 0, output: 0, calls: [] }), 20);
    if (message.input === 'crash') setTimeout(() => process.exit(7), 20);
    if (message.input === 'hang') setTimeout(() => { for (;;); }, 20);
  }
  if (message.type === 'mute') process.send({ type: 'log', level: 'info', sentence: [
    message.callId instanceof Uint8Array, message.callId[0], process.env.UV_THREADPOOL_SIZE ].join() });
  if (['open-call', 'install-epoch', 'close-call'].includes(message.type)) {
    process.send({ type: 'log', level: 'info', sentence: 'told ' + JSON.stringify({
      type: message.type, key: message.send?.control?.aead[0], anew: message.anew?.length }) });
  }
  if (message.type === 'meter' || message.type === 'ring') process.send({ type: 'log',
    level: 'info', sentence: message.type + ' ' + (message.type === 'meter' ? message.on : message.output) });
  if (message.type === 'stop' && process.env.DEAF === undefined) process.exit(0);
});
process.on('SIGTERM', () => {});
`;

let folder: string;
const running: MediaProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-process-'));
  writeFileSync(join(folder, 'engine.mjs'), ENGINE);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.stop()));
  rmSync(folder, { recursive: true });
});

function engine(input: string, env: Record<string, string> = {}) {
  const states: EngineState[] = [];
  const messages: EngineToDaemon[] = [];
  const media = new MediaProcess({
    enginePath: join(folder, 'engine.mjs'),
    env,
    start: {
      udpHost: '::',
      udpPort: 0,
      input,
      output: 'silence',
      processing: NO_PROCESSING,
      binding: 'rings',
    },
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
    times: { checkMs: 50, silentChecks: 12, restartMs: [0, 30, 60], stopMs: 150 },
  });
  running.push(media);
  media.start();
  const until = async <T>(find: () => T | undefined, withinMs = 5_000): Promise<T> => {
    const end = performance.now() + withinMs;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (performance.now() > end) throw new Error(`not within ${withinMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const isRunning = (restarts: number) => () =>
    states.find((state) => state.at === 'running' && state.restarts === restarts);
  return { media, states, messages, until, isRunning };
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("the media engine's process", () => {
  it('runs, and bytes stay bytes on the way to it', async () => {
    const { media, messages, until, isRunning } = engine('silence');
    const mute: DaemonToEngine = { type: 'mute', callId: Uint8Array.of(9, 8), muted: true };
    expect(media.send(mute)).toBe(false);
    await until(isRunning(0));
    expect(media.send(mute)).toBe(true);
    const log = await until(() => messages.find((message) => message.type === 'log'));
    expect(log).toMatchObject({ sentence: 'true,9,16' });
  });

  it('is started again within a second when it was killed, on the same port', async () => {
    const { media, until, isRunning } = engine('silence');
    await until(isRunning(0));
    const first = media.pid!;
    const killedAt = performance.now();
    process.kill(first, 'SIGKILL');
    expect(media.udpPort).toBe(40000);
    const state = await until(isRunning(1));
    expect(performance.now() - killedAt).toBeLessThan(1_000);
    expect(state).toMatchObject({ udpPort: 40000 });
    expect(media.udpPort).toBe(40000);
    expect(media.pid).not.toBe(first);
  });

  it('is started again more slowly when it crashes again and again', async () => {
    const { until, isRunning, states } = engine('crash');
    const startedAt = performance.now();
    await until(isRunning(4));
    expect(performance.now() - startedAt).toBeGreaterThan(4 * 20 + 0 + 30 + 60 + 60);
    expect(states.filter((state) => state.at === 'restarting').length).toBeGreaterThanOrEqual(4);
  });

  it('is replaced when it hangs', async () => {
    const { media, until, isRunning, messages } = engine('hang');
    await until(isRunning(0));
    const hung = media.pid!;
    await until(isRunning(1));
    expect(alive(hung)).toBe(false);
    expect(JSON.stringify(messages)).toContain('does not answer');
  });

  it('says why it cannot start, and tries again', async () => {
    const { media, until, states } = engine('port-taken');
    await until(() => states.find((state) => state.at === 'failed' && state.restarts === 2));
    expect(states[0]).toMatchObject({ at: 'failed', problem: 'Port taken.' });
    expect(media.udpPort).toBe(0);
  });

  it('remembers devices for the next engine', async () => {
    const { media, messages, until, isRunning } = engine('silence');
    await until(isRunning(0));
    media.send({ type: 'devices', input: 'file:a.wav', output: 'silence' });
    process.kill(media.pid!, 'SIGKILL');
    await until(isRunning(1));
    const ready = messages.filter((message) => message.type === 'ready');
    expect(ready.map((message) => message.input)).toEqual(['silence', 'file:a.wav']);
  });

  it('remembers meter and ringing for the next engine', async () => {
    const { media, messages, until, isRunning } = engine('silence');
    const said = () => messages.flatMap((each) => (each.type === 'log' ? [each.sentence] : []));
    await until(isRunning(0));
    media.send({ type: 'meter', on: true });
    media.send({ type: 'ring', output: 'default' });
    await until(() => (said().length === 2 ? true : undefined));
    process.kill(media.pid!, 'SIGKILL');
    media.send({ type: 'ring' });
    await until(isRunning(1));
    await until(() => (said().includes('ring undefined') ? true : undefined));
    expect(said().slice(-2)).toEqual(['meter true', 'ring undefined']);
  });

  it('remembers how the microphone is processed for the next engine', async () => {
    const { media, messages, until, isRunning } = engine('silence');
    await until(isRunning(0));
    media.send({ type: 'processing', processing: USUAL_PROCESSING });
    process.kill(media.pid!, 'SIGKILL');
    await until(isRunning(1));
    const ready = messages.filter((message) => message.type === 'ready');
    expect(ready).toMatchObject([{ processing: NO_PROCESSING }, { processing: USUAL_PROCESSING }]);
  });

  it('says the goodbye of a call that ended while it was being started again', async () => {
    const { media, messages, states, until, isRunning } = engine('silence');
    const callId = new Uint8Array(16);
    const aead = new Uint8Array(32).fill(5);
    const lease = { from: 0, until: 128 };
    const control = { aead, obf: new Uint8Array(32), ...lease };
    const close: DaemonToEngine = {
      type: 'close-call',
      callId,
      bye: 'hung-up',
      anew: [
        { type: 'open-call', callId, role: 'A', codecs: ['pcm16'], candidates: [] },
        { type: 'install-epoch', callId, epoch: 3, send: { control }, receive: {} },
      ],
    };
    const told = () =>
      messages.flatMap((message) =>
        message.type === 'log' && message.sentence.startsWith('told ')
          ? [JSON.parse(message.sentence.slice(5))]
          : [],
      );
    await until(isRunning(0));
    process.kill(media.pid!, 'SIGKILL');
    await until(() => states.find((state) => state.at === 'restarting'));
    expect(media.send(close)).toBe(false);
    aead.fill(0);
    await until(isRunning(1));
    await until(() => (told().length === 3 ? true : undefined));
    const all = [{ type: 'open-call' }, { type: 'install-epoch', key: 5 }, { type: 'close-call' }];
    expect(told()).toEqual(all);
    // One that listens knows the call.
    expect(media.send(close)).toBe(true);
    await until(() => (told().length > 3 ? true : undefined));
    expect(told()).toEqual([...all, { type: 'close-call' }]);
  });

  it('is gone after a stop', async () => {
    const { media, until, isRunning, states } = engine('silence');
    await until(isRunning(0));
    const pid = media.pid!;
    await media.stop();
    expect(alive(pid)).toBe(false);
    expect(states.at(-1)?.at).toBe('stopped');
  });

  it('is gone after a stop even if it listens to nothing', async () => {
    const { media, until, isRunning } = engine('silence', { DEAF: '1' });
    await until(isRunning(0));
    const pid = media.pid!;
    await media.stop();
    expect(alive(pid)).toBe(false);
  });
});
