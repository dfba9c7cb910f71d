/**
 * A stand-in for the daemon, for tests of the panel only: the same procedures over the same
 * WebSocket, a state that the test changes at will, and a list of the commands that came in.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { commands } from '@kyberline/shared/commands';
import type { HistoryEntry } from '@kyberline/shared/history';
import type {
  CallCounters,
  CallView,
  SnapshotEvent,
  StateSnapshot,
} from '@kyberline/shared/snapshot';
import { initTRPC, TRPCError } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';

export type Command = { name: keyof typeof commands; input: unknown };

export type CounterChange = { [K in keyof CallCounters]?: CallCounters[K] | undefined };

export type FakeDaemon = {
  port: number;
  /** Everything that was asked of it, oldest first. */
  commands: Command[];
  history: HistoryEntry[];
  state: () => StateSnapshot;
  /** Changes the state and tells everybody who watches. */
  change: (edit: (state: StateSnapshot) => void) => void;
  /** Sends no levels any more, as when the engine is gone; or sends them again. */
  holdLevels: (hold: boolean) => void;
  /** What is otherwise in the counters of every call from now on; undefined is left out. */
  countWith: (change: CounterChange) => void;
  /** What a command does to the state; nothing unless set. A thrown error is sent back. */
  onCommand: (react: (command: Command) => void | Promise<void>) => void;
  close: () => Promise<void>;
};

/** Listens on 127.0.0.1:`port` (0 = any free one) and wants `token`. */
export async function startFakeDaemon(
  token: string,
  first: StateSnapshot,
  port = 0,
): Promise<FakeDaemon> {
  let state = structuredClone(first);
  let levelsHeld = false;
  let otherwise: CounterChange = {};
  let react: (command: Command) => void | Promise<void> = () => undefined;
  const received: Command[] = [];
  const history: HistoryEntry[] = [];
  const watchers = new Set<() => void>();

  const t = initTRPC.context<{ trusted: boolean }>().create();
  const procedure = t.procedure.use(({ ctx, next }) => {
    if (!ctx.trusted) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Wrong token.' });
    return next();
  });
  const command = <K extends keyof typeof commands>(name: K) =>
    procedure.input(commands[name]).mutation(async ({ input }) => {
      received.push({ name, input });
      try {
        await react({ name, input });
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new TRPCError({ code: 'PRECONDITION_FAILED', message, cause });
      }
      return { callId: state.calls.at(-1)?.callId };
    });
  const router = t.router({
    snapshot: procedure.subscription(({ signal }) => watch(signal)),
    history: procedure.input(commands.history).query(({ input }) => history.slice(0, input.limit)),
    register: command('register'),
    unregister: command('unregister'),
    placeCall: command('call'),
    answer: command('answer'),
    reject: command('reject'),
    hangup: command('hangup'),
    mute: command('mute'),
    verifyWords: command('verifyWords'),
    resetContact: command('resetContact'),
    changeSettings: command('changeSettings'),
    testMicrophone: command('testMicrophone'),
    testRecording: command('testRecording'),
    testSpeaker: command('testSpeaker'),
  });

  /** State at once and on every change, levels ten times and counters once a second. */
  async function* watch(signal: AbortSignal | undefined): AsyncGenerator<SnapshotEvent> {
    let changed = true;
    let wake: () => void = () => undefined;
    const notify = () => {
      changed = true;
      wake();
    };
    watchers.add(notify);
    signal?.addEventListener('abort', () => wake());
    try {
      for (let step = 0; signal?.aborted !== true; step++) {
        if (changed) {
          changed = false;
          yield { type: 'state', state: structuredClone(state) };
        }
        if (!levelsHeld) yield levels(state, step);
        if (step % 10 === 0) yield counters(state, step, otherwise);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 100);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    } finally {
      watchers.delete(notify);
    }
  }

  const http = createServer();
  const sockets = new WebSocketServer({ server: http, path: '/trpc' });
  applyWSSHandler({
    wss: sockets,
    router,
    createContext: ({ info }) => ({ trusted: info.connectionParams?.token === token }),
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (http.address() as AddressInfo).port,
    commands: received,
    history,
    state: () => state,
    change: (edit) => {
      state = structuredClone(state);
      edit(state);
      for (const notify of watchers) notify();
    },
    holdLevels: (hold) => {
      levelsHeld = hold;
    },
    countWith: (change) => {
      otherwise = change;
    },
    onCommand: (next) => {
      react = next;
    },
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

/** A voice that swells and pauses, on both sides of every running call. */
function levels(state: StateSnapshot, step: number): SnapshotEvent {
  const voice = (phase: number) =>
    -46 +
    28 * Math.max(0, Math.sin(step / 9 + phase)) +
    12 * Math.abs(Math.sin(step * 1.7 + phase));
  const talking = state.calls.filter((call) => call.phase === 'active');
  const open =
    talking.length > 0 || state.input.state === 'running' || state.soundTest === 'recording';
  return {
    type: 'levels',
    levels: {
      input: open && !talking.some((call) => call.muted) ? voice(0) : -100,
      output: talking.length > 0 ? voice(2) : -100,
      calls: talking.map(({ callId }) => ({ callId, heard: voice(2) })),
    },
  };
}

function counters(state: StateSnapshot, step: number, otherwise: CounterChange): SnapshotEvent {
  return {
    type: 'counters',
    counters: {
      calls: state.calls
        .filter((call) => call.phase === 'active')
        .map((call) => ({ ...count(call, step), ...otherwise }) as CallCounters),
      strayDatagrams: 0,
      leaseWaits: 0,
    },
  };
}

function count({ callId }: CallView, step: number): CallCounters {
  const frames = step * 10;
  return {
    callId,
    sent: frames,
    sentBytes: frames * 142,
    received: frames,
    // Late and waiting ones are not played.
    played: Math.max(0, frames - 3),
    lost: 2,
    late: 1,
    duplicate: 0,
    replayed: 0,
    forged: 0,
    malformed: 0,
    concealed: 2,
    repaired: 1,
    discarded: 0,
    captured: frames,
    inputOverruns: 0,
    outputUnderruns: 0,
    buffered: 2,
    jitterBufferMs: 20,
    jitterTargetMs: 20,
    jitterDelayMs: 22.5,
    jitterMs: 2.4,
    roundTripMs: 14,
    driftPpm: -11,
    mouthToEarMs: 52,
    budget: {
      ...{ inputMs: 5.3, framingMs: 10, processingMs: 10.7, codecMs: 6.5 },
      ...{ networkMs: 1.2, waitingMs: 12.1, outputMs: 6.2 },
    },
    sending: { codec: 'opus', frameMs: 10, bitrateKbps: 48, redundancy: 1 },
    lossRatio: 0.004,
  };
}
