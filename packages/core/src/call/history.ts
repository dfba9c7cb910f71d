/** What the history says of a call, and how a row that a crash left open is closed. */
import type { EndReason } from '@kyberline/shared/endings';

export interface OpenRow {
  direction: 'outgoing' | 'incoming';
  connectedAt?: number;
}

/**
 * The reason for a row without an end at the next start: nobody can have hung up, the program
 * stopped. A call that only rang here was missed.
 */
export function reasonForUnfinished(row: OpenRow): EndReason {
  if (row.direction === 'incoming' && row.connectedAt === undefined) return 'missed';
  return 'program-stopped-here';
}

/** Seconds of voice, whole; 0 for a call that never connected. */
export function durationSeconds(
  connectedAt: number | undefined,
  endedAt: number | undefined,
): number {
  if (connectedAt === undefined || endedAt === undefined) return 0;
  return Math.max(0, Math.round((endedAt - connectedAt) / 1000));
}
