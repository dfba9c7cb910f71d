/** A call's phase in words. */
import type { CallView } from '@kyberline/shared/snapshot';

export function phaseWords(call: Pick<CallView, 'phase' | 'peer'>): string {
  const { phase, peer } = call;
  switch (phase) {
    case 'looking-up':
      return `Looking for ${peer}`;
    case 'ringing-there':
      return `Ringing at ${peer}`;
    case 'ringing-here':
      return `${peer} is calling you`;
    case 'connecting':
      return `Connecting with ${peer}`;
    case 'active':
      return `Talking with ${peer}`;
    case 'reconnecting':
      return `Nothing arrives from ${peer}, reconnecting`;
    case 'ended':
      return `Over with ${peer}`;
  }
}
