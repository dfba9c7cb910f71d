/**
 * The daemon's API as the panel uses it (tRPC over WebSocket, token in the connection's parameters),
 * typed by the contracts in packages/shared alone: whatever the daemon sends is parsed by them.
 */
import type { commands } from '@kyberline/shared/commands';
import { historyEntry } from '@kyberline/shared/history';
import {
  type CallCounters,
  type CallView,
  type Counters,
  type Levels,
  type StateSnapshot,
  snapshotEvent,
} from '@kyberline/shared/snapshot';
import { createTRPCUntypedClient, createWSClient, wsLink } from '@trpc/client';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { eventually } from './child.js';

type Commands = typeof commands;
type Command = Exclude<keyof Commands, 'history'>;

export interface DaemonClient {
  /** Runs a command; its failure is an Error with the daemon's sentence. */
  command<C extends Command>(name: C, input: z.input<Commands[C]>): Promise<unknown>;
  history(limit?: number): Promise<z.output<typeof historyEntry>[]>;
  /** The newest of each kind that arrived; undefined before the first. */
  state(): StateSnapshot | undefined;
  levels(): Levels | undefined;
  counters(): CallCounters[];
  /** Datagrams that belonged to no call; undefined before the first counters. */
  strayDatagrams(): number | undefined;
  /** Every state since the connection was made, for tests about what a person got to see. */
  states(): readonly StateSnapshot[];
  /** Resolves with the first state, present or future, that fits. */
  until(what: string, fits: (state: StateSnapshot) => boolean, ms?: number): Promise<StateSnapshot>;
  /** The call that fits, as soon as there is one. */
  untilCall(what: string, fits: (call: CallView) => boolean, ms?: number): Promise<CallView>;
  close(): Promise<void>;
}

const UNTIL_MS = 15_000;
/** One and the same, for whoever waits for news. */
const NO_CALLS: CallCounters[] = [];
/** Enough for a test of many minutes; older states are dropped. */
const KEPT_STATES = 5000;

/** Connects and waits for the first snapshot. */
export async function connectApi(port: number, token: string): Promise<DaemonClient> {
  const socket = createWSClient({
    url: `ws://127.0.0.1:${port}/trpc`,
    connectionParams: { token },
    // `ws` has what tRPC uses of a browser's WebSocket; the two types know nothing of each other.
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    retryDelayMs: () => 200,
  });
  const client = createTRPCUntypedClient({ links: [wsLink({ client: socket })] });
  const states: StateSnapshot[] = [];
  let levels: Levels | undefined;
  let counters: Counters | undefined;
  let failure: unknown;
  const subscription = client.subscription('snapshot', undefined, {
    onData: (data) => {
      const parsed = snapshotEvent.safeParse(data);
      if (!parsed.success) {
        failure = parsed.error;
        return;
      }
      const event = parsed.data;
      if (event.type === 'levels') levels = event.levels;
      else if (event.type === 'counters') counters = event.counters;
      else {
        states.push(event.state);
        if (states.length > KEPT_STATES) states.shift();
      }
    },
    onError: (error) => {
      failure = error;
    },
  });

  const until: DaemonClient['until'] = async (what, fits, ms = UNTIL_MS) => {
    try {
      return await eventually(
        what,
        ms,
        () => {
          if (failure !== undefined) throw failure;
          const state = states.at(-1);
          return state !== undefined && fits(state) ? state : undefined;
        },
        20,
      );
    } catch (cause) {
      throw new Error(`${what}: not within ${ms} ms. ${summary(states.at(-1))}`, { cause });
    }
  };
  const made: DaemonClient = {
    // tRPC keeps `call` to itself, so the procedure has another name.
    command: async (name, input) => client.mutation(name === 'call' ? 'placeCall' : name, input),
    history: async (limit = 200) =>
      z.array(historyEntry).parse(await client.query('history', { limit })),
    state: () => states.at(-1),
    levels: () => levels,
    counters: () => counters?.calls ?? NO_CALLS,
    strayDatagrams: () => counters?.strayDatagrams,
    states: () => states,
    until,
    untilCall: async (what, fits, ms) => {
      const state = await until(what, ({ calls }) => calls.some(fits), ms);
      return state.calls.find(fits)!;
    },
    close: async () => {
      subscription.unsubscribe();
      await socket.close();
    },
  };
  try {
    await until('the first snapshot', () => true);
  } catch (cause) {
    await made.close();
    throw cause;
  }
  return made;
}

/** What a failed wait wants to know of the last state. */
function summary(state: StateSnapshot | undefined): string {
  if (state === undefined) return 'There was no snapshot at all.';
  const { me, registry, engine, input, output, calls } = state;
  return `Last seen: ${JSON.stringify({ me, registry, engine, input, output, calls })}`;
}
