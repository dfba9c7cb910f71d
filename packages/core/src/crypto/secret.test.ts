import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.js';

it('gives its bytes until it is erased, then throws', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const secret = new Secret(bytes);
  expect(secret.bytes).toBe(bytes);
  secret.erase();
  expect(bytes).toEqual(new Uint8Array(3));
  expect(secret.erased).toBe(true);
  expect(() => secret.bytes).toThrow('after it was erased');
  secret.erase();
});

it('never prints its bytes', () => {
  const secret = new Secret(Uint8Array.of(77, 78, 79));
  const printed = [
    inspect(secret),
    inspect({ nested: { secret } }, { depth: 9, showHidden: true }),
    JSON.stringify({ secret }),
    `${secret}`,
  ];
  for (const text of printed) {
    expect(text).toContain('[secret]');
    expect(text).not.toMatch(/77|4d/);
  }
});
