/** A daemon for the command's tests: the real API and its real socket, with nothing behind them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEntry } from '@kyberline/shared/history';
import type { CallId, Fingerprint, UserName } from '@kyberline/shared/ids';
import type {
  CallCounters,
  CallView,
  SnapshotEvent,
  StateSnapshot,
} from '@kyberline/shared/snapshot';
import { USUAL_PROCESSING } from '@kyberline/shared/voice';
import { createRouter, type DaemonApi } from '../../api/router.js';
import { serveApi } from '../../api/server.js';
import { writeRunning } from '../../store/running.js';
import { openToken } from '../../store/token.js';
import { Watchers } from '../../watchers.js';

export const CALL_ID = 'ab'.repeat(16) as CallId;
export const FINGERPRINT = 'cd'.repeat(32) as Fingerprint;

export interface FakeDaemon {
  home: string;
  port: number;
  /** What the commands asked for, in order. */
  asked: unknown[][];
  state: StateSnapshot;
  history: HistoryEntry[];
  watchers: Watchers;
  /** Change the state and tell everybody who watches. */
  show(change: Partial<StateSnapshot>): void;
  /** What happens when a command asks; throws to refuse. */
  react: (command: string) => void;
  /** Closes the API, as a daemon that is killed does. */
  die(): Promise<void>;
  remove(): Promise<void>;
}

export async function startFakeDaemon(): Promise<FakeDaemon> {
  const home = mkdtempSync(join(tmpdir(), 'kyberline-cli-'));
  const { token } = openToken(home, (bytes) => new Uint8Array(bytes).fill(7));
  const watchers: Watchers = new Watchers(() => fake.state);
  const heard = (...asked: unknown[]) => {
    fake.asked.push(asked);
    fake.react(String(asked[0]));
  };
  const api: DaemonApi = {
    state: () => fake.state,
    watch: (signal): AsyncIterable<SnapshotEvent> => watchers.watch(signal),
    register: async (name) => heard('register', name),
    unregister: async () => heard('unregister'),
    call: (name) => {
      heard('call', name);
      return CALL_ID;
    },
    answer: (id) => heard('answer', id),
    reject: (id) => heard('reject', id),
    hangUp: (id) => heard('hangUp', id),
    mute: (id, muted) => heard('mute', id, muted),
    verifyWords: (id, match) => heard('verifyWords', id, match),
    resetContact: (name, fingerprint) => heard('resetContact', name, fingerprint),
    changeSettings: (change) => heard('changeSettings', change),
    testMicrophone: (on) => heard('testMicrophone', on),
    testRecording: (on) => heard('testRecording', on),
    testSpeaker: (on) => heard('testSpeaker', on),
    history: (limit) => {
      heard('history', limit);
      return fake.history.slice(0, limit);
    },
  };
  const server = await serveApi({ router: createRouter(api), token, port: 0, panelPort: 3000 });
  writeRunning(home, { apiPort: server.port, pid: process.pid });
  let dead: Promise<void> | undefined;
  const die = () => {
    dead ??= server.close();
    return dead;
  };
  const fake: FakeDaemon = {
    home,
    port: server.port,
    asked: [],
    state: structuredClone(CALM),
    history: [],
    watchers,
    show(change) {
      fake.state = { ...fake.state, ...change };
      watchers.changed();
    },
    react: () => undefined,
    die,
    async remove() {
      await die();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return fake;
}

export function callView(change: Partial<CallView>): CallView {
  return {
    callId: CALL_ID,
    direction: 'outgoing',
    peer: 'bob' as UserName,
    trust: 'seen',
    phase: 'active',
    startedAt: 1000,
    muted: false,
    peerMuted: false,
    ...change,
  };
}

export function callCounters(change: Partial<CallCounters>): CallCounters {
  return {
    ...{ callId: CALL_ID, sent: 0, sentBytes: 0, received: 0, played: 0, lost: 0, late: 0 },
    ...{ duplicate: 0, replayed: 0, forged: 0, malformed: 0, concealed: 0, repaired: 0 },
    ...{ discarded: 0, captured: 0, inputOverruns: 0, outputUnderruns: 0, buffered: 0 },
    ...{ jitterBufferMs: 0, jitterTargetMs: 0, jitterDelayMs: 0, jitterMs: 0, driftPpm: 0 },
    sending: { codec: 'opus', frameMs: 10, bitrateKbps: 96, redundancy: 0 },
    lossRatio: 0,
    ...change,
  };
}

/** Everything is well and nothing happens. */
const CALM: StateSnapshot = {
  version: '0.1.0',
  me: { name: 'alice' as UserName, fingerprint: FINGERPRINT, registered: true },
  settings: {
    registryUrl: 'http://127.0.0.1:9',
    suite: 1,
    input: 'default',
    output: 'default',
    autoAnswer: false,
    ringtone: true,
    ringOutput: 'panel',
    codec: 'opus',
    processing: USUAL_PROCESSING,
  },
  registry: { url: 'http://127.0.0.1:9', state: 'push' },
  engine: { state: 'running', udpPort: 47470, restarts: 0 },
  input: {
    choice: 'default',
    kind: 'portaudio',
    name: 'USB headset',
    why: 'It is the default.',
    state: 'closed',
  },
  output: {
    choice: 'default',
    kind: 'portaudio',
    name: 'USB headset',
    why: 'It is the default.',
    state: 'closed',
  },
  devices: [{ id: '0', name: 'USB headset', inputChannels: 1, outputChannels: 2, isDefault: true }],
  soundTest: 'idle',
  warnings: [],
  people: [
    { name: 'echo' as UserName, online: true, isEcho: true, trust: 'seen' },
    { name: 'bob' as UserName, online: true, isEcho: false, trust: 'verified' },
    {
      name: 'carol' as UserName,
      online: false,
      isEcho: false,
      trust: 'changed',
      fingerprint: FINGERPRINT,
    },
  ],
  calls: [],
  historyRevision: 0,
};
