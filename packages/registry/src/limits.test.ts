import { describe, expect, it } from 'vitest';
import { addressKey, TokenBuckets } from './limits.js';

describe('token buckets', () => {
  it('let a key spend its capacity at once, then refuse it', () => {
    const buckets = new TokenBuckets(3, 1, 10);
    expect([1, 2, 3].map(() => buckets.take('a', 0))).toEqual([undefined, undefined, undefined]);
    expect(buckets.take('a', 0)).toBe(1);
  });

  it('give tokens back with time, and never more than the capacity', () => {
    const buckets = new TokenBuckets(2, 1, 10);
    buckets.take('a', 0);
    buckets.take('a', 0);
    expect(buckets.take('a', 999)).toBe(1);
    expect(buckets.take('a', 1000)).toBeUndefined();
    const later = [1, 2, 3].map(() => buckets.take('a', 3_600_000));
    expect(later).toEqual([undefined, undefined, 1]);
  });

  it('say how long to wait', () => {
    const perMinute = new TokenBuckets(10, 10 / 60, 10);
    for (let i = 0; i < 10; i++) perMinute.take('a', 0);
    expect(perMinute.take('a', 0)).toBe(6);
    expect(perMinute.take('a', 6_000)).toBeUndefined();
  });

  it('keep keys apart', () => {
    const buckets = new TokenBuckets(1, 1, 10);
    buckets.take('a', 0);
    expect(buckets.take('a', 0)).toBe(1);
    expect(buckets.take('b', 0)).toBeUndefined();
  });

  it('hold a bounded number of keys and forget the one untouched longest', () => {
    const buckets = new TokenBuckets(1, 0.001, 3);
    for (const key of ['a', 'b', 'c']) buckets.take(key, 0);
    buckets.take('a', 0);
    buckets.take('d', 0);
    expect(buckets.size).toBe(3);
    expect(buckets.take('a', 0)).toBeGreaterThan(0);
    expect(buckets.take('b', 0)).toBeUndefined();
  });

  it('earn nothing from a clock that is set back, and go on from there', () => {
    const buckets = new TokenBuckets(1, 1, 10);
    buckets.take('a', 100_000);
    expect(buckets.take('a', 50_000)).toBe(1);
    expect(buckets.take('a', 51_000)).toBeUndefined();
  });
});

describe('the key of an address', () => {
  it('is the same for IPv4 however the socket writes it', () => {
    expect(addressKey('192.0.2.7')).toBe('192.0.2.7');
    expect(addressKey('::ffff:192.0.2.7')).toBe('192.0.2.7');
  });

  it('is the first 64 bits of IPv6', () => {
    expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressKey('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64');
    expect(addressKey('2001:0db8:0001:0002::')).toBe('2001:db8:1:2::/64');
    expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
    expect(addressKey('::1')).toBe('0:0:0:0::/64');
  });

  it('is whatever was there where it is no address', () => {
    expect(addressKey('')).toBe('');
    expect(addressKey('unknown')).toBe('unknown');
  });
});
