import { describe, expect, it } from 'vitest';
import { clock, dayName, spokenLength } from './time';

describe('lengths and days', () => {
  it('writes a length as a clock does', () => {
    expect([0, 7, 65, 723, 3723].map(clock)).toEqual(['0:00', '0:07', '1:05', '12:03', '1:02:03']);
  });

  it('never shows a negative length when two clocks disagree', () => {
    expect(clock(-3)).toBe('0:00');
  });

  it('says a length in words', () => {
    expect(spokenLength(1)).toBe('1 second');
    expect(spokenLength(65)).toBe('1 minute 5 seconds');
    expect(spokenLength(3660)).toBe('1 hour 1 minute');
    expect(spokenLength(0)).toBe('0 seconds');
  });

  it('names today and yesterday by the calendar, not by 24 hours', () => {
    const now = new Date(2026, 2, 10, 0, 30).getTime();
    expect(dayName(new Date(2026, 2, 10, 0, 5).getTime(), now)).toBe('Today');
    expect(dayName(new Date(2026, 2, 9, 23, 55).getTime(), now)).toBe('Yesterday');
    expect(dayName(new Date(2026, 2, 8, 12, 0).getTime(), now, 'en-GB')).toBe('Sunday 8 March');
    expect(dayName(new Date(2025, 11, 31).getTime(), now, 'en-GB')).toContain('2025');
  });
});
