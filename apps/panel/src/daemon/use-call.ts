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
/** Asks the daemon for something; `options` belong to every mutation, so that it is not sent late. */
type Command = (client: Client, options: { signal: AbortSignal }) => Promise<unknown>;
/** Does something with the daemon; resolves to false after showing why it failed. */
type Act = (command: Command) => Promise<boolean>;

/** What a command says when the daemon cannot be asked. */
export const CANNOT_ASK = "That did not work: Kyberline's background program does not answer.";
const NO_ANSWER =
  "Kyberline's background program did not answer. Once it does, look whether that happened before you try again.";
/** The daemon itself answers at once. */
const ANSWER_MS = 5000;

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

/**
 * Commands, for callers that show failures themselves: rejects with the sentence. None is kept for
 * a daemon that is away now, because a call placed minutes later opens a microphone unawares.
 */
export function useAsk(): (command: Command, withinMs?: number) => Promise<void> {
  const door = useDoor();
  return useCallback(
    async (command, withinMs = ANSWER_MS) => {
      const connection = door.connection();
      if (!connection?.isOpen() || door.store.get('link').kind !== 'live') {
        throw new Error(CANNOT_ASK);
      }
      const signal = AbortSignal.timeout(withinMs);
      await command(connection.client, { signal }).catch((error: unknown) => {
        throw new Error(signal.aborted ? NO_ANSWER : sentenceOf(error), { cause: error });
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
    (command) =>
      ask(command).then(
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
      call: (name: Name) => act((daemon, options) => daemon.placeCall.mutate({ name }, options)),
      answer: (callId: Id) => act((daemon, options) => daemon.answer.mutate({ callId }, options)),
      reject: (callId: Id) => act((daemon, options) => daemon.reject.mutate({ callId }, options)),
      hangUp: (callId: Id) => act((daemon, options) => daemon.hangup.mutate({ callId }, options)),
      mute: (callId: Id, muted: boolean) =>
        act((daemon, options) => daemon.mute.mutate({ callId, muted }, options)),
      verifyWords: (callId: Id, match: boolean) =>
        act((daemon, options) => daemon.verifyWords.mutate({ callId, match }, options)),
      /** Trusts the key that was shown, and no newer one. */
      resetContact: (name: Name, fingerprint: CallView['peerFingerprint']) =>
        act((daemon, options) => daemon.resetContact.mutate({ name, fingerprint }, options)),
    };
  }, [act]);
}

export type CallCommands = ReturnType<typeof useCallCommands>;
