/** Somebody at a registry, over real HTTP and a real WebSocket: an identity and what it can ask. */
import { randomBytes } from 'node:crypto';
import { toBase64 } from '@kyberline/core/crypto/bytes';
import type { Identity } from '@kyberline/core/crypto/identity';
import { registerStatement, requestStatement } from '@kyberline/core/crypto/register';
import { type TestPerson, testPerson } from '@kyberline/core/crypto/testing/people';
import {
  challengeResponse,
  EVENTS_PATH,
  type RegistryEvent,
  registryEvent,
  SIGNED_HEADERS,
} from '@kyberline/shared/registry';
import { WebSocket } from 'ws';

export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
  json: any;
  headers: Headers;
}

/** Where the registry under test is, and what time it is there. */
export interface Place {
  url: string;
  registryId: Uint8Array;
  now: () => number;
}

/** What a test may get wrong on purpose. */
export interface Tampering {
  user?: string;
  millis?: number;
  nonce?: Uint8Array;
  signedPath?: string;
  signedBody?: string;
  signer?: Identity;
  registryId?: Uint8Array;
}

export async function ask(url: string, path: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url + path, init);
  const text = await response.text();
  const json = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, json, headers: response.headers };
}

export class Person {
  readonly machineId = randomBytes(16).toString('hex');

  constructor(
    readonly place: Place,
    readonly test: TestPerson,
  ) {}

  get name(): string {
    return this.test.name;
  }

  /** Sign, and show the headers. */
  sign(method: string, path: string, body = '', wrong: Tampering = {}): Record<string, string> {
    const user = wrong.user ?? this.name;
    const millis = wrong.millis ?? this.place.now();
    const nonce = wrong.nonce ?? randomBytes(16);
    const statement = requestStatement({
      registryId: wrong.registryId ?? this.place.registryId,
      method,
      pathAndQuery: wrong.signedPath ?? path,
      body: Buffer.from(wrong.signedBody ?? body),
      user,
      millis,
      nonce,
    });
    return {
      [SIGNED_HEADERS.user]: user,
      [SIGNED_HEADERS.millis]: String(millis),
      [SIGNED_HEADERS.nonce]: toBase64(nonce),
      [SIGNED_HEADERS.signature]: toBase64((wrong.signer ?? this.test.identity).signEd(statement)),
    };
  }

  ask(method: string, path: string, body?: unknown, wrong: Tampering = {}): Promise<Reply> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = this.sign(method, path, text, wrong);
    if (body === undefined) return ask(this.place.url, path, { method, headers });
    const content = { 'content-type': 'application/json', ...headers };
    return ask(this.place.url, path, { method, headers: content, body: text });
  }

  /** Ask for a challenge and sign it, with the old identity too where one is given. */
  async register(old?: Identity, change: { machineId?: string } = {}): Promise<Reply> {
    const request = {
      username: this.name,
      bundle: toBase64(this.test.bundle.bytes),
      machine_id: change.machineId ?? this.machineId,
    };
    const first = await post(this.place.url, '/api/register', request);
    const asked = challengeResponse.safeParse(first.json);
    if (!asked.success) return first;
    const { challenge } = asked.data;
    const statement = registerStatement({
      registryId: this.place.registryId,
      name: this.name,
      bundleHash: this.test.bundle.hash,
      challenge: Buffer.from(challenge, 'base64'),
    });
    const previous = old && {
      ed_public: toBase64(old.public.ed),
      mldsa_public: toBase64(old.public.mldsa),
      ...signatures(old, statement),
    };
    const proof = { challenge, ...signatures(this.test.identity, statement), previous };
    return post(this.place.url, '/api/register', { ...request, proof });
  }

  call(to: Person | string, callId = randomBytes(16).toString('hex')): Promise<Reply> {
    return this.ask('POST', '/api/call/initiate', {
      call_id: callId,
      caller_username: this.name,
      callee_username: typeof to === 'string' ? to : to.name,
      offer: 'b2ZmZXI=',
    });
  }

  accept(call_id: string): Promise<Reply> {
    return this.ask('POST', '/api/call/accept', { call_id, answer: 'YW5zd2Vy' });
  }

  reject(call_id: string, reason?: string): Promise<Reply> {
    return this.ask('POST', '/api/call/reject', { call_id, reason });
  }

  hangup(call_id: string): Promise<Reply> {
    return this.ask('POST', '/api/call/hangup', { call_id });
  }

  status(callId: string): Promise<Reply> {
    return this.ask('GET', `/api/call/status/${callId}`);
  }

  pending(): Promise<Reply> {
    return this.ask('GET', `/api/call/pending/${this.name}?machine_id=${this.machineId}`);
  }

  async online(): Promise<boolean | undefined> {
    const { json } = await ask(this.place.url, '/api/users');
    return json.users.find((user: { username: string }) => user.username === this.name)?.online;
  }

  listen(machineId = this.machineId): Promise<Ear> {
    const path = `${EVENTS_PATH}?machine_id=${machineId}`;
    return Ear.open(this.place.url.replace('http', 'ws') + path, this.sign('GET', path));
  }
}

/** An event socket with what came out of it. */
export class Ear {
  readonly heard: RegistryEvent[] = [];
  closed: number | undefined;
  readonly #waiting = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.heard.push(registryEvent.parse(JSON.parse(String(data))));
      this.#wake();
    });
    socket.on('close', (code) => {
      this.closed = code;
      this.#wake();
    });
  }

  static open(url: string, headers: Record<string, string>): Promise<Ear> {
    const socket = new WebSocket(url, { headers });
    const ear = new Ear(socket);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(ear));
      socket.on('error', reject);
      socket.on('unexpected-response', (_, response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          reject(new Refused(response.statusCode ?? 0, String(Buffer.concat(chunks)))),
        );
      });
    });
  }

  /** Wait until `what` holds, at most 5 s. */
  async until(what: (ear: Ear) => boolean): Promise<void> {
    const deadline = Date.now() + 5_000;
    while (!what(this)) {
      if (Date.now() > deadline) throw new Error(`heard only ${JSON.stringify(this.heard)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
        setTimeout(resolve, 100);
      });
    }
  }

  /** The statuses of the calls that were pushed, in order. */
  calls(): string[] {
    return this.heard.flatMap((event) => (event.type === 'call' ? [event.call.status] : []));
  }

  /** Wait for a last event of a call. */
  untilCall(status: string): Promise<void> {
    return this.until((ear) => ear.calls().at(-1) === status);
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** An upgrade that was answered with plain HTTP. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`${status} ${body}`);
  }
}

export function post(url: string, path: string, body: unknown): Promise<Reply> {
  const headers = { 'content-type': 'application/json' };
  return ask(url, path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** A person with a bundle for this registry; the same seed is the same identity. */
export async function personAt(
  place: Place,
  name: string,
  options: { seed?: string; preference?: 1 | 2 | 3 } = {},
): Promise<Person> {
  const { registryId, now } = place;
  return new Person(place, await testPerson(name, { ...options, registryId, notBefore: now() }));
}

function signatures(identity: Identity, statement: Uint8Array) {
  const { ed, mldsa } = identity.sign('pqv1 register', statement);
  return { ed_signature: toBase64(ed), mldsa_signature: toBase64(mldsa) };
}
