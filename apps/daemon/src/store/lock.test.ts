import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCK_FILE, lockHome } from './lock.js';

let home: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(home, { recursive: true, force: true });
});

/** A process of its own that takes the lock and holds it; resolves with what it says. */
async function holder(): Promise<{ child: ChildProcess; says: string }> {
  const script = `
    const lock = new (require('better-sqlite3'))(process.argv[1], { timeout: 0 });
    try { lock.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1e6); }
    catch (error) { console.log(error.code); }`;
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const child = spawn(process.execPath, ['-e', script, join(home, LOCK_FILE)], { cwd });
  children.push(child);
  const [chunk] = await once(child.stdout, 'data');
  return { child, says: String(chunk).trim() };
}

describe('the lock of a data folder', () => {
  it('is refused in words while this process holds it, and free after it was released', () => {
    const lock = lockHome(home);
    expect(() => lockHome(home)).toThrow(new RegExp(`running on ${home}.*--home`));
    lock.release();
    lockHome(home).release();
  });

  it('is refused to another process, and to this one by another', async () => {
    const lock = lockHome(home);
    expect((await holder()).says).toBe('SQLITE_BUSY');
    lock.release();
    expect((await holder()).says).toBe('held');
    expect(() => lockHome(home)).toThrow(/Another Kyberline daemon/);
  });

  it('is free the moment its holder was killed with kill -9', async () => {
    for (let round = 0; round < 5; round++) {
      const { child, says } = await holder();
      expect(says).toBe('held');
      child.kill('SIGKILL');
      await once(child, 'exit');
      lockHome(home).release();
    }
  });

  it('goes to exactly one of several that start at once', async () => {
    const said = (await Promise.all([holder(), holder(), holder(), holder()])).map((h) => h.says);
    expect(said.filter((says) => says === 'held')).toHaveLength(1);
    expect(said.filter((says) => says === 'SQLITE_BUSY')).toHaveLength(3);
  });

  it('of a folder that is not there is a sentence', () => {
    expect(() => lockHome(join(home, 'none'))).toThrow(/cannot be locked/);
  });
});
