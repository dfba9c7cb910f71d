/**
 * What stands between a daemon and a registry: a TCP port that passes everything on, or nothing, or
 * all but event sockets, as a proxy does that knows no WebSockets.
 */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface Front {
  url: string;
  /** The first lines of the requests that came, in order. */
  readonly asked: readonly string[];
  /** Whose port it is from now on; undefined = nobody answers. Ends every connection. */
  lead(to: number | undefined): void;
  /** What becomes of event sockets from now on; those that are open end. */
  upgrades(are: 'passed' | 'refused' | 'left waiting'): void;
  stop(): Promise<void>;
}

const REFUSAL = 'HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

export async function openFront(port: number): Promise<Front> {
  let leadsTo: number | undefined = port;
  let upgradesAre: Parameters<Front['upgrades']>[0] = 'passed';
  const asked: string[] = [];
  const open = new Set<Socket>();
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
    return socket;
  };

  const server = createServer((socket) => {
    keep(socket);
    socket.on('data', (data: Buffer) => {
      const line = /^(GET|POST|DELETE) \S+/.exec(data.toString('latin1'))?.[0];
      if (line !== undefined) asked.push(line);
    });
    socket.once('data', (first: Buffer) => {
      const isUpgrade = /^upgrade: websocket\r$/im.test(first.toString('latin1'));
      if (isUpgrade && upgradesAre === 'left waiting') return;
      if (isUpgrade && upgradesAre === 'refused') return socket.end(REFUSAL);
      if (leadsTo === undefined) return socket.destroy();
      const registry = keep(connect(leadsTo, '127.0.0.1'));
      registry.write(first);
      socket.pipe(registry).pipe(socket);
      socket.on('close', () => registry.destroy());
      registry.on('close', () => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    lead(to) {
      leadsTo = to;
      cut();
    },
    upgrades(are) {
      upgradesAre = are;
      cut();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
