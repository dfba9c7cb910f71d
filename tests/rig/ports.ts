/**
 * Ports that nobody has now. The kernel chooses, the port is closed again and handed out once: a
 * test must not name fixed ports, since several run on one machine.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const handedOut = new Set<number>();

/** A TCP port that is free on loopback and on every address. */
export async function freeTcpPort(): Promise<number> {
  return once(
    () =>
      new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(0, '0.0.0.0', () => {
          const address = server.address();
          const port = typeof address === 'object' && address !== null ? address.port : 0;
          server.close(() => resolve(port));
        });
      }),
  );
}

/** A UDP port that is free on every address. */
export async function freeUdpPort(): Promise<number> {
  return once(
    () =>
      new Promise((resolve, reject) => {
        const socket = createSocket('udp4');
        socket.once('error', reject);
        socket.bind(0, '0.0.0.0', () => {
          const { port } = socket.address();
          socket.close(() => resolve(port));
        });
      }),
  );
}

async function once(ask: () => Promise<number>): Promise<number> {
  for (;;) {
    const port = await ask();
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    return port;
  }
}
