/** From what the other side or the registry said to the reason that a person is told. */
import type { EndReason } from '@kyberline/shared/endings';
import type { CallRecord, RejectReason } from '@kyberline/shared/registry';
import type { ByeReason } from './control.js';

/** What a BYE of the peer means here. */
export function endedBy(bye: ByeReason): EndReason {
  return BYE_MEANS[bye];
}

const BYE_MEANS: Record<ByeReason, EndReason> = {
  'hung-up': 'hung-up-by-them',
  'program-stopped': 'program-stopped-there',
  'key-expired': 'key-expired',
  'words-differ': 'words-differ',
  'media-failed': 'engine-failed-there',
};

const REJECT_MEANS: Record<RejectReason, EndReason> = {
  declined: 'rejected-by-them',
  busy: 'busy-there',
  'stale-bundle': 'refused',
  'clock-wrong': 'clock-wrong',
  'key-changed': 'key-changed',
  refused: 'refused',
};

/** The ending that a registry status tells before the call is confirmed; `undefined` if none. */
export function endedByRegistry(
  direction: 'outgoing' | 'incoming',
  call: Pick<CallRecord, 'status' | 'reason'>,
): EndReason | undefined {
  switch (call.status) {
    case 'ringing':
    case 'active':
      return undefined;
    case 'rejected':
      return direction === 'incoming' ? 'rejected-by-me' : REJECT_MEANS[call.reason ?? 'declined'];
    case 'busy':
      return direction === 'incoming' ? 'busy-here' : 'busy-there';
    case 'missed':
      return direction === 'incoming' ? 'missed' : 'no-answer';
    case 'cancelled':
      return direction === 'incoming' ? 'cancelled-by-them' : 'cancelled-by-me';
    case 'ended':
      return 'hung-up-by-them';
  }
}

/** Glare (SPEC 4): the lower call id stands. Both sides decide alike. */
export function glareKeeps(mine: string, theirs: string): 'mine' | 'theirs' {
  return mine < theirs ? 'mine' : 'theirs';
}
