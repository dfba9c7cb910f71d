/**
 * A bad network between two daemons, over real sockets, with a tap. Each daemon advertises one face
 * of the proxy, so that each sees the other at a face:
 *
 *   A ── sends to faceB ──►┐                   ┌── from faceA ──► B
 *   A ◄── from faceB ──────┤ trouble, then tap ├◄── sends to faceA ── B
 *
 * All chance comes from one seed; each direction draws from its own generator, so that what happens
 * to the n-th datagram of a direction does not hang on how the two interleave.
 */
import { createSocket, type Socket } from 'node:dgram';
import { seeded } from './random.js';

export type Direction = 'A>B' | 'B>A';

/** Each a probability 0 to 1 or a time in ms; what is left out is no trouble. */
export interface Trouble {
  loss?: number;
  /** Share of datagrams that are held back long enough to be overtaken. */
  reorder?: number;
  duplicate?: number;
  delayMs?: number;
  /** Uniform, added to the delay. Later datagrams may then overtake earlier ones, as on a real path. */
  jitterMs?: number;
  /** Nothing passes in either direction. */
  blackout?: boolean;
}

export interface Tapped {
  direction: Direction;
  /** performance.now() at arrival here. */
  atMs: number;
  bytes: Buffer;
  fate: 'passed' | 'lost' | 'blackout';
  /** How often it was sent on: 2 for a duplicate. */
  copies: number;
  /** True if this one was injected by the test. */
  injected: boolean;
}

export interface UdpProxy {
  /** What daemon A gives to `--advertise` (B reaches A there), and B likewise. */
  addressForA: string;
  addressForB: string;
  /** Every datagram that came in, in order. */
  tap: readonly Tapped[];
  change(trouble: Trouble): void;
  /** Sends bytes as if they had come from the other daemon, without any trouble. */
  inject(direction: Direction, bytes: Uint8Array): void;
  stop(): Promise<void>;
}

/** A datagram that is reordered waits this much longer than its neighbours (two to three frames). */
const OVERTAKEN_MS = 50;
const SOCKET_BUFFER_BYTES = 1 << 20;
const LOOPBACK = '127.0.0.1';

/** `portA`, `portB`: the UDP ports at which the two daemons really listen on loopback. */
export async function startUdpProxy(
  portA: number,
  portB: number,
  seed: number,
  initial: Trouble = {},
): Promise<UdpProxy> {
  const faceA = await bound();
  const faceB = await bound();
  const tap: Tapped[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let trouble = initial;
  const chance: Record<Direction, () => number> = { 'A>B': seeded(seed), 'B>A': seeded(~seed) };

  const forward = (direction: Direction, bytes: Uint8Array) => {
    // The error of a closed port is the peer's crash, which is what a test may be about.
    if (direction === 'A>B') faceA.send(bytes, portB, LOOPBACK, () => {});
    else faceB.send(bytes, portA, LOOPBACK, () => {});
  };
  const forwardIn = (ms: number, direction: Direction, bytes: Uint8Array) => {
    if (ms <= 0) return forward(direction, bytes);
    const timer = setTimeout(() => {
      timers.delete(timer);
      forward(direction, bytes);
    }, ms);
    timers.add(timer);
  };
  const arrived = (direction: Direction, bytes: Buffer) => {
    const fate = fateOf(trouble, chance[direction]);
    const copy = Buffer.from(bytes);
    tap.push({
      direction,
      atMs: performance.now(),
      bytes: copy,
      fate: fate.kind,
      copies: fate.delaysMs.length,
      injected: false,
    });
    for (const ms of fate.delaysMs) forwardIn(ms, direction, copy);
  };
  faceB.on('message', (bytes) => arrived('A>B', bytes));
  faceA.on('message', (bytes) => arrived('B>A', bytes));

  return {
    addressForA: `${LOOPBACK}:${faceA.address().port}`,
    addressForB: `${LOOPBACK}:${faceB.address().port}`,
    tap,
    change: (next) => {
      trouble = next;
    },
    inject: (direction, bytes) => {
      const copy = Buffer.from(bytes);
      tap.push({
        direction,
        atMs: performance.now(),
        bytes: copy,
        fate: 'passed',
        copies: 1,
        injected: true,
      });
      forward(direction, copy);
    },
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([closed(faceA), closed(faceB)]);
    },
  };
}

/** What happens to one datagram; the same number of draws each time, whatever the trouble is. */
export function fateOf(
  trouble: Trouble,
  chance: () => number,
): { kind: Tapped['fate']; delaysMs: number[] } {
  const [loss, reorder, duplicate, first, second] = [
    chance(),
    chance(),
    chance(),
    chance(),
    chance(),
  ] as const;
  if (trouble.blackout) return { kind: 'blackout', delaysMs: [] };
  if (loss < (trouble.loss ?? 0)) return { kind: 'lost', delaysMs: [] };
  const base = trouble.delayMs ?? 0;
  const jitter = trouble.jitterMs ?? 0;
  const held = reorder < (trouble.reorder ?? 0) ? OVERTAKEN_MS : 0;
  const delaysMs = [base + held + jitter * first];
  if (duplicate < (trouble.duplicate ?? 0)) delaysMs.push(base + 1 + jitter * second);
  return { kind: 'passed', delaysMs };
}

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, LOOPBACK, resolve);
  });
  socket.on('error', () => {});
  socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
  socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
