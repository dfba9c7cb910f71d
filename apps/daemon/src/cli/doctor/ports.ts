/** With no daemon running: could one take its ports? */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { about, type Finding } from './finding.js';

const { ok, wrong } = about('ports');

export async function checkPorts(apiPort: number, udpPort: number): Promise<Finding[]> {
  const [api, udp] = await Promise.all([canListen(apiPort), canBind(udpPort)]);
  return [
    api
      ? ok(`Port ${apiPort} on 127.0.0.1 is free for the daemon.`)
      : wrong(
          `Port ${apiPort} on 127.0.0.1 is taken by another program. Stop it, or start the daemon with another --port.`,
        ),
    udp
      ? ok(`UDP port ${udpPort} is free for voice.`)
      : wrong(
          `UDP port ${udpPort} is taken by another program. Stop it, or start the daemon with another --udp-port.`,
        ),
  ];
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, '0.0.0.0', () => socket.close(() => resolve(true)));
  });
}
