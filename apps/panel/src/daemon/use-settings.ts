'use client';
/** Changing settings, taking a name, testing devices: the commands beside calls. */
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { useEffect, useMemo } from 'react';
import { useAsk } from './use-call';

export type Settings = StateSnapshot['settings'];
/** Of the processing only the switches that are to change. */
export type SettingsChange = Partial<Omit<Settings, 'processing'>> & {
  processing?: Partial<Settings['processing']>;
};

/** The registry has a say in these: the daemon asks it up to three times, 6 s each. */
const REGISTRY_MS = 20_000;

/** Each rejects with the sentence to show. */
export function useSettingsCommands() {
  const ask = useAsk();
  return useMemo(() => {
    type Name = NonNullable<StateSnapshot['me']>['name'];
    return {
      register: (name: Name) =>
        ask((daemon, options) => daemon.register.mutate({ name }, options), REGISTRY_MS),
      unregister: () =>
        ask((daemon, options) => daemon.unregister.mutate({}, options), REGISTRY_MS),
      change: (change: SettingsChange) =>
        ask((daemon, options) => daemon.changeSettings.mutate(change, options)),
      testRecording: (on: boolean) =>
        ask((daemon, options) => daemon.testRecording.mutate({ on }, options)),
      testSpeaker: (on: boolean) =>
        ask((daemon, options) => daemon.testSpeaker.mutate({ on }, options)),
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
      ask((daemon, options) => daemon.testMicrophone.mutate({ on: open }, options)).catch(
        () => undefined,
      );
    };
    test(true);
    const timer = setInterval(() => test(true), RENEW_MS);
    return () => {
      clearInterval(timer);
      test(false);
    };
  }, [on, ask]);
}
