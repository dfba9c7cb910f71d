/** How many datagrams a daemon has counted as no call's; the rig's client keeps the calls' own only. */
import { snapshotEvent } from '@kyberline/shared/snapshot';
import { createTRPCUntypedClient, createWSClient, wsLink } from '@trpc/client';
import { WebSocket } from 'ws';
import { eventually } from '../rig/child.js';
import type { Daemon } from '../rig/daemon.js';

export interface StrayCounter {
  /** As of the newest counters. */
  count(): number;
  stop(): Promise<void>;
}

/** Resolves once the daemon has said its counters for the first time. */
export async function watchStrays({ name, port, token }: Daemon): Promise<StrayCounter> {
  const socket = createWSClient({
    url: `ws://127.0.0.1:${port}/trpc`,
    connectionParams: { token },
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  const client = createTRPCUntypedClient({ links: [wsLink({ client: socket })] });
  let strays: number | undefined;
  const subscription = client.subscription('snapshot', undefined, {
    onData: (data) => {
      const event = snapshotEvent.parse(data);
      if (event.type === 'counters') strays = event.counters.strayDatagrams;
    },
  });
  const stop = async () => {
    subscription.unsubscribe();
    await socket.close();
  };
  try {
    await eventually(`${name} says its counters`, 10_000, () => strays !== undefined);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { count: () => strays!, stop };
}
