/** The one moment that a call waits for. */
import type { CallState } from './call-state.js';
import { rekeyDeadline } from './rekey.js';

/** When `tick` is due, ms; Infinity when nothing is. */
export function callDeadline({ phase }: CallState): number {
  switch (phase.at) {
    case 'connecting':
      return Math.min(phase.until, phase.resendAt);
    case 'active':
      return rekeyDeadline(phase.rekey);
    case 'reconnecting':
      return Math.min(phase.until, rekeyDeadline(phase.rekey));
    case 'ended':
      return Number.POSITIVE_INFINITY;
    default:
      return phase.until;
  }
}
