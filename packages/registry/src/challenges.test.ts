import type { UserName } from '@kyberline/shared/ids';
import { describe, expect, it } from 'vitest';
import { CHALLENGE_MS, Challenges } from './challenges.js';

const asked = (change = {}) => ({
  username: 'alice' as UserName,
  bundle: 'AAAA',
  machine_id: 'ab'.repeat(16),
  ...change,
});

describe('a challenge', () => {
  it('is good once, within two minutes', () => {
    const challenges = new Challenges(10);
    challenges.issue('a', asked(), 0);
    challenges.issue('b', asked(), 0);
    expect(challenges.take('a', asked(), CHALLENGE_MS - 1)).toBe(true);
    expect(challenges.take('a', asked(), CHALLENGE_MS - 1)).toBe(false);
    expect(challenges.take('b', asked(), CHALLENGE_MS)).toBe(false);
    expect(challenges.take('invented', asked(), 0)).toBe(false);
  });

  it.each([{ username: 'bob' }, { bundle: 'BBBB' }, { machine_id: 'cd'.repeat(16) }])(
    'is not good for another request: %o',
    (change) => {
      const challenges = new Challenges(10);
      challenges.issue('a', asked(), 0);
      expect(challenges.take('a', asked(change), 0)).toBe(false);
      expect(challenges.size).toBe(0);
    },
  );

  it('may be lost to newer ones, for their number is bounded', () => {
    const challenges = new Challenges(2);
    for (const one of ['a', 'b', 'c']) challenges.issue(one, asked(), 0);
    expect(challenges.size).toBe(2);
    expect(challenges.take('a', asked(), 0)).toBe(false);
    expect(challenges.take('c', asked(), 0)).toBe(true);
  });
});
