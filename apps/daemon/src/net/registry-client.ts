/**
 * The registry on the network as a daemon uses it: find it, take a name there, publish bundles,
 * exchange offers and answers. One client per registry address; a new address is a new client.
 */
import type { Bundle } from '@kyberline/core/crypto/bundle';
import type { Identity } from '@kyberline/core/crypto/identity';
import { registerStatement } from '@kyberline/core/crypto/register';
import type { CallId, RegistryId, UserName } from '@kyberline/shared/ids';
import {
  bundleResponse,
  callResponse,
  challengeResponse,
  type HangupReason,
  healthResponse,
  pendingResponse,
  type RejectReason,
  registerResponse,
} from '@kyberline/shared/registry';
import type { RegistryView } from '@kyberline/shared/snapshot';
import { z } from 'zod';
import { Problem } from '../problem.js';
import type { Exchange, LookUp } from './exchange.js';
import { type EventsListener, type EventsState, RegistryEvents } from './registry-events.js';
import { type Clocks, RegistryHttp, type Signer } from './registry-http.js';

const RETRY_MS = 1_000;
/** While no events come, only being asked shows that a registry is still there. */
const WATCH_MS = 5_000;
/** Refusals by which a registry shows that it does not know this name or this id any more. */
const FORGOTTEN: ReadonlySet<string> = new Set(['not-registered', 'bad-signature']);

export interface RegistryListener extends Omit<EventsListener, 'state'> {
  /** The registry answered for the first time, again after it did not, or under another id. */
  found(registryId: Uint8Array): void;
  changed(view: RegistryView): void;
}

export class RegistryClient implements Exchange {
  readonly #http: RegistryHttp;
  #events: RegistryEvents | undefined;
  #name: UserName | undefined;
  #view: RegistryView;
  #retry: NodeJS.Timeout | undefined;
  #finding: Promise<void> | undefined;
  #closed = false;

  constructor(
    url: string,
    private readonly identity: Identity,
    private readonly machineId: string,
    private readonly clocks: Clocks,
    random: (bytes: number) => Uint8Array,
    private readonly listener: RegistryListener,
  ) {
    this.#http = new RegistryHttp(new URL(url), clocks, random);
    this.#view = { url, state: 'connecting' };
  }

  get registryId(): Uint8Array | undefined {
    return this.#http.registryId;
  }

  get clockOffsetMs(): number | undefined {
    return this.#http.clockOffsetMs;
  }

