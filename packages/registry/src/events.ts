/**
 * Push: one open WebSocket per name, to which calls, presence and take-overs are sent as they
 * happen. A socket that does not answer a heartbeat, or lets too much pile up, is cut off; its
 * daemon polls and connects again, so nothing is lost by that.
 */
import type { UserName } from '@kyberline/shared/ids';
import { EVENTS_CLOSE, type RegistryEvent } from '@kyberline/shared/registry';
import { WebSocket } from 'ws';
import type { Limits } from './limits.js';
import type { Presence } from './presence.js';

export const HEARTBEAT_MS = 15_000;

/** How the rules reach people; what is sent to nobody is dropped. */
export interface Push {
  everyone(event: RegistryEvent): void;
  send(name: UserName, event: RegistryEvent): void;
  /** Send a last event, if there is one, and close. */
  drop(name: UserName, why: keyof typeof EVENTS_CLOSE, last?: RegistryEvent): void;
}

interface OpenSocket {
  socket: WebSocket;
  /** Answered the last heartbeat. */
  alive: boolean;
}

export class EventSockets implements Push {
  readonly #open = new Map<UserName, OpenSocket>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(
    readonly presence: Presence,
    readonly now: () => number,
    readonly limits: Pick<Limits, 'sockets' | 'eventBacklogBytes'>,
    heartbeatMs = HEARTBEAT_MS,
  ) {
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref();
  }

  get size(): number {
    return this.#open.size;
  }

  hasRoomFor(name: UserName): boolean {
    return this.#open.has(name) || this.#open.size < this.limits.sockets;
  }

  /** Take over an open socket of `name`, whose older one is closed, and greet it. */
  add(name: UserName, socket: WebSocket, greeting: readonly RegistryEvent[]): void {
    this.drop(name, 'superseded');
    const entry: OpenSocket = { socket, alive: true };
    this.#open.set(name, entry);
    socket.on('pong', () => {
      entry.alive = true;
    });
    socket.on('message', () => socket.close(1008, 'this socket only listens'));
    // An error is followed by `close`, which does what there is to do.
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      if (this.#open.get(name) !== entry) return;
      this.#open.delete(name);
      this.presence.closed(name, code === 1000 || code === 1001, this.now());
    });
    for (const event of greeting) this.#write(entry, JSON.stringify(event));
    this.presence.opened(name);
  }

  everyone(event: RegistryEvent): void {
    const text = JSON.stringify(event);
    for (const entry of this.#open.values()) this.#write(entry, text);
  }

  send(name: UserName, event: RegistryEvent): void {
    const entry = this.#open.get(name);
    if (entry) this.#write(entry, JSON.stringify(event));
  }

  drop(name: UserName, why: keyof typeof EVENTS_CLOSE, last?: RegistryEvent): void {
    const entry = this.#open.get(name);
    if (!entry) return;
    if (last) this.#write(entry, JSON.stringify(last));
    this.#open.delete(name);
    this.presence.closed(name, false, this.now());
    entry.socket.close(EVENTS_CLOSE[why], why);
  }

  /** Close every socket: 1001, "going away". */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const { socket } of this.#open.values()) {
      socket.close(1001, 'the registry is closing');
      setTimeout(() => socket.terminate(), 500).unref();
    }
    this.#open.clear();
  }

  #write({ socket }: OpenSocket, text: string): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > this.limits.eventBacklogBytes) socket.terminate();
    else socket.send(text);
  }

  #beat(): void {
    for (const entry of this.#open.values()) {
      if (!entry.alive) {
        entry.socket.terminate();
        continue;
      }
      entry.alive = false;
      entry.socket.ping();
    }
  }
}
