import { describe, expect, it } from 'vitest';
import { columns, grouped, length, moment } from './columns.js';

describe('plain text', () => {
  it('has columns as wide as their widest cell, and nothing after the last', () => {
    const rows = [
      ['NAME', '', 'KEY'],
      ['alexandra', 'here', 'verified'],
      ['bob', 'away', ''],
    ];
    expect(columns(rows)).toBe(
      ['NAME             KEY', 'alexandra  here  verified', 'bob        away'].join('\n'),
    );
    expect(columns([])).toBe('');
  });

  it('writes lengths as people read them', () => {
    expect([0, 7.9, 65, 3599, 3600, 36_061, -3].map(length)).toEqual([
      '0:00',
      '0:07',
      '1:05',
      '59:59',
      '1:00:00',
      '10:01:01',
      '0:00',
    ]);
  });

  it('writes times in the local zone', () => {
    const at = new Date(2026, 2, 7, 9, 5, 59);
    expect(moment(at.getTime())).toBe('2026-03-07 09:05');
  });

  it('writes fingerprints in groups of four', () => {
    expect(grouped('0123456789ab')).toBe('0123 4567 89ab');
  });
});