  get view(): RegistryView {
    return { ...this.#view, clockOffsetMs: this.#http.clockOffsetMs };
  }

  /** Looks for the registry until it answers, and then whether it still does. */
  start(): void {
    this.#find();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#events?.close();
  }

  /** Whether another machine of this identity has `name` by now; one of a stranger is not meant. */
  async isReplaced(name: UserName): Promise<boolean> {
    const path = `/api/call/pending/${name}?machine_id=${this.machineId}`;
    try {
      await this.#http.ask(pendingResponse, { method: 'GET', path, signer: this.#signer(name) });
      return false;
    } catch (cause) {
      const code = cause instanceof Problem ? cause.code : '';
      if (code !== 'replaced' && !FORGOTTEN.has(code)) throw cause;
      return code === 'replaced';
    }
  }

  /** Publishes a bundle under its name, taking the name if it is free (SPEC 12). */
  async publish(bundle: Bundle): Promise<void> {
    const request = {
      username: bundle.name,
      bundle: base64(bundle.bytes),
      machine_id: this.machineId,
    };
    const { challenge, registry_id } = await this.#http.ask(challengeResponse, {
      method: 'POST',
      path: '/api/register',
      body: request,
      alsoStatus: 401,
    });
    if (registry_id !== hex(bundle.registryId)) {
      // A new database behind the old address. Once its id is known, `found` begins again.
      this.#find();
      throw this.#strange();
    }
    const statement = registerStatement({
      registryId: bundle.registryId,
      name: bundle.name,
      bundleHash: bundle.hash,
      challenge: Buffer.from(challenge, 'base64'),
    });
    const signatures = this.identity.sign('pqv1 register', statement);
    await this.#http.ask(registerResponse, {
      method: 'POST',
      path: '/api/register',
      body: {
        ...request,
        proof: {
          challenge,
          ed_signature: base64(signatures.ed),
          mldsa_signature: base64(signatures.mldsa),
        },
      },
    });
  }

  /** From now on calls for `name` come to this machine. */
  listen(name: UserName): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#events?.close();
    const signer = this.#signer(name);
    this.#events = new RegistryEvents(this.#http, signer, this.machineId, this.clocks.monotonic, {
      ...this.listener,
      state: (state) => this.#eventsAt(state),
    });
    this.#name = name;
    this.#events.start();
  }

  /** No more events: the name is not this machine's any more. */
  stopListening(): void {
    if (this.#closed || !this.#events) return;
    this.#events.close();
    this.#events = undefined;
    this.#show({ state: 'connecting', problem: undefined });
    this.#find();
  }

  /** Gives a name up; nobody can call it until somebody takes it again. */
  async unregister(name: UserName): Promise<void> {
    const path = `/api/users/${name}`;
    await this.#http.ask(z.unknown(), { method: 'DELETE', path, signer: this.#signer(name) });
    if (this.#name !== name) return;
    this.#name = undefined;
    this.stopListening();
  }

  async lookUp(name: UserName): Promise<LookUp> {
    const reply = await this.#ask(bundleResponse, 'GET', `/api/users/${name}`);
    return { bundle: Buffer.from(reply.bundle, 'base64'), online: reply.online };
  }

  async initiate(call: {
    callId: CallId;
    from: UserName;
    to: UserName;
    offer: Uint8Array;
  }): Promise<void> {
    await this.#ask(callResponse, 'POST', '/api/call/initiate', {
      call_id: call.callId,
      caller_username: call.from,
      callee_username: call.to,
      offer: base64(call.offer),
    });
  }

  async accept(callId: CallId, answer: Uint8Array): Promise<void> {
    await this.#ask(callResponse, 'POST', '/api/call/accept', {
      call_id: callId,
      answer: base64(answer),
    });
  }

  async reject(callId: CallId, reason: RejectReason): Promise<void> {
    await this.#ask(callResponse, 'POST', '/api/call/reject', { call_id: callId, reason });
  }

  async hangUp(callId: CallId, reason?: HangupReason): Promise<void> {
    const request = { call_id: callId, ...(reason && { reason }) };
    await this.#ask(callResponse, 'POST', '/api/call/hangup', request);
  }

  follow(callId: CallId): void {
    this.#events?.follow(callId);
  }

  unfollow(callId: CallId): void {
    this.#events?.unfollow(callId);
  }

  #find(): void {
    clearTimeout(this.#retry);
    this.#finding ??= this.#askHealth().then((againMs) => {
      this.#finding = undefined;
      if (this.#closed || this.#events) return;
      this.#retry = setTimeout(() => this.#find(), againMs);
    });
  }

  /**
   * `connecting` stands for a registry that answers, or is not known not to, while nothing is
   * pushed or polled. Events tell of their own state. @returns when to ask again, ms
   */
  async #askHealth(): Promise<number> {
    try {
      const health = await this.#http.ask(healthResponse, { method: 'GET', path: '/api/health' });
      if (this.#closed) return WATCH_MS;
      const { state, registryId: before } = this.#view;
      const registryId = health.registry_id;
      this.#http.registryId = Buffer.from(registryId, 'hex');
      this.#show({ registryId, ...(!this.#events && { state: 'connecting', problem: undefined }) });
      if (state === 'unreachable' || registryId !== before) {
        this.listener.found(this.#http.registryId);
      }
      return WATCH_MS;
    } catch (cause) {
      if (this.#closed || this.#events) return RETRY_MS;
      const problem = cause instanceof Problem ? cause.message : String(cause);
      this.#show({ state: 'unreachable', problem });
      return RETRY_MS;
    }
  }

  #eventsAt(state: EventsState): void {
    this.#show({ state: state.at, problem: 'problem' in state ? state.problem : undefined });
    // It answers but knows us no more: a new database behind the old address. Begin again.
    if (state.at === 'unreachable' && FORGOTTEN.has(state.code)) this.#find();
  }

  #show(change: {
    state?: RegistryView['state'];
    problem?: string | undefined;
    registryId?: RegistryId;
  }): void {
    const before = JSON.stringify(this.#view);
    this.#view = { ...this.#view, ...change };
    if (JSON.stringify(this.#view) !== before) this.listener.changed(this.view);
  }

  #ask<T>(schema: z.ZodType<T>, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) {
    return this.#http.ask(schema, { method, path, body, signer: this.#me() });
  }

  #me(): Signer {
    if (!this.#name) {
      throw new Problem('not-registered', 'Choose a name first: without one nobody can be called.');
    }
    return this.#signer(this.#name);
  }

  #signer(name: UserName): Signer {
    return { name, signEd: (data) => this.identity.signEd(data) };
  }

  #strange(): Problem {
    return new Problem(
      'registry-strange',
      `The registry at ${this.#http.url.origin} is another one than before. Try again in a moment.`,
    );
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
