/**
 * A script with nothing but the `kyberline` command, as one would write it in a shell: two daemons on one
 * machine (KYBERLINE_HOME), a call between them from the first ring to the history, and the exit codes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HistoryEntry, historyEntry } from '@kyberline/shared/history';
import { type SnapshotEvent, snapshotEvent, stateSnapshot } from '@kyberline/shared/snapshot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Child, eventually, startChild } from '../rig/child.js';
import { type CommandResult, KYBERLINE, kyberline, plainEnv } from '../rig/kyberline.js';
import { freeTcpPort } from '../rig/ports.js';
import { Started } from './started.js';

const READY_MS = 20_000;
const SOON_MS = 15_000;

type Who = 'alice' | 'bob' | 'carol';

describe('a script with nothing but the kyberline command', () => {
  const started = new Started();
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-cli-'));
  const env = (who: Who) => plainEnv({ KYBERLINE_HOME: join(folder, who) });
  const run = (who: Who, ...args: string[]) => kyberline(args, env(who));
  const json = async (who: Who, ...args: string[]): Promise<unknown> => {
    const { code, stdout, output } = await run(who, ...args, '--json');
    expect(code, output).toBe(0);
    return JSON.parse(stdout);
  };
  const state = async (who: Who) => stateSnapshot.parse(await json(who, 'status'));
  /** Of the newest call: one that has ended is still shown for a while, in front of it. */
  const phaseOf = async (who: Who) => (await state(who)).calls.at(-1)?.phase;
  const daemons: Partial<Record<Who, Child>> = {};
  let watch: { child: Child; events: SnapshotEvent[] };
  let registryPort: number;

  beforeAll(async () => {
    registryPort = await freeTcpPort();
    const db = join(folder, 'registry.db');
    await background('alice', 'registry ready', [
      ...['registry', '--host', '127.0.0.1', '--port', String(registryPort), '--db', db],
    ]);
    for (const who of ['alice', 'bob'] as const) {
      daemons[who] = await startDaemon(who, '0');
    }
  }, 60_000);
  afterAll(async () => {
    await started.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** `kyberline ARGS &`, and wait for its line. */
  async function background(who: Who, line: string, args: string[]): Promise<Child> {
    const child = await started.add(
      startChild(process.execPath, [KYBERLINE, ...args], { env: env(who) }),
    );
    await eventually(`${args[0]} says "${line}"`, READY_MS, () => {
      if (!child.isRunning()) throw new Error(`${args[0]} ended:\n${child.output()}`);
      return child.output().includes(line);
    });
    return child;
  }

  it('registers two people, who see each other', async () => {
    for (const who of ['alice', 'bob'] as const) {
      expect(await json(who, 'register', who)).toMatchObject({ name: who, registered: true });
    }
    await eventually('alice sees bob', SOON_MS, async () =>
      ((await json('alice', 'people')) as { name: string; online: boolean }[]).some(
        ({ name, online }) => name === 'bob' && online,
      ),
    );
  });

  it('places a call, has it answered and compares the words', async () => {
    watch = await watching('bob');
    const placed = (await json('alice', 'call', 'bob')) as { callId: string };
    await eventually('it rings', SOON_MS, async () => (await phaseOf('bob')) === 'ringing-here');
    expect(await run('bob', 'answer')).toMatchObject({ code: 0, stdout: 'Answered.\n' });
    await eventually('they talk', SOON_MS, async () => (await phaseOf('alice')) === 'active');
    await eventually('they talk', SOON_MS, async () => (await phaseOf('bob')) === 'active');
    const words = (await json('alice', 'words')) as { callId: string; words: string[] };
    expect(words.callId).toBe(placed.callId);
    expect(words.words).toHaveLength(4);
    expect(await json('bob', 'words')).toMatchObject({ words: words.words });
  });

  it('mutes and unmutes, and the other side is told', async () => {
    expect((await run('alice', 'mute')).code).toBe(0);
    await eventually('bob is told', SOON_MS, () => lastCall()?.peerMuted === true);
    expect((await state('alice')).calls[0]?.muted).toBe(true);
    expect((await run('alice', 'unmute')).code).toBe(0);
    await eventually('bob is told', SOON_MS, () => lastCall()?.peerMuted === false);
  });

  it('hangs up, and both histories have the call with its length', async () => {
    expect(await run('alice', 'hangup')).toMatchObject({ code: 0, stdout: 'Hung up.\n' });
    await eventually('bob is told', SOON_MS, () => lastCall()?.phase === 'ended');
    const [mine] = await history('alice');
    const [theirs] = await history('bob');
    expect(mine).toMatchObject({ peer: 'bob', direction: 'outgoing', endReason: 'hung-up-by-me' });
    expect(theirs).toMatchObject({
      peer: 'alice',
      direction: 'incoming',
      endReason: 'hung-up-by-them',
    });
    for (const row of [mine, theirs]) {
      expect(row?.durationSeconds).toBeGreaterThan(0);
      expect(row!.endedAt! - row!.connectedAt!).toBeGreaterThan(500 * row!.durationSeconds);
    }
  });

  it('has watched it all, one JSON line an event', async () => {
    await watch.child.stop();
    expect(await watch.child.ended).toMatchObject({ code: 0 });
    const phases = watch.events.flatMap((event) =>
      event.type === 'state' ? event.state.calls.map(({ phase }) => phase) : [],
    );
    const seen = phases.filter((phase, index) => phase !== phases[index - 1]);
    expect(seen).toEqual(['ringing-here', 'connecting', 'active', 'ended']);
    const kinds = new Set(watch.events.map(({ type }) => type));
    expect([...kinds].sort()).toEqual(['counters', 'levels', 'state']);
  });

  it('waits for a call that is declined, and fails with the reason', async () => {
    const waiting = run('alice', 'call', 'bob', '--wait');
    await eventually('it rings', SOON_MS, async () => (await phaseOf('bob')) === 'ringing-here');
    expect((await run('bob', 'reject')).code).toBe(0);
    const { code, output } = await waiting;
    expect(output).toContain('bob declined the call.');
    expect(code).toBe(1);
    const nobody = await run('alice', 'call', 'nobody-here', '--wait');
    expect(nobody.output).toContain('Nobody is registered as nobody-here.');
    expect(nobody.code).toBe(1);
  });

  it('exits with 1 and a sentence for what cannot be done', async () => {
    await expectFailure(run('bob', 'answer'), 1, 'no call that could be answered');
    await expectFailure(run('bob', 'hangup'), 1, 'no call that could be hung up');
    await expectFailure(run('alice', 'call', 'alice'), 1, 'your own name');
    await expectFailure(run('alice', 'register', 'bob'), 1, 'bob');
    await expectFailure(run('alice', 'daemon', '--port', '0', '--udp-port', '0'), 1, '');
  });

  it('says before a call which UDP port is taken, for nobody could reach it', async () => {
    const { udpPort } = (await state('bob')).engine;
    await startDaemon('carol', String(udpPort));
    await expectFailure(run('carol', 'call', 'echo'), 1, `UDP port ${udpPort}`);
  });

  it('exits with 2 for wrong use and with 0 for help', async () => {
    await expectFailure(run('alice', 'call', 'Not A Name'), 2, 'NAME takes 1 to 32 of a-z');
    await expectFailure(run('alice', 'dance'), 2, 'dance');
    await expectFailure(run('alice', 'history', '--limit', 'many'), 2, '--limit');
    for (const help of [['--help'], ['call', '--help'], ['watch', '--help']]) {
      const { code, stdout } = await run('alice', ...help);
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: kyberline');
    }
  });

  it('stops a daemon, after which a command says that none is running', async () => {
    await daemons.alice!.stop();
    expect(await daemons.alice!.ended).toMatchObject({ code: 0 });
    await expectFailure(run('alice', 'status'), 1, 'No Kyberline daemon is running');
  });

  function startDaemon(who: Who, udpPort: string): Promise<Child> {
    return background(who, 'daemon ready', [
      ...['daemon', '--port', '0', '--udp-port', udpPort],
      ...['--input', 'silence', '--output', 'silence'],
      ...['--registry', `127.0.0.1:${registryPort}`],
    ]);
  }

  async function history(who: Who): Promise<HistoryEntry[]> {
    return historyEntry.array().parse(await json(who, 'history'));
  }

  function lastCall() {
    const last = watch.events.findLast((event) => event.type === 'state');
    return last?.type === 'state' ? last.state.calls[0] : undefined;
  }

  /** `kyberline watch --json &`, each line parsed as it comes. */
  async function watching(who: Who) {
    const events: SnapshotEvent[] = [];
    const child = await started.add(
      startChild(process.execPath, [KYBERLINE, 'watch', '--json'], { env: env(who) }),
    );
    let rest = '';
    child.process.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(snapshotEvent.parse(JSON.parse(line)));
    });
    await eventually('the first event', SOON_MS, () => events.length > 0);
    return { child, events };
  }
});

async function expectFailure(
  running: Promise<CommandResult>,
  code: number,
  sentence: string,
): Promise<void> {
  const result = await running;
  expect(result.output).toContain(sentence);
  expect(result.code, result.output).toBe(code);
  expect(result.stdout).toBe('');
}
