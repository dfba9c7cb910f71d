/**
 * What the registry pushes: a WebSocket while it lasts, a poll once a second while it does not.
 * It reports where it stands, so that the panel can say so.
 */
import {
  type CallRecord,
  callResponse,
  EVENTS_CLOSE,
  EVENTS_PATH,
  type Person,
  pendingResponse,
  peopleResponse,
  registryEvent,
} from '@kyberline/shared/registry';
import { WebSocket } from 'ws';
import { Problem } from '../problem.js';
import type { CallListener } from './exchange.js';
import type { RegistryHttp, Signer } from './registry-http.js';
import { RegistryPeople } from './registry-people.js';

const POLL_MS = 1_000;
/** People matter less than calls. Pushed, the list is there for what a push cannot say. */
const PEOPLE_MS = { polled: 5_000, pushed: 45_000 };
const CONNECT_TIMEOUT_MS = 5_000;
const RETRY_MS = { first: 1_000, most: 10_000 };
/** The registry pings; silence for this long means that the line is dead. */
const DEAD_MS = 45_000;
const MAX_EVENT_BYTES = 64 * 1024;

export type EventsState =
  | { at: 'connecting' }
  | { at: 'push' }
  | { at: 'polling'; problem: string }
  /** `code` is the registry's own where it refused, e.g. because it forgot this name. */
  | { at: 'unreachable'; problem: string; code: string };

export interface EventsListener {
  call: CallListener;
  people(people: Person[]): void;
  presence(person: Person): void;
  /** The name was registered from another machine. */
  replaced(): void;
  state(state: EventsState): void;
}

export class RegistryEvents {
  readonly #followed = new Set<string>();
  readonly #people: RegistryPeople;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #retryMs = RETRY_MS.first;
  #nextConnectAt = 0;
  #closed = false;

  constructor(
    private readonly http: RegistryHttp,
    private readonly signer: Signer,
    private readonly machineId: string,
    private readonly monotonic: () => number,
    private readonly listener: EventsListener,
  ) {
    const list = { method: 'GET', path: '/api/users' } as const;
    this.#people = new RegistryPeople(
      async () => (await http.ask(peopleResponse, list)).users,
      (people) => listener.people(people),
    );
  }

  follow(callId: string): void {
    this.#followed.add(callId);
  }

  unfollow(callId: string): void {
    this.#followed.delete(callId);
  }

  start(): void {
    this.listener.state({ at: 'connecting' });
    this.#connect();
    this.#schedulePoll();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#people.pause();
    this.#socket?.terminate();
  }

  get #isPushed(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  #connect(): void {
    const path = `${EVENTS_PATH}?machine_id=${this.machineId}`;
    const url = new URL(path, this.http.url);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    let headers: Record<string, string>;
    try {
      headers = this.http.sign('GET', path, '', this.signer);
    } catch {
      this.#connectLater();
      return;
    }
    const socket = new WebSocket(url, {
      headers,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      maxPayload: MAX_EVENT_BYTES,
      followRedirects: false,
    });
    this.#socket = socket;
    let opened = false;
    socket.on('open', () => {
      opened = true;
      this.#opened(socket);
    });
    socket.on('message', (data) => {
      if (this.#socket === socket && !this.#closed) this.#received(String(data));
    });
    socket.on('ping', () => this.#alive(socket));
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      if (this.#socket !== socket || this.#closed) return;
      this.#socket = undefined;
      clearTimeout(this.#deadline);
      if (code === EVENTS_CLOSE.replaced) {
        this.#replaced();
        return;
      }
      this.#connectLater();
      // Before it opened, and while it does not, the polls go on anyway.
      if (!opened) return;
      // Whoever comes or goes from now on is not heard: the next list is asked for afresh.
      this.#people.pause();
      this.#schedulePoll();
    });
  }

  #opened(socket: WebSocket): void {
    clearTimeout(this.#timer);
    this.#retryMs = RETRY_MS.first;
    this.#alive(socket);
    this.listener.state({ at: 'push' });
    this.#people.follow(PEOPLE_MS.pushed);
    void this.#catchUpPushed(socket);
  }

  /** What happened while nobody listened; asked for until it is known, or polls are back. */
  async #catchUpPushed(socket: WebSocket): Promise<void> {
    try {
      await this.#catchUp();
    } catch {
      if (this.#socket !== socket || !this.#isPushed) return;
      this.#timer = setTimeout(() => void this.#catchUpPushed(socket), POLL_MS);
    }
  }

  #alive(socket: WebSocket): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => socket.terminate(), DEAD_MS);
  }

  #received(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return;
    }
    const event = registryEvent.safeParse(json);
    if (!event.success) return;
    switch (event.data.type) {
      case 'call':
        this.listener.call(event.data.call);
        break;
      case 'presence': {
        const { username, online } = event.data;
        this.#people.heard({ username, online });
        this.listener.presence({ username, online });
        break;
      }
      case 'replaced':
        this.#replaced();
        break;
      case 'hello':
        break;
    }
  }

  /** The socket says so and closes, or a poll is refused for it: there is nothing more to hear. */
  #replaced(): void {
    if (this.#closed) return;
    this.close();
    this.listener.replaced();
  }

  #connectLater(): void {
    this.#nextConnectAt = this.monotonic() + this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.most);
  }

  #schedulePoll(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  async #poll(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#catchUp();
      if (this.#closed || this.#isPushed) return;
      this.#people.follow(PEOPLE_MS.polled);
      this.listener.state({
        at: 'polling',
        problem: 'The registry does not push events at the moment, so it is asked once a second.',
      });
    } catch (cause) {
      if (this.#closed || this.#isPushed) return;
      const { code, message } =
        cause instanceof Problem
          ? cause
          : { code: 'registry-unreachable', message: 'The registry does not answer.' };
      if (code === 'replaced') {
        this.#replaced();
        return;
      }
      this.listener.state({ at: 'unreachable', problem: message, code });
    }
    if (this.#closed) return;
    // An attempt may take its 5 s: whoever calls meanwhile is heard by the next poll.
    if (!this.#socket && this.monotonic() >= this.#nextConnectAt) this.#connect();
    this.#schedulePoll();
  }

  async #catchUp(): Promise<void> {
    const pending = await this.http.ask(pendingResponse, {
      method: 'GET',
      path: `/api/call/pending/${this.signer.name}?machine_id=${this.machineId}`,
      signer: this.signer,
    });
    for (const call of pending.calls) this.#heard(call);
    for (const callId of this.#followed) await this.#askStatus(callId);
  }

  /** What a request brings that was under way when this was closed is nobody's business any more. */
  #heard(call: CallRecord): void {
    if (!this.#closed) this.listener.call(call);
  }

  async #askStatus(callId: string): Promise<void> {
    try {
      const { call } = await this.http.ask(callResponse, {
        method: 'GET',
        path: `/api/call/status/${callId}`,
        signer: this.signer,
      });
      this.#heard(call);
    } catch (cause) {
      // A call that the registry forgot is not one that it can tell anything of.
      if (cause instanceof Problem && cause.code === 'unknown-call') this.#followed.delete(callId);
      else throw cause;
    }
  }
}
