/**
 * One request to a registry (SPEC 12): signed where the registry wants to know who asks, its
 * refusals turned into Problems with the registry's own sentence, its clock learned from replies.
 */
import { requestStatement } from '@kyberline/core/crypto/register';
import { errorResponse, SIGNED_HEADERS } from '@kyberline/shared/registry';
import type { z } from 'zod';
import { Problem } from '../problem.js';

const REQUEST_TIMEOUT_MS = 6_000;
const MAX_REPLY_BYTES = 256 * 1024;

/** Who signs; the same for every request of a daemon. */
export interface Signer {
  name: string;
  signEd(data: Uint8Array): Uint8Array;
}

export interface Clocks {
  /** Unix ms. */
  wall(): number;
  /** Monotonic ms. */
  monotonic(): number;
}

interface Ask {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  signer?: Signer;
  /** A status beside 2xx whose body the schema describes. */
  alsoStatus?: number;
}

export class RegistryHttp {
  /** The registry's clock minus our monotonic one, ms; undefined before the first reply. */
  #serverMinusMonotonic: number | undefined;
  registryId: Uint8Array | undefined;

  constructor(
    readonly url: URL,
    private readonly clocks: Clocks,
    private readonly random: (bytes: number) => Uint8Array,
  ) {}

  /** Registry's clock minus ours, ms; undefined before the first reply. */
  get clockOffsetMs(): number | undefined {
    const offset = this.#serverMinusMonotonic;
    return offset === undefined
      ? undefined
      : Math.round(offset + this.clocks.monotonic() - this.clocks.wall());
  }

  /**
   * Sends and checks the reply against `schema`.
   * @throws Problem `registry-unreachable`, `registry-strange`, or the registry's refusal code
   */
  async ask<T>(schema: z.ZodType<T>, request: Ask): Promise<T> {
    try {
      return await this.#askOnce(schema, request);
    } catch (cause) {
      // This machine slept, which its monotonic clock did not count; the refusal told the time.
      if (!request.signer || !(cause instanceof Problem) || cause.code !== 'clock-skew')
        throw cause;
      return this.#askOnce(schema, request);
    }
  }

  async #askOnce<T>(schema: z.ZodType<T>, request: Ask): Promise<T> {
    const body = request.body === undefined ? '' : JSON.stringify(request.body);
    const headers: Record<string, string> = {
      // What is packed small could unpack to anything.
      'accept-encoding': 'identity',
      ...(body && { 'content-type': 'application/json' }),
      ...(request.signer && this.sign(request.method, request.path, body, request.signer)),
    };
    const response = await this.#send(request.method, request.path, headers, body);
    const text = await this.#read(response);
    this.#learnClock(response.headers.get('date'));
    const json = parseJson(text);
    if (response.ok || response.status === request.alsoStatus) {
      const reply = schema.safeParse(json);
      if (reply.success) return reply.data;
    }
    const refusal = errorResponse.safeParse(json);
    if (refusal.success && !response.ok) {
      throw new Problem(refusal.data.error.code, refusal.data.error.message);
    }
    throw new Problem(
      'registry-strange',
      `What answers at ${this.url.origin} is not a Kyberline registry. Check the registry address in the settings.`,
    );
  }

  /** The headers of SPEC 12 for one request; the nonce is used once. */
  sign(method: string, path: string, body: string, signer: Signer): Record<string, string> {
    if (!this.registryId) throw this.#unreachable();
    const nonce = this.random(16);
    const millis = Math.round(
      this.#serverMinusMonotonic === undefined
        ? this.clocks.wall()
        : this.#serverMinusMonotonic + this.clocks.monotonic(),
    );
    const signature = signer.signEd(
      requestStatement({
        registryId: this.registryId,
        method,
        pathAndQuery: path,
        body: Buffer.from(body),
        user: signer.name,
        millis,
        nonce,
      }),
    );
    return {
      [SIGNED_HEADERS.user]: signer.name,
      [SIGNED_HEADERS.millis]: String(millis),
      [SIGNED_HEADERS.nonce]: Buffer.from(nonce).toString('base64'),
      [SIGNED_HEADERS.signature]: Buffer.from(signature).toString('base64'),
    };
  }

  async #send(method: string, path: string, headers: Record<string, string>, body: string) {
    try {
      return await fetch(new URL(path, this.url), {
        method,
        headers,
        ...(body && { body }),
        redirect: 'error',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
    } catch (cause) {
      throw this.#unreachable(cause);
    }
  }

  /** Nothing of a reply that is too long: the rest of it is not waited for. */
  async #read(response: Response): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const chunk of response.body ?? []) {
        bytes += chunk.length;
        if (bytes > MAX_REPLY_BYTES) return '';
        chunks.push(chunk);
      }
    } catch (cause) {
      throw this.#unreachable(cause);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #unreachable(cause?: unknown): Problem {
    return new Problem(
      'registry-unreachable',
      `The registry at ${this.url.origin} does not answer. Check that it runs there and that this machine is on the network.`,
      { cause },
    );
  }

  /** Date has whole seconds: half of one is the best guess, well within the ±60 s allowed. */
  #learnClock(date: string | null): void {
    const millis = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(millis)) return;
    this.#serverMinusMonotonic = millis + 500 - this.clocks.monotonic();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
