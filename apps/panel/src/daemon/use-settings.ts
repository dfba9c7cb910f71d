'use client';
/** Changing settings, taking a name, testing the microphone: the commands beside calls. */
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { useEffect, useMemo } from 'react';
import { useAsk } from './use-call';

export type Settings = StateSnapshot['settings'];

/** Each rejects with the sentence to show. */
export function useSettingsCommands() {
  const ask = useAsk();
  return useMemo(() => {
    type Name = NonNullable<StateSnapshot['me']>['name'];
    return {
      register: (name: Name) => ask((daemon) => daemon.register.mutate({ name })),
      unregister: () => ask((daemon) => daemon.unregister.mutate({})),
      change: (change: Partial<Settings>) => ask((daemon) => daemon.changeSettings.mutate(change)),
    };
  }, [ask]);
}

export type SettingsCommands = ReturnType<typeof useSettingsCommands>;

/** The daemon keeps a test open for 60 s at most; it is asked for again before that. */
const RENEW_MS = 45_000;

/** Keeps the microphone open for a level meter while `on`. */
export function useMicrophoneTest(on: boolean): void {
  const ask = useAsk();
  useEffect(() => {
    if (!on) return;
    const test = (open: boolean) => {
      // A failure needs no sentence of its own: the snapshot says what ails the microphone.
      ask((daemon) => daemon.testMicrophone.mutate({ on: open })).catch(() => undefined);
    };
    test(true);
    const timer = setInterval(() => test(true), RENEW_MS);
    return () => {
      clearInterval(timer);
      test(false);
    };
  }, [on, ask]);
}
