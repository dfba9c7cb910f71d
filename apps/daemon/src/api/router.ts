/**
 * The daemon's API: commands in, one snapshot subscription out. The panel and the command import
 * the type `AppRouter` and nothing else of the daemon.
 */
import { commands } from '@kyberline/shared/commands';
import type { HistoryEntry } from '@kyberline/shared/history';
import type { CallId, Fingerprint, UserName } from '@kyberline/shared/ids';
import type { SnapshotEvent, StateSnapshot } from '@kyberline/shared/snapshot';
import type { z } from 'zod';
import { procedure, router } from './trpc.js';

export type SettingsChange = z.infer<typeof commands.changeSettings>;

/** What the router needs from the daemon; each method throws a Problem with its sentence. */
export interface DaemonApi {
  state(): StateSnapshot;
  /** State at once and on every change, levels at 10 Hz, counters at 1 Hz, until aborted. */
  watch(signal: AbortSignal): AsyncIterable<SnapshotEvent>;
  register(name: UserName): Promise<void>;
  unregister(): Promise<void>;
  call(name: UserName): CallId;
  answer(callId: CallId | undefined): void;
  reject(callId: CallId | undefined): void;
  hangUp(callId: CallId | undefined): void;
  mute(callId: CallId | undefined, muted: boolean): void;
  verifyWords(callId: CallId, match: boolean): void;
  resetContact(name: UserName, fingerprint: Fingerprint | undefined): void;
  changeSettings(change: SettingsChange): void;
  testMicrophone(on: boolean): void;
  testRecording(on: boolean): void;
  testSpeaker(on: boolean): void;
  history(limit: number): HistoryEntry[];
}

export function createRouter(api: DaemonApi) {
  return router({
    snapshot: procedure.subscription(({ signal }) =>
      api.watch(signal ?? new AbortController().signal),
    ),
    state: procedure.query(() => api.state()),
    history: procedure.input(commands.history).query(({ input }) => api.history(input.limit)),
    register: procedure
      .input(commands.register)
      .mutation(async ({ input }) => void (await api.register(input.name))),
    unregister: procedure
      .input(commands.unregister)
      .mutation(async () => void (await api.unregister())),
    // tRPC keeps the name `call` to itself.
    placeCall: procedure
      .input(commands.call)
      .mutation(({ input }) => ({ callId: api.call(input.name) })),
    answer: procedure.input(commands.answer).mutation(({ input }) => api.answer(input.callId)),
    reject: procedure.input(commands.reject).mutation(({ input }) => api.reject(input.callId)),
    hangup: procedure.input(commands.hangup).mutation(({ input }) => api.hangUp(input.callId)),
    mute: procedure
      .input(commands.mute)
      .mutation(({ input }) => api.mute(input.callId, input.muted)),
    verifyWords: procedure
      .input(commands.verifyWords)
      .mutation(({ input }) => api.verifyWords(input.callId, input.match)),
    resetContact: procedure
      .input(commands.resetContact)
      .mutation(({ input }) => api.resetContact(input.name, input.fingerprint)),
    changeSettings: procedure
      .input(commands.changeSettings)
      .mutation(({ input }) => api.changeSettings(input)),
    testMicrophone: procedure
      .input(commands.testMicrophone)
      .mutation(({ input }) => api.testMicrophone(input.on)),
    testRecording: procedure
      .input(commands.testRecording)
      .mutation(({ input }) => api.testRecording(input.on)),
    testSpeaker: procedure
      .input(commands.testSpeaker)
      .mutation(({ input }) => api.testSpeaker(input.on)),
  });
}

export type AppRouter = ReturnType<typeof createRouter>;
