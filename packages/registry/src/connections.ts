/** The connections of a server: few per address, and all of them gone when it closes. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { addressKey } from './limits.js';

/** How long a request that is being answered may still take when the server closes, ms. */
const LAST_ANSWERS_MS = 300;

export interface Connections {
  /** Stop listening and end every connection; upgraded ones, which `Server` forgets, as well. */
  close(): Promise<void>;
}

/** Refuse connections of an address beyond `perAddress`, from now on. */
export function keepConnections(server: Server, perAddress: number): Connections {
  const open = new Map<string, Set<Socket>>();
  server.on('connection', (socket: Socket) => {
    const key = addressKey(socket.remoteAddress ?? '');
    const ofAddress = open.get(key) ?? new Set();
    if (ofAddress.size >= perAddress) {
      socket.destroy();
      return;
    }
    open.set(key, ofAddress.add(socket));
    socket.once('close', () => {
      ofAddress.delete(socket);
      if (ofAddress.size === 0) open.delete(key);
    });
  });
  return {
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => {
          for (const socket of [...open.values()].flatMap((some) => [...some])) socket.destroy();
        }, LAST_ANSWERS_MS);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
