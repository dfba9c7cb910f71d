import { describe, expect, it } from 'vitest';
import { LeaseBook } from './leases.js';

describe('the book of leases', () => {
  it('begins at 0 and extends from where the engine is', () => {
    const book = new LeaseBook();
    const first = book.grant(0, 'audio', 'send');
    expect(first.from).toBe(0);
    expect(book.renew(0, 'audio', 'send', first.until - 10)).toBeGreaterThan(first.until);
  });

  it('counts each direction and each stream by itself', () => {
    const book = new LeaseBook();
    book.grant(0, 'audio', 'receive');
    expect(book.grant(0, 'audio', 'send').from).toBe(0);
    expect(book.grant(0, 'control', 'receive').from).toBe(0);
    expect(book.grant(1, 'audio', 'receive').from).toBe(0);
  });

  it('gives a successor nothing that its predecessor may have used', () => {
    const book = new LeaseBook();
    for (const direction of ['send', 'receive'] as const) {
      book.grant(3, 'audio', direction);
      const last = book.renew(3, 'audio', direction, 400);
      expect(book.grant(3, 'audio', direction).from).toBe(last);
    }
  });

  it('never takes back what it gave', () => {
    const book = new LeaseBook();
    const first = book.grant(0, 'control', 'send');
    expect(book.renew(0, 'control', 'send', 0)).toBe(first.until);
  });

  it('stops at 2^20 packets under one key', () => {
    const book = new LeaseBook();
    expect(book.renew(0, 'audio', 'send', 2 ** 20 - 3)).toBe(2 ** 20);
    expect(book.grant(0, 'audio', 'send')).toEqual({ from: 2 ** 20, until: 2 ** 20 });
  });

  it('begins again at 0 for a fresh key', () => {
    const book = new LeaseBook();
    book.grant(1, 'audio', 'receive');
    book.forget(1, 'receive');
    expect(book.grant(1, 'audio', 'receive').from).toBe(0);
  });
});
