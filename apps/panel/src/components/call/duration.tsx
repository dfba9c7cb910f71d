'use client';
/** How long a call has been going on, or how long it was. */
import type { CallView } from '@kyberline/shared/snapshot';
import { clock, spokenLength } from '../../words/time';
import { useNow } from './use-now';

export function Duration({ call, className }: { call: CallView; className?: string }) {
  const now = useNow(1000);
  if (call.connectedAt === undefined) return null;
  const seconds = ((call.endedAt ?? now) - call.connectedAt) / 1000;
  return (
    <time className={className} dateTime={`PT${Math.max(0, Math.floor(seconds))}S`}>
      <span aria-hidden className="tabular-nums">
        {clock(seconds)}
      </span>
      <span className="sr-only">{spokenLength(seconds)}</span>
    </time>
  );
}
