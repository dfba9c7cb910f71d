/** Which of the snapshot's calls goes where on the page. Shows and sorts; derives no state. */
import type { EndReason } from '@kyberline/shared/endings';
import type { CallView } from '@kyberline/shared/snapshot';

/** Endings of calls that nobody took here. */
const NOT_TAKEN: ReadonlySet<EndReason | undefined> = new Set([
  ...(['missed', 'cancelled-by-them', 'rejected-by-me', 'busy-here'] as const),
  // Turned down before it rang.
  ...(['key-changed', 'clock-wrong'] as const),
]);

/** The calls that ring here, oldest first. */
export function ringingHere(calls: readonly CallView[]): CallView[] {
  return calls
    .filter((call) => call.phase === 'ringing-here')
    .sort((a, b) => a.startedAt - b.startedAt);
}

/**
 * The calls that came and ended without having been taken here, oldest first. They never filled
 * the page, so that their ending must not take it from whoever is doing something there.
 */
export function notTakenHere(calls: readonly CallView[]): CallView[] {
  return calls.filter(isNotTaken).sort((a, b) => a.startedAt - b.startedAt);
}

/**
 * The call that fills the page: the newest that is alive and not merely ringing here, else the
 * newest that ended there and was not put away by the person.
 */
export function callOnStage(
  calls: readonly CallView[],
  putAway: ReadonlySet<string>,
): CallView | undefined {
  const newestFirst = [...calls].sort((a, b) => b.startedAt - a.startedAt);
  return (
    newestFirst.find((call) => call.phase !== 'ended' && call.phase !== 'ringing-here') ??
    newestFirst.find(
      (call) => call.phase === 'ended' && !isNotTaken(call) && !putAway.has(call.callId),
    )
  );
}

function isNotTaken({ phase, direction, connectedAt, endReason }: CallView): boolean {
  return (
    phase === 'ended' &&
    direction === 'incoming' &&
    connectedAt === undefined &&
    NOT_TAKEN.has(endReason)
  );
}
