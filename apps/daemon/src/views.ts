/** From what the daemon knows to what a person is shown: calls and people of the snapshot. */
import { toHex } from '@kyberline/core/crypto/bytes';
import { endingSentence } from '@kyberline/shared/endings';
import { ECHO_NAME, type RegistryId, type UserName } from '@kyberline/shared/ids';
import type { CallPhase, CallView, PersonView, Trust } from '@kyberline/shared/snapshot';
import type { LiveCall } from './calls/live-call.js';
import type { ContactStore } from './store/contacts.js';

const PHASES: Record<LiveCall['state']['phase']['at'], CallPhase> = {
  'looking-up': 'looking-up',
  offering: 'looking-up',
  'ringing-there': 'ringing-there',
  opening: 'ringing-there',
  checking: 'connecting',
  'ringing-here': 'ringing-here',
  answering: 'connecting',
  connecting: 'connecting',
  active: 'active',
  reconnecting: 'reconnecting',
  ended: 'ended',
};

export function callView(call: LiveCall, contacts: Pick<ContactStore, 'find'>): CallView {
  const { state, facts, meeting } = call;
  const { phase } = state;
  const { peer, peerFingerprint, registry } = meeting;
  const agreed = phase.at !== 'looking-up' && phase.at !== 'offering';
  return {
    callId: call.id,
    direction: state.direction,
    peer,
    trust: trustOf(contacts, registry, peer),
    phase: PHASES[phase.at],
    startedAt: facts.startedAt,
    muted: state.muted,
    peerMuted: state.peerMuted,
    ...(peerFingerprint && { peerFingerprint }),
    ...(facts.connectedAt !== undefined && { connectedAt: facts.connectedAt }),
    ...(facts.endedAt !== undefined && { endedAt: facts.endedAt }),
    ...(agreed && { suite: meeting.secrets.suite, codec: meeting.route.codecs[0] }),
    ...('rekey' in phase && { epoch: phase.rekey.epoch }),
    ...(facts.words && { words: [...facts.words] }),
    ...(facts.emoji && { emoji: [...facts.emoji] }),
    ...(phase.at === 'ended' && {
      endReason: phase.reason,
      endSentence: facts.endSentence ?? endingSentence(phase.reason, peer),
    }),
  };
}

/** The echo contact first, then who the registry knows and whoever is pinned there, by name. */
export function peopleView(from: {
  me: UserName | undefined;
  online: ReadonlyMap<UserName, boolean>;
  registryId: Uint8Array | undefined;
  echoRegistry: RegistryId;
  contacts: ContactStore;
}): PersonView[] {
  const { contacts, online } = from;
  const registry = from.registryId && (toHex(from.registryId) as RegistryId);
  const known = registry ? contacts.list(registry).map(({ name }) => name) : [];
  const names = [...new Set([...online.keys(), ...known])]
    .filter((name) => name !== from.me)
    .sort();
  return [
    person(ECHO_NAME, true, true, contacts, from.echoRegistry),
    ...names.map((name) => person(name, online.get(name) ?? false, false, contacts, registry)),
  ];
}

function person(
  name: UserName,
  online: boolean,
  isEcho: boolean,
  contacts: ContactStore,
  registry: RegistryId | undefined,
): PersonView {
  const contact = registry && contacts.find(registry, name);
  return {
    name,
    online,
    isEcho,
    trust: contact?.trust ?? 'new',
    ...(contact && { fingerprint: contact.fingerprint }),
    ...(contact?.changedTo && { newFingerprint: contact.changedTo }),
  };
}

function trustOf(
  contacts: Pick<ContactStore, 'find'>,
  registry: RegistryId,
  name: UserName,
): Trust {
  return contacts.find(registry, name)?.trust ?? 'new';
}
