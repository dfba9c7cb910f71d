/** The snapshot's words for machines, in words for people. */
import type { DeviceInUse } from '@kyberline/shared/devices';
import type { CallView, RegistryView, StateSnapshot } from '@kyberline/shared/snapshot';

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

export function registryWords({ state, registryId }: RegistryView): string {
  // Without a name there is nothing to listen for, however long it has been answering.
  return state === 'connecting' && registryId !== undefined ? 'answering' : REGISTRY[state];
}

const REGISTRY: Record<RegistryView['state'], string> = {
  connecting: 'being looked for',
  push: 'connected',
  polling: 'asked every second, since its push connection is down',
  unreachable: 'not reachable',
};
export const ENGINE: Record<StateSnapshot['engine']['state'], string> = {
  starting: 'the sound engine is starting',
  running: 'the sound engine is running',
  restarting: 'the sound engine is being restarted',
  failed: 'the sound engine has failed',
};
export const DEVICE: Record<DeviceInUse['state'], string> = {
  closed: 'not in use now',
  running: 'in use',
  restarting: 'being restarted',
  failed: 'failed',
};
