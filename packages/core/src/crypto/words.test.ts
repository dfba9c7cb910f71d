import { describe, expect, it } from 'vitest';
import { toHex } from './bytes.js';
import { EMOJI } from './emoji-list.js';
import { expand, sha256 } from './kdf.js';
import { WORDS } from './word-list.js';
import { shortAuthentication } from './words.js';

/** Letters to change, add or drop to get from one word to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

describe('the word list', () => {
  it('holds 256 different words of 4 to 8 letters', () => {
    expect(new Set(WORDS).size).toBe(256);
    expect(WORDS).toHaveLength(256);
    for (const word of WORDS) expect(word).toMatch(/^[a-z]{4,8}$/);
  });

  it('tells words apart by their first four letters, and by two letters at least', () => {
    expect(new Set(WORDS.map((word) => word.slice(0, 4))).size).toBe(256);
    for (const [at, word] of WORDS.entries()) {
      for (const other of WORDS.slice(at + 1)) expect(distance(word, other)).toBeGreaterThan(1);
    }
  });

  it('never changes, because both ends must hold the same', () => {
    const digest = (list: readonly string[]) =>
      toHex(sha256(new TextEncoder().encode(list.join(' '))));
    expect(digest(WORDS)).toMatchInlineSnapshot(
      `"ed6c1d23e45cd2475f7a0a9cf8da0a166d22ee2fce4792cf336a9240014bcd9f"`,
    );
    expect(digest(EMOJI)).toMatchInlineSnapshot(
      `"128ae5c5fa7007afd742a1032ba20b99c0b1f375125888dcc3687f8230414ff6"`,
    );
  });
});

describe('the emoji list', () => {
  it('holds 256 different single code points that are drawn in colour', () => {
    expect(new Set(EMOJI).size).toBe(256);
    expect(EMOJI).toHaveLength(256);
    for (const emoji of EMOJI) expect(emoji).toMatch(/^\p{Emoji_Presentation}$/u);
  });
});

describe('short authentication string', () => {
  const ms = new Uint8Array(32).fill(1);
  const th3 = new Uint8Array(32).fill(2);

  it('is the first four bytes of the derived string, as words and as emoji', () => {
    const bytes = [...expand(ms, 'sas', th3).subarray(0, 4)];
    const { words, emoji } = shortAuthentication(ms, th3);
    expect(words).toEqual(bytes.map((byte) => WORDS[byte]));
    expect(emoji).toEqual(bytes.map((byte) => EMOJI[byte]));
  });

  it('depends on the master secret and on the transcript', () => {
    const other = new Uint8Array(32).fill(3);
    const { words } = shortAuthentication(ms, th3);
    expect(shortAuthentication(other, th3).words).not.toEqual(words);
    expect(shortAuthentication(ms, other).words).not.toEqual(words);
  });
});
