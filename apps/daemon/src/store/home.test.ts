import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHome } from './home.js';
import { DAEMON_FILE, readRunning, removeRunning, writeRunning } from './running.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('the data folder', () => {
  it('is made for its owner only', () => {
    const fresh = join(home, 'share', 'kyberline');
    expect(openHome(fresh)).toBeUndefined();
    expect(statSync(fresh).mode & 0o777).toBe(0o700);
  });
});

describe('where the daemon listens', () => {
  it('is told to the command as long as it runs', () => {
    expect(readRunning(home)).toBeUndefined();
    writeRunning(home, { apiPort: 4747, pid: 12 });
    expect(readRunning(home)).toEqual({ apiPort: 4747, pid: 12 });
    removeRunning(home);
    expect(readRunning(home)).toBeUndefined();
    removeRunning(home);
  });

  it('is unknown if the file is damaged', () => {
    for (const text of ['', '{', '{"apiPort":0,"pid":1}', '[]', 'null']) {
      writeFileSync(join(home, DAEMON_FILE), text);
      expect(readRunning(home), text).toBeUndefined();
    }
  });
});
