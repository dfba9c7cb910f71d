import type { HistoryEntry } from '@kyberline/shared/history';
import { describe, expect, it } from 'vitest';
import { byDay } from './by-day';

const at = (hour: number, day = 10) =>
  ({ startedAt: new Date(2026, 2, day, hour).getTime() }) as HistoryEntry;

describe('the history by day', () => {
  it('puts the newest day and the newest call first', () => {
    const now = new Date(2026, 2, 10, 20).getTime();
    const days = byDay([at(23, 9), at(9), at(18)], now);
    expect(days.map((day) => day.name)).toEqual(['Today', 'Yesterday']);
    expect(days[0]?.entries.map((e) => new Date(e.startedAt).getHours())).toEqual([18, 9]);
  });

  it('is empty without calls', () => {
    expect(byDay([], 0)).toEqual([]);
  });
});
