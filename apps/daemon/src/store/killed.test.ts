/** What is in the history after kill -9: a real process, killed while it writes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.js';
import { openHistory } from './history.js';

const BUILT = new URL('../../dist/store/', import.meta.url);

/** Writes calls for ever and says each step on stdout once the store has taken it. */
const WRITER = `
  import { writeSync } from 'node:fs';
  const [built, home, round] = process.argv.slice(1);
  const { openDatabase } = await import(built + 'database.js');
  const { openHistory } = await import(built + 'history.js');
  const history = openHistory(openDatabase(home));
  for (let n = 0; ; n++) {
    const callId = (round * 1e6 + n).toString(16).padStart(32, '0');
    const direction = n % 2 ? 'incoming' : 'outgoing';
    const call = { callId, registryId: 'aa'.repeat(16), peer: 'bob', direction, startedAt: 1000 };
    const did = (step) => writeSync(1, callId + ' ' + step + '\\n');
    history.started(call); did('started');
    history.connected(callId, 2000); did('connected');
    history.alive(callId, 5000); did('alive');
    history.ended(call, 'hung-up-by-me', 9000); did('ended');
  }`;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-killed-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Lets the writer write for `ms` after its first step, kills it, gives back what it said. */
async function writeAndDie(round: number, ms: number): Promise<string[]> {
  const args = ['--input-type=module', '-e', WRITER, BUILT.href, home, String(round)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), ms);
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const [, signal] = await once(child, 'close');
  expect(`${signal} ${complaint}`).toBe('SIGKILL ');
  return said.split('\n').slice(0, -1);
}

describe('a history whose program was killed', () => {
  it('has every step that was taken, whole, whenever the kill came', async () => {
    if (!existsSync(new URL('history.js', BUILT))) {
      throw new Error(`${fileURLToPath(BUILT)} is not built: run "npx turbo run build" first`);
    }
    const unfinished = new Set<string>();
    for (let round = 1; round <= 8; round++) {
      const said = await writeAndDie(round, Math.random() * 120);
      expect(said.length).toBeGreaterThan(0);

      const db = openDatabase(home);
      const history = openHistory(db);
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      history.closeUnfinished(8_000_000);
      const rows = new Map(history.list(100_000).map((row) => [row.callId as string, row]));
      for (const line of said) {
        const [callId = '', step] = line.split(' ');
        const row = rows.get(callId);
        expect(row, line).toBeDefined();
        if (step !== 'started') expect(row?.connectedAt, line).toBe(2000);
        if (step === 'ended')
          expect(row, line).toMatchObject({ endReason: 'hung-up-by-me', endedAt: 9000 });
      }
      for (const row of rows.values()) {
        expect(row.endReason).toBeDefined();
        if (row.endReason !== 'hung-up-by-me') unfinished.add(row.endReason!);
      }
      // The kill can hit one call at most.
      const cut = [...rows.values()].filter((row) => row.endReason !== 'hung-up-by-me');
      expect(cut.length).toBeLessThanOrEqual(round);
      db.close();
    }
    for (const reason of unfinished) expect(['missed', 'program-stopped-here']).toContain(reason);
  });
});
