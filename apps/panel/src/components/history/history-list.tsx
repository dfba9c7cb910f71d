'use client';
/** The history page: calls by day. */
import type { HistoryEntry } from '@kyberline/shared/history';
import type { UserName } from '@kyberline/shared/ids';
import { useNow } from '../call/use-now';
import { byDay } from './by-day';
import { HistoryRow } from './history-row';

type Props = { entries: readonly HistoryEntry[]; onRedial: (name: UserName) => void };

export function HistoryList({ entries, onRedial }: Props) {
  const now = useNow(60_000);
  if (entries.length === 0) return <NoCallsYet />;
  return (
    <div className="grid grid-cols-1 gap-9">
      {byDay(entries, now).map((day) => (
        <section key={day.name} aria-label={day.name}>
          <h2 className="text-sm font-medium text-soft">{day.name}</h2>
          {/* biome-ignore lint/a11y/noRedundantRoles: Safari forgets lists without bullets */}
          <ul role="list" className="mt-1 divide-y divide-line">
            {day.entries.map((entry) => (
              <HistoryRow key={entry.callId} entry={entry} onRedial={() => onRedial(entry.peer)} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function NoCallsYet() {
  return (
    <div className="grid grid-cols-1 justify-items-center gap-6 rounded-3xl border border-dashed border-line px-6 py-14 text-center">
      <svg viewBox="0 0 220 40" className="h-10 w-56" fill="none" aria-hidden="true">
        <path
          d="M6 20h36M54 20v.01M66 20v.01M78 20v.01M90 20v.01M102 20v.01M114 20v.01M126 20v.01M138 20v.01M150 20v.01M162 20v.01M178 20h36"
          className="stroke-strong-line"
          strokeWidth="2.5"
          strokeLinecap="round"
        />
      </svg>
      <div className="max-w-md">
        <h2 className="font-display text-2xl">No calls yet</h2>
        <p className="mt-3 text-soft">
          Every call is written down here with its day, its length and how it ended. Only on this
          machine, and never what was said.
        </p>
      </div>
    </div>
  );
}
