/** One call of the past: with whom, which way, when, how long, how it ended. */
import type { HistoryEntry } from '@kyberline/shared/history';
import { ECHO_NAME } from '@kyberline/shared/ids';
import { Phone, PhoneIncoming, PhoneMissed, PhoneOutgoing } from 'lucide-react';
import { clock, spokenLength, timeOfDay } from '../../words/time';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';

export function HistoryRow({ entry, onRedial }: { entry: HistoryEntry; onRedial: () => void }) {
  const { peer, direction, durationSeconds } = entry;
  const missed = entry.endReason === 'missed' || entry.endReason === 'cancelled-by-them';
  const Icon = missed ? PhoneMissed : direction === 'outgoing' ? PhoneOutgoing : PhoneIncoming;
  return (
    <li className="flex items-center gap-4 py-3.5">
      <span
        className={cn(
          'grid size-11 shrink-0 place-items-center rounded-full',
          missed ? 'bg-danger-tint text-danger' : 'bg-sunken text-soft',
        )}
      >
        <Icon className="size-5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate text-lg font-medium">
          <span className="sr-only">{direction === 'outgoing' ? 'You called ' : 'Call from '}</span>
          {peer}
        </p>
        <p className={cn('text-sm', missed ? 'text-danger' : 'text-soft')}>
          {entry.endedAt === undefined ? 'Still going on.' : (entry.endSentence ?? 'Ended.')}
        </p>
      </div>
      <p className="shrink-0 text-right text-sm text-soft tabular-nums">
        <time dateTime={new Date(entry.startedAt).toISOString()} className="block">
          {timeOfDay(entry.startedAt)}
        </time>
        {durationSeconds > 0 && (
          <span className="block">
            <span aria-hidden>{clock(durationSeconds)}</span>
            <span className="sr-only">{spokenLength(durationSeconds)}</span>
          </span>
        )}
      </p>
      <Button
        size="icon"
        look="quiet"
        aria-label={`Redial ${peer}`}
        title={peer === ECHO_NAME ? 'Call echo again' : `Call ${peer} again`}
        onClick={onRedial}
      >
        <Phone aria-hidden />
      </Button>
    </li>
  );
}
