/**
 * The connection to the daemon: one WebSocket with tRPC, opened again by itself whenever it is
 * lost, and one subscription that fills the store.
 *
 *   GET /api/daemon → ws://127.0.0.1:4747/trpc + token → snapshot → store
 */
import type { AppRouter } from '@kyberline/daemon/api/router';
import type { SnapshotEvent } from '@kyberline/shared/snapshot';
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client';
import { AccessRefused, DAEMON_AWAY, type DaemonAccess, fetchAccess } from './access';
import type { Link, Store } from './store';

/** A connection that is back within this time was never gone, as far as a person can tell. */
const GRACE_MS = 1200;
/** A subscription that the daemon refused or ended is asked for again after this. */
const ASK_AGAIN_MS = 1000;
const LONGEST_PAUSE_MS = 2500;

export type DaemonConnection = {
  client: TRPCClient<AppRouter>;
  /** Whether a command sent now goes out now; tRPC keeps others for the next connection. */
  isOpen: () => boolean;
  close: () => void;
};

export function connectDaemon(store: Store): DaemonConnection {
  let access: DaemonAccess | undefined;
  let trouble: Link = { kind: 'away', sentence: DAEMON_AWAY };
  let gone: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const lost = () => {
    if (gone !== undefined || closed) return;
    gone = setTimeout(() => {
      gone = undefined;
      // What the daemon last said may not be true any more: a call may have ended.
      for (const key of ['state', 'levels', 'counters'] as const) store.set(key, undefined);
      store.set('link', trouble);
    }, GRACE_MS);
  };
  const live = () => {
    clearTimeout(gone);
    gone = undefined;
    store.set('link', { kind: 'live' });
  };
  /** A new reason is shown at once if the page already says that something is wrong. */
  const explain = (reason: Link) => {
    trouble = reason;
    const shown = store.get('link').kind;
    if (shown === 'away' || shown === 'not-paired') store.set('link', reason);
  };

  const socket = createWSClient({
    url: async () => {
      access = await fetchAccess().catch((error: unknown) => {
        explain(linkFor(error));
        lost();
        throw error;
      });
      explain({ kind: 'away', sentence: DAEMON_AWAY });
      store.set('registryAddresses', access.registryAddresses);
      return `${access.url}/trpc`;
    },
    connectionParams: () => ({ token: access?.token ?? '' }),
    retryDelayMs: (attempt) =>
      attempt === 0 ? 0 : Math.min(200 * 2 ** Math.min(attempt, 8), LONGEST_PAUSE_MS),
    onClose: lost,
    onError: lost,
    keepAlive: { enabled: true, intervalMs: 5000, pongTimeoutMs: 3000 },
  });
  const client = createTRPCClient<AppRouter>({ links: [wsLink<AppRouter>({ client: socket })] });

  const listen = (): { unsubscribe: () => void } => {
    const askAgain = () => {
      if (closed) return;
      lost();
      clearTimeout(again);
      again = setTimeout(() => {
        subscription = listen();
      }, ASK_AGAIN_MS);
    };
    return client.snapshot.subscribe(undefined, {
      onData: (event) => {
        live();
        take(store, event);
      },
      onError: () => {
        // The daemon may have made a new token; it is shown when a connection opens.
        socket.connection?.ws.close();
        askAgain();
      },
      onComplete: askAgain,
    });
  };
  lost();
  let subscription = listen();

  return {
    client,
    isOpen: () => socket.connection?.state === 'open',
    close: () => {
      closed = true;
      clearTimeout(gone);
      clearTimeout(again);
      subscription.unsubscribe();
      void socket.close();
    },
  };
}

function take(store: Store, event: SnapshotEvent): void {
  switch (event.type) {
    case 'state':
      store.set('state', event.state);
      break;
    case 'levels':
      store.set('levels', event.levels);
      break;
    case 'counters':
      store.set('counters', event.counters);
      break;
  }
}

function linkFor(error: unknown): Link {
  if (error instanceof AccessRefused) {
    return {
      kind: error.code === 'not-paired' ? 'not-paired' : 'away',
      sentence: error.message,
    };
  }
  return { kind: 'away', sentence: DAEMON_AWAY };
}
