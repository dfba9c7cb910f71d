import { describe, expect, it } from 'vitest';
import { NONCE_KEPT_MS, NonceCache } from './nonces.js';

describe('a nonce', () => {
  it('is fresh once, for 120 s to the last millisecond', () => {
    const nonces = new NonceCache(10);
    expect(nonces.add('a', 0)).toBe('fresh');
    expect(nonces.add('a', NONCE_KEPT_MS)).toBe('replayed');
    expect(nonces.add('a', NONCE_KEPT_MS + 1)).toBe('fresh');
  });

  it('is known for as long as it is remembered, and not by being asked for', () => {
    const nonces = new NonceCache(10);
    expect(nonces.knows('a', 0)).toBe(false);
    expect(nonces.add('a', 0)).toBe('fresh');
    expect(nonces.knows('a', NONCE_KEPT_MS)).toBe(true);
    expect(nonces.knows('a', NONCE_KEPT_MS + 1)).toBe(false);
  });

  it('is refused where it could not be remembered', () => {
    const nonces = new NonceCache(2);
    nonces.add('a', 0);
    nonces.add('b', 1);
    expect(nonces.add('c', 2)).toBe('full');
    expect(nonces.add('a', 2)).toBe('replayed');
    expect(nonces.add('c', NONCE_KEPT_MS + 1)).toBe('fresh');
    expect(nonces.size).toBe(2);
  });
});
