'use client';
/**
 * The one door between the page and the daemon: the snapshot comes out, commands go in.
 * Components get what they show as props and never look here.
 */
import type { CallCounters, CallView, Levels, StateSnapshot } from '@kyberline/shared/snapshot';
import { useCallback, useContext, useMemo, useSyncExternalStore } from 'react';
import { useToast } from '../components/ui/toasts';
import type { DaemonConnection } from './client';
import { type Door, DoorContext } from './provider';
import type { Known, KnownKey, Link } from './store';

function useDoor(): Door {
  const door = useContext(DoorContext);
  if (door === undefined) throw new Error('useCall outside of DaemonProvider');
  return door;
}

function useKnown<K extends KnownKey>(key: K): Known[K] {
  const { store } = useDoor();
  return useSyncExternalStore(
    useCallback((listener) => store.subscribe(key, listener), [store, key]),
    () => store.get(key),
    () => store.get(key),
  );
}

export function useLink(): Link {
  return useKnown('link');
}

/** The daemon's state, undefined while it is not known. */
export function useSnapshot(): StateSnapshot | undefined {
  return useKnown('state');
}

/** Where other machines find the registry that this machine keeps; the panel's server knows. */
export function useRegistryAddresses(): readonly string[] {
  return useKnown('registryAddresses');
}

/** Sound levels in dBFS, ten times a second. */
export function useLevels(): Levels | undefined {
  return useKnown('levels');
}

/** One call's counters, once a second. */
export function useCallCounters(callId: CallView['callId']): CallCounters | undefined {
  return useKnown('counters')?.calls.find((call) => call.callId === callId);
}

type Client = DaemonConnection['client'];
/** Does something with the daemon; resolves to false after showing why it failed. */
type Act = (act: (client: Client) => Promise<unknown>) => Promise<boolean>;

/** What a command says when the daemon cannot be asked. */
export const CANNOT_ASK = "That did not work: Kyberline's background program does not answer.";

/** The sentence to show for a failed command; the daemon's errors carry one. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TRPCClientError' && hasShape(error)) {
    return error.message;
  }
  return CANNOT_ASK;
}

/** An error that came from the daemon itself, not from a lost connection. */
function hasShape(error: Error): boolean {
  return 'shape' in error && error.shape !== undefined && error.shape !== null;
}

/** Commands, for callers that show failures themselves: rejects with the sentence. */
export function useAsk(): (act: (client: Client) => Promise<unknown>) => Promise<void> {
  const door = useDoor();
  return useCallback(
    async (act) => {
      const client = door.connection()?.client;
      if (client === undefined || door.store.get('link').kind !== 'live') {
        throw new Error(CANNOT_ASK);
      }
      await act(client).catch((error: unknown) => {
        throw new Error(sentenceOf(error), { cause: error });
      });
    },
    [door],
  );
}

/** Commands whose failures are shown at the top of the page. */
function useAct(): Act {
  const ask = useAsk();
  const toast = useToast();
  return useCallback(
    (act) =>
      ask(act).then(
        () => true,
        (error: unknown) => {
          toast(error instanceof Error ? error.message : CANNOT_ASK);
          return false;
        },
      ),
    [ask, toast],
  );
}

/** Everything that a person can do to a call. */
export function useCallCommands() {
  const act = useAct();
  return useMemo(() => {
    type Id = CallView['callId'];
    type Name = CallView['peer'];
    return {
      call: (name: Name) => act((daemon) => daemon.placeCall.mutate({ name })),
      answer: (callId: Id) => act((daemon) => daemon.answer.mutate({ callId })),
      reject: (callId: Id) => act((daemon) => daemon.reject.mutate({ callId })),
      hangUp: (callId: Id) => act((daemon) => daemon.hangup.mutate({ callId })),
      mute: (callId: Id, muted: boolean) => act((daemon) => daemon.mute.mutate({ callId, muted })),
      verifyWords: (callId: Id, match: boolean) =>
        act((daemon) => daemon.verifyWords.mutate({ callId, match })),
      /** Trusts the key that was shown, and no newer one. */
      resetContact: (name: Name, fingerprint: CallView['peerFingerprint']) =>
        act((daemon) => daemon.resetContact.mutate({ name, fingerprint })),
    };
  }, [act]);
}

export type CallCommands = ReturnType<typeof useCallCommands>;
