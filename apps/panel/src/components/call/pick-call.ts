/** Which of the snapshot's calls goes where on the page. Shows and sorts; derives no state. */
import type { CallView } from '@kyberline/shared/snapshot';

/** The calls that ring here, oldest first. */
export function ringingHere(calls: readonly CallView[]): CallView[] {
  return calls
    .filter((call) => call.phase === 'ringing-here')
    .sort((a, b) => a.startedAt - b.startedAt);
}

/**
 * The call that fills the page: the newest that is alive and not merely ringing here, else the
 * newest that ended and was not put away by the person.
 */
export function callOnStage(
  calls: readonly CallView[],
  putAway: ReadonlySet<string>,
): CallView | undefined {
  const newestFirst = [...calls].sort((a, b) => b.startedAt - a.startedAt);
  return (
    newestFirst.find((call) => call.phase !== 'ended' && call.phase !== 'ringing-here') ??
    newestFirst.find((call) => call.phase === 'ended' && !putAway.has(call.callId))
  );
}
