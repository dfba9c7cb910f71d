/**
 * The media thread beside programs that take all the processor they get, and beside a daemon of its
 * own that makes garbage all the time: paced devices (a file, silence), so that no sound server's
 * turns are in it. What counts is how many turns were lost, beside a call on the idle machine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectApi, type DaemonClient } from '../rig/api.js';
import { sleep } from '../rig/child.js';
import type { Daemon } from '../rig/daemon.js';
import { startRegistry } from '../rig/registry.js';
import { SPEAKERS, speechFile, TEXTS } from '../rig/speech.js';
import { connect, freshCounters, type Pair, startPair } from './pair.js';
import { Started } from './started.js';

const HOGS = 2;
const STRETCH_MS = 10_000;
/** Clients that ask for all of a daemon's state, one question after another. */
const ASKERS = 3;
/** Of the turns of 10 ms; engines may ask for a higher priority only where the user may. */
const MOST_LOST = process.getuid?.() === 0 ? 0.05 : 0.25;

const started = new Started();
let pair: Pair;
let idle: Lost;
let busy: Lost;

interface Lost {
  /** Share of the turns in which nothing was sent, of both ends. */
  sent: number;
  /** Share of the turns in which something had to be made up. */
  concealed: number;
}

beforeAll(async () => {
  const registry = await started.add(startRegistry());
  const input = `file:${await speechFile(TEXTS.alice, SPEAKERS.alice)}`;
  const wish = { input, output: 'silence' };
  pair = await startPair(started, { registry, seed: 12, codec: 'pcm48', alice: wish, bob: wish });
  await connect(pair);
  // Programs are compiled as they run: the first seconds are not the ones to compare.
  await sleep(5_000);
  idle = await lostIn(pair);
  const hogs = Array.from({ length: HOGS }, () =>
    spawn(process.execPath, ['-e', 'for (;;) ;'], { stdio: 'ignore' }),
  );
  const clients: DaemonClient[] = [];
  try {
    for (let n = 0; n < ASKERS; n++)
      clients.push(await connectApi(pair.alice.port, pair.alice.token));
    const asking = askOn(clients);
    busy = await lostIn(pair);
    await asking.stop();
  } finally {
    for (const hog of hogs) await ended(hog);
    for (const client of clients) await client.close();
  }
}, 90_000);
afterAll(() => started.stop());

describe('a call on a busy machine', () => {
  it('loses hardly a turn more than on an idle one', () => {
    expect(idle.sent).toBeLessThan(0.02);
    expect(busy.sent - idle.sent).toBeLessThan(MOST_LOST);
  });

  it('has hardly more to make up for what came late', () => {
    expect(busy.concealed - idle.concealed).toBeLessThan(2 * MOST_LOST);
  });
});

/** What both ends lose while the time passes. */
async function lostIn({ alice, bob }: Pair): Promise<Lost> {
  const count = async (daemon: Daemon) => {
    const counters = await freshCounters(daemon);
    return { at: performance.now(), ...counters };
  };
  const before = [await count(alice), await count(bob)];
  await sleep(STRETCH_MS);
  const after = [await count(alice), await count(bob)];
  let turns = 0;
  let sent = 0;
  let concealed = 0;
  for (const [n, from] of before.entries()) {
    const until = after[n]!;
    turns += (until.at - from.at) / 10;
    sent += until.sent - from.sent;
    concealed += until.concealed - from.concealed;
  }
  return { sent: 1 - sent / turns, concealed: concealed / turns };
}

/** Has each client ask for the history without a pause. */
function askOn(clients: readonly DaemonClient[]): { stop(): Promise<void> } {
  let isOver = false;
  const work = clients.map(async (client) => {
    while (!isOver) await client.history(1000);
  });
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(work);
    },
  };
}

async function ended(hog: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => hog.once('exit', resolve));
  hog.kill('SIGKILL');
  await gone;
}
