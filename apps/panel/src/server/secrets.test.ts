import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bearerMatches, loadPanelSecret, readDaemonToken } from './secrets.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kyberline-panel-'));
});
afterEach(() => rm(home, { recursive: true }));

describe('the secret of the cookies', () => {
  it('is made once and read from then on', async () => {
    const made = await loadPanelSecret(home);
    expect(made).toHaveLength(32);
    expect(await loadPanelSecret(home)).toEqual(made);
  });

  it('can be read by its owner alone', async () => {
    const folder = join(home, 'new');
    await loadPanelSecret(folder);
    expect((await stat(join(folder, 'panel-secret'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('is the same for servers that start at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => loadPanelSecret(home)));
    const text = await readFile(join(home, 'panel-secret'), 'utf8');
    for (const secret of all) expect(Buffer.from(secret).toString('hex')).toBe(text.trim());
  });

  it('is refused with a sentence when the file is damaged', async () => {
    await writeFile(join(home, 'panel-secret'), 'abc');
    await expect(loadPanelSecret(home)).rejects.toThrow(/panel-secret cannot be used/);
  });
});

describe("the daemon's token", () => {
  const token = 'a1'.repeat(32);

  it('is read as it is now, and absent before the daemon has written it', async () => {
    expect(await readDaemonToken(home)).toBeUndefined();
    await writeFile(join(home, 'token'), `${token}\n`);
    expect(await readDaemonToken(home)).toBe(token);
    await writeFile(join(home, 'token'), 'not a token');
    expect(await readDaemonToken(home)).toBeUndefined();
  });

  it('is compared with the header as a whole', () => {
    expect(bearerMatches(`Bearer ${token}`, token)).toBe(true);
    expect(bearerMatches(`bearer ${token}`, token)).toBe(true);
    expect(bearerMatches(`Bearer ${token.slice(1)}`, token)).toBe(false);
    expect(bearerMatches(`Bearer ${token}0`, token)).toBe(false);
    expect(bearerMatches(`Basic ${token}`, token)).toBe(false);
    expect(bearerMatches(token, token)).toBe(false);
    expect(bearerMatches(undefined, token)).toBe(false);
  });
});
