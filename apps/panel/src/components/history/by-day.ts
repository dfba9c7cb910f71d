/** The history cut into days, newest first. */
import type { HistoryEntry } from '@kyberline/shared/history';
import { dayName } from '../../words/time';

export type HistoryDay = { name: string; entries: HistoryEntry[] };

/** `entries` in any order; `now` in Unix ms decides what "Today" is. */
export function byDay(entries: readonly HistoryEntry[], now: number): HistoryDay[] {
  const days: HistoryDay[] = [];
  for (const entry of [...entries].sort((a, b) => b.startedAt - a.startedAt)) {
    const name = dayName(entry.startedAt, now);
    const last = days.at(-1);
    if (last?.name === name) last.entries.push(entry);
    else days.push({ name, entries: [entry] });
  }
  return days;
}
