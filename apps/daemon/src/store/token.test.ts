import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openToken, readToken, TOKEN_FILE, tokenMatches } from './token.js';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-token-'));
  path = join(home, TOKEN_FILE);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('the token', () => {
  it('is 32 random bytes as hex, for the owner’s eyes, and the same at the next start', () => {
    const { token, warning } = openToken(home, randomBytes);
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(warning).toBeUndefined();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(openToken(home, randomBytes)).toEqual({ token });
    expect(readToken(home)).toBe(token);
  });

  it('is made anew, with a warning, if others could read it', () => {
    const { token } = openToken(home, randomBytes);
    chmodSync(path, 0o640);
    const again = openToken(home, randomBytes);
    expect(again.token).not.toBe(token);
    expect(again.warning).toContain(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readToken(home)).toBe(again.token);
  });

  it('is made anew if it is damaged', () => {
    writeFileSync(path, 'abc', { mode: 0o600 });
    expect(() => readToken(home)).toThrow(/kyberline daemon/);
    expect(openToken(home, randomBytes).token).toHaveLength(64);
  });

  it('that is not there is a sentence for the command', () => {
    expect(() => readToken(home)).toThrow(/no daemon has run there/);
  });

  it('matches itself and nothing else', () => {
    const token = 'ab'.repeat(32);
    expect(tokenMatches(token, token)).toBe(true);
    for (const other of ['', 'ab', `${'ab'.repeat(31)}ac`, `${token}\0`, undefined, 7, [token]]) {
      expect(tokenMatches(other, token)).toBe(false);
    }
  });
});
