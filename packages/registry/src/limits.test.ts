import { describe, expect, it } from 'vitest';
import { addressKey, SlidingWindows } from './limits.js';

describe('a sliding window', () => {
  /** How many of `asked`, one every `everyMs`, pass. */
  const passing = (windows: SlidingWindows, asked: number, everyMs: number, from = 0) =>
    Array.from({ length: asked }, (_, n) => windows.take('a', from + n * everyMs)).filter(
      (wait) => wait === undefined,
    ).length;

  it('lets a key pass so many times, then refuses it', () => {
    const windows = new SlidingWindows(3, 1_000, 10);
    expect([1, 2, 3].map(() => windows.take('a', 0))).toEqual([undefined, undefined, undefined]);
    expect(windows.take('a', 0)).toBe(1);
  });

  it('never lets more than its limit through in any minute, the first included', () => {
    const windows = new SlidingWindows(10, 60_000, 10);
    expect(passing(windows, 600, 100)).toBe(10);
    const late = new SlidingWindows(10, 60_000, 10);
    expect(passing(late, 10, 0, 59_000)).toBe(10);
    expect(passing(late, 590, 100, 60_000)).toBe(0);
    expect(late.take('a', 119_000)).toBeUndefined();
  });

  it('lets the whole limit through every minute', () => {
    expect(passing(new SlidingWindows(10, 60_000, 10), 600, 1_000)).toBe(100);
  });

  it('says how long to wait', () => {
    const windows = new SlidingWindows(10, 60_000, 10);
    for (let n = 0; n < 10; n++) windows.take('a', n * 1_000);
    expect(windows.take('a', 9_000)).toBe(51);
    expect(windows.take('a', 59_999)).toBe(1);
    expect(windows.take('a', 60_000)).toBeUndefined();
  });

  it('keeps keys apart', () => {
    const windows = new SlidingWindows(1, 1_000, 10);
    windows.take('a', 0);
    expect(windows.take('a', 0)).toBe(1);
    expect(windows.take('b', 0)).toBeUndefined();
  });

  it('holds a bounded number of keys and forgets the one untouched longest', () => {
    const windows = new SlidingWindows(1, 1_000_000, 3);
    for (const key of ['a', 'b', 'c']) windows.take(key, 0);
    windows.take('a', 0);
    windows.take('d', 0);
    expect(windows.size).toBe(3);
    expect(windows.take('a', 0)).toBeGreaterThan(0);
    expect(windows.take('b', 0)).toBeUndefined();
  });

  it('gains nothing from a clock that is set back, and goes on from there', () => {
    const windows = new SlidingWindows(1, 1_000, 10);
    windows.take('a', 100_000);
    expect(windows.take('a', 50_000)).toBe(1);
    expect(windows.take('a', 51_000)).toBeUndefined();
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
