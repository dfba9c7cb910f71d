import { describe, expect, it } from 'vitest';
import { userName } from './ids.js';

const sentence = (name: string) => userName.safeParse(name).error?.issues[0]?.message;

describe('a name', () => {
  it('may have dots anywhere', () => {
    for (const name of ['a', '.a', 'a.', '..-', 'anna.b', 'a'.repeat(32)]) {
      expect(userName.safeParse(name).success, name).toBe(true);
    }
  });

  it('made of dots alone is refused, since a path to it could not be asked for', () => {
    expect(new URL('/api/users/..', 'http://registry').pathname).toBe('/api/');
    for (const name of ['.', '..', '...']) {
      expect(sentence(name), name).toContain('not made of dots alone');
    }
  });

  it('of anything else is told what a name is', () => {
    for (const name of ['', 'Anna', 'a b', 'a/b', 'a'.repeat(33)]) {
      expect(sentence(name), name).toContain('1 to 32 of a-z');
    }
  });
});
