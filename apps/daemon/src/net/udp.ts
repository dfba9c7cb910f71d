/**
 * The socket that all calls of an engine share. IPv4 and IPv6 in one where the system has both;
 * addresses come and go in their plain form, never as `::ffff:192.0.2.1`.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { Address } from '../media/messages.js';
import { Problem } from '../problem.js';

export interface DatagramSocket {
  /** The port that peers can send to. */
  readonly port: number;
  /** Datagrams that the system would not take (too long, no route…); they are lost, as on the way. */
  readonly unsent: number;
  /** One listener; the bytes are its own from then on. */
  onDatagram(listener: (bytes: Uint8Array, from: Address) => void): void;
  /**
   * Sends, or loses, one datagram. The bytes must stay as they are until the system has taken
   * them, nearly always at once: senders go round a ring of buffers (media/packets.ts).
   */
  send(bytes: Uint8Array, to: Address): void;
  close(): Promise<void>;
}

/** A second of several calls, should the thread be held up that long. */
const BUFFER_BYTES = 1 << 20;
const MAPPED = '::ffff:';

/**
 * Binds the socket.
 * @param host an address of this machine; `::` is every one, also where there is no IPv6
 * @param port 0 = any free one
 * @throws Problem `udp-port-taken`, `udp-port-forbidden`, `udp-host-unknown`, `udp-failed`
 */
export async function openUdp(host: string, port: number): Promise<DatagramSocket> {
  if (isIPv4(host)) return new UdpSocket(await bind('udp4', host, port));
  try {
    return new UdpSocket(await bind('udp6', host, port));
  } catch (cause) {
    if (host !== '::' || !(cause instanceof Problem) || cause.code === 'udp-port-taken') {
      throw cause;
    }
    return new UdpSocket(await bind('udp4', '0.0.0.0', port));
  }
}

/** The one spelling of an address that compares equal; undefined if it is no IP address. */
export function normalAddress(address: string): string | undefined {
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  if (address.includes('%')) return address;
  const plain = new SocketAddress({ address, family: 'ipv6' }).address;
  return plain.startsWith(MAPPED) && isIPv4(plain.slice(MAPPED.length))
    ? plain.slice(MAPPED.length)
    : plain;
}

class UdpSocket implements DatagramSocket {
  readonly port: number;
  unsent = 0;
  readonly #socket: Socket;
  readonly #isV6: boolean;
  readonly #sent = (error: Error | null): void => {
    if (error) this.unsent++;
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    const { port, family } = socket.address();
    this.port = port;
    this.#isV6 = family === 'IPv6';
    // ECONNREFUSED and its like are news of single datagrams, which may be lost anyway.
    socket.on('error', () => this.unsent++);
  }

  onDatagram(listener: (bytes: Uint8Array, from: Address) => void): void {
    this.#socket.on('message', (bytes, { address, port }) => {
      const plain = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
      listener(bytes, { address: plain, port });
    });
  }

  send(bytes: Uint8Array, to: Address): void {
    const isV4 = isIPv4(to.address);
    if (!isV4 && !this.#isV6) {
      this.unsent++;
      return;
    }
    try {
      const address = isV4 && this.#isV6 ? MAPPED + to.address : to.address;
      this.#socket.send(bytes, to.port, address, this.#sent);
    } catch {
      // Closed, or a port that is none.
      this.unsent++;
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      try {
        this.#socket.close(() => resolve());
      } catch {
        resolve();
      }
    });
  }
}

function bind(type: 'udp4' | 'udp6', host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type,
      ipv6Only: false,
      // Only addresses come here: answer at once, so that a datagram leaves within `send`.
      lookup: (address, _options, done) => done(null, address, type === 'udp6' ? 6 : 4),
    });
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      socket.close();
      reject(refusal(cause, host, port));
    });
    socket.bind(port, host, () => {
      socket.removeAllListeners('error');
      try {
        socket.setRecvBufferSize(BUFFER_BYTES);
        socket.setSendBufferSize(BUFFER_BYTES);
      } catch {
        // The system's own size has to do.
      }
      resolve(socket);
    });
  });
}

function refusal(cause: NodeJS.ErrnoException, host: string, port: number): Problem {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new Problem(
        'udp-port-taken',
        `UDP port ${port} is in use by another program. Stop it, or choose another port with --udp-port (0 = any free one).`,
        { cause },
      );
    case 'EACCES':
    case 'EPERM':
      return new Problem(
        'udp-port-forbidden',
        `The system does not let this program use UDP port ${port}. Choose one above 1023 with --udp-port.`,
        { cause },
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return new Problem(
        'udp-host-unknown',
        `${host} is not an address of this machine. Leave --udp-host away, or give one of its own addresses.`,
        { cause },
      );
    default:
      return new Problem(
        'udp-failed',
        `UDP port ${port} cannot be opened (${cause.code ?? cause.name}). Choose another one with --udp-port.`,
        { cause },
      );
  }
}
