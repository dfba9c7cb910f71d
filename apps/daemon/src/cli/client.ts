/**
 * The one place where the command connects to the daemon: 127.0.0.1 only, the token from the
 * data folder, the port from the option or from the file that the running daemon keeps there.
 * Whatever goes wrong is a Problem with a sentence; a lost connection is not taken up again.
 */
import type { SnapshotEvent } from '@kyberline/shared/snapshot';
import { createTRPCClient, createWSClient, TRPCClientError, wsLink } from '@trpc/client';
import { WebSocket } from 'ws';
import type { AppRouter } from '../api/router.js';
import type { ClientConfig } from '../config.js';
import { Problem } from '../problem.js';
import { readRunning } from '../store/running.js';
import { readToken } from '../store/token.js';
import { requireOwnListener } from './listener.js';

const CONNECT_MS = 5_000;
const MOST_WAITING = 100;

export type Api = ReturnType<typeof createTRPCClient<AppRouter>>;

export interface DaemonConnection {
  port: number;
  /** Runs one procedure; its failure is a Problem with the daemon's own sentence. */
  ask<T>(request: (api: Api) => Promise<T>): Promise<T>;
  /** Every event from now on; ends when `signal` is aborted, throws when the daemon goes. */
  watch(signal: AbortSignal): AsyncIterable<SnapshotEvent>;
  close(): Promise<void>;
}

/** @throws Problem `no-token`, `daemon-not-running`, `not-a-daemon`, `foreign-listener` */
export async function connect(
  config: Pick<ClientConfig, 'home' | 'port'>,
): Promise<DaemonConnection> {
  const port = config.port ?? readRunning(config.home)?.apiPort;
  if (port === undefined) throw notRunning(config.home, undefined);
  const token = readToken(config.home);
  requireOwnListener(config.home, port);
  const lost = new AbortController();
  const client = await open(port, token, config.home, () => lost.abort());
  const api = createTRPCClient<AppRouter>({ links: [wsLink<AppRouter>({ client })] });
  return {
    port,
    async ask(request) {
      try {
        return await request(api);
      } catch (error) {
        throw lost.signal.aborted ? gone() : asProblem(error);
      }
    },
    watch: (signal) => watch(api, signal, lost.signal),
    close: () => client.close(),
  };
}

type Client = ReturnType<typeof createWSClient>;

function open(port: number, token: string, home: string, lost: () => void): Promise<Client> {
  return new Promise((resolve, reject) => {
    const fail = (problem: Problem) => {
      clearTimeout(timer);
      void client.close();
      reject(problem);
    };
    const timer = setTimeout(() => fail(notADaemon(port)), CONNECT_MS);
    const client = createWSClient({
      url: `ws://127.0.0.1:${port}/trpc`,
      connectionParams: { token },
      // `ws` has what tRPC uses of a browser's WebSocket; the two types know nothing of each other.
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      onOpen() {
        clearTimeout(timer);
        resolve(client);
      },
      onError(event) {
        const refused = connectionRefused((event as { error?: unknown } | undefined)?.error);
        fail(refused ? notRunning(home, port) : notADaemon(port));
      },
      onClose() {
        lost();
        void client.close();
      },
    });
  });
}

/** `localhost` may give one error for each of its addresses, in an AggregateError. */
function connectionRefused(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(connectionRefused);
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED';
}

async function* watch(
  api: Api,
  signal: AbortSignal,
  lost: AbortSignal,
): AsyncGenerator<SnapshotEvent> {
  const waiting: SnapshotEvent[] = [];
  let failure: Error | undefined;
  let wake = () => {};
  const fail = (error: Error) => {
    failure ??= error;
    wake();
  };
  const subscription = api.snapshot.subscribe(undefined, {
    onData(event) {
      queue(waiting, event);
      wake();
    },
    onError: (error) => fail(asProblem(error)),
    onComplete: () => fail(gone()),
  });
  const onLost = () => fail(gone());
  const onAbort = () => wake();
  lost.addEventListener('abort', onLost);
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const event = waiting.shift();
      if (event !== undefined) yield event;
      else if (failure !== undefined) throw failure;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    lost.removeEventListener('abort', onLost);
    signal.removeEventListener('abort', onAbort);
    subscription.unsubscribe();
  }
}

/** A reader that is slow misses levels and counters that were overtaken, and the oldest states. */
export function queue(waiting: SnapshotEvent[], event: SnapshotEvent): void {
  const passed = waiting.findIndex(({ type }) => type === event.type && type !== 'state');
  if (passed >= 0) waiting.splice(passed, 1);
  else if (waiting.length >= MOST_WAITING) waiting.shift();
  waiting.push(event);
}

/** The daemon's sentence, or that of the input schema which refused. */
function asProblem(error: unknown): Error {
  if (!(error instanceof TRPCClientError)) throw error;
  const data = error.data as { code?: string; kyberlineCode?: string } | undefined;
  if (data?.code === 'UNAUTHORIZED') {
    return new Problem(
      'wrong-token',
      'The daemon on this port has another token: it belongs to another data folder. Name that one with --home, or the right port with --port.',
    );
  }
  const code = data?.kyberlineCode ?? 'daemon-refused';
  return new Problem(code, inputSentence(error.message) ?? error.message, { cause: error });
}

/** zod's issues arrive as JSON in the message; the first one is for a person. */
function inputSentence(message: string): string | undefined {
  try {
    const issue: unknown = JSON.parse(message)[0]?.message;
    return typeof issue === 'string' ? issue : undefined;
  } catch {
    return undefined;
  }
}

function notRunning(home: string, port: number | undefined): Problem {
  const where = port === undefined ? `for ${home}` : `on 127.0.0.1:${port}`;
  return new Problem(
    'daemon-not-running',
    `No Kyberline daemon is running ${where}. Start it with "kyberline daemon" or "npm start", or name its data folder with --home.`,
  );
}

function notADaemon(port: number): Problem {
  return new Problem(
    'not-a-daemon',
    `What answers on 127.0.0.1:${port} is not a Kyberline daemon. Name the right port with --port.`,
  );
}

function gone(): Problem {
  return new Problem('daemon-gone', 'The daemon stopped. Start it again with "kyberline daemon".');
}
