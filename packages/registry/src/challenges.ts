/**
 * Challenges for registrations: each good once, for two minutes, for the request that asked for
 * it. Handing one out costs nothing and proves nothing, so anyone can ask for many: the oldest
 * makes room, and whoever lost theirs asks again.
 */
import { createHash } from 'node:crypto';
import type { RegisterRequest } from '@kyberline/shared/registry';

export const CHALLENGE_MS = 120_000;

type Asked = Pick<RegisterRequest, 'username' | 'bundle' | 'machine_id'>;

export class Challenges {
  readonly #issued = new Map<string, { asked: string; until: number }>();

  constructor(readonly capacity: number) {}

  get size(): number {
    return this.#issued.size;
  }

  issue(challenge: string, request: Asked, now: number): void {
    if (this.#issued.size >= this.capacity) {
      const oldest = this.#issued.keys().next();
      if (!oldest.done) this.#issued.delete(oldest.value);
    }
    this.#issued.set(challenge, { asked: digest(request), until: now + CHALLENGE_MS });
  }

  /** Whether this challenge was given for this very request, which uses it up. */
  take(challenge: string, request: Asked, now: number): boolean {
    const issued = this.#issued.get(challenge);
    this.#issued.delete(challenge);
    return issued !== undefined && now < issued.until && issued.asked === digest(request);
  }
}

/** JSON of an array is unambiguous about where one part ends. */
const digest = ({ username, bundle, machine_id }: Asked): string =>
  createHash('sha256')
    .update(JSON.stringify([username, bundle, machine_id]))
    .digest('base64');
