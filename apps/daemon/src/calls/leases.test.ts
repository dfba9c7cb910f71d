import { describe, expect, it } from 'vitest';
import { LeaseBook } from './leases.js';

describe('the book of leases', () => {
  it('begins at 0 and extends from where the engine is', () => {
    const book = new LeaseBook();
    const first = book.grant(0, 'audio');
    expect(first.send.from).toBe(0);
    expect(first.receive.from).toBe(0);
    const more = book.renew(0, 'audio', first.send.until - 10, 30);
    expect(more.sendUntil).toBeGreaterThan(first.send.until);
    expect(more.receiveUntil).toBeGreaterThan(first.receive.until);
  });

  it('gives a successor nothing that its predecessor may have used', () => {
    const book = new LeaseBook();
    book.grant(3, 'audio');
    const last = book.renew(3, 'audio', 400, 40);
    const next = book.grant(3, 'audio');
    expect(next.send.from).toBe(last.sendUntil);
    expect(next.receive.from).toBe(last.receiveUntil);
  });

  it('never takes back what it gave', () => {
    const book = new LeaseBook();
    const first = book.grant(0, 'control');
    const stale = book.renew(0, 'control', 0, 0);
    expect(stale.sendUntil).toBeGreaterThanOrEqual(first.send.until);
    expect(stale.receiveUntil).toBeGreaterThanOrEqual(first.receive.until);
  });

  it('stops at 2^20 packets under one key', () => {
    const book = new LeaseBook();
    expect(book.renew(0, 'audio', 2 ** 20 - 3, 0).sendUntil).toBe(2 ** 20);
    expect(book.grant(0, 'audio').send).toEqual({ from: 2 ** 20, until: 2 ** 20 });
  });

  it('begins again at 0 for a fresh key', () => {
    const book = new LeaseBook();
    book.grant(1, 'audio');
    book.forget(1);
    expect(book.grant(1, 'audio').send.from).toBe(0);
  });
});
