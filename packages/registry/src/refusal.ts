/**
 * What the registry says instead of doing what it was asked: a stable code for programs, the HTTP
 * status that goes with it, and a sentence that tells a person what to do. Hostile or mistaken
 * input is expected here, so refusals are values, not exceptions.
 */

const STATUS = {
  'bad-json': 400,
  'bad-request': 400,
  'bad-bundle': 400,
  'not-signed': 401,
  'clock-skew': 401,
  'not-registered': 401,
  'bad-signature': 401,
  replayed: 401,
  'challenge-expired': 401,
  'not-yours': 403,
  'unknown-name': 404,
  'unknown-call': 404,
  'not-found': 404,
  'method-not-allowed': 405,
  'name-taken': 409,
  'name-reserved': 409,
  'call-exists': 409,
  'call-to-self': 409,
  'call-not-ringing': 409,
  replaced: 409,
  'body-too-large': 413,
  'wrong-type': 415,
  'upgrade-required': 426,
  'too-many-requests': 429,
  'too-many-registrations': 429,
  'too-many-calls': 429,
  'too-many-look-ups': 429,
  'too-many-pending': 429,
  'callee-overloaded': 429,
  'internal-error': 500,
  'registry-full': 503,
  'registry-closed': 503,
} as const;

export type RefusalCode = keyof typeof STATUS;

export const REFUSAL_CODES = Object.keys(STATUS) as RefusalCode[];

/** The HTTP status that a code travels under. */
export const statusOf = (code: RefusalCode): number => STATUS[code];

/** What goes into headers beside the sentence. */
export interface RefusalHints {
  /** Seconds after which the same request may pass. */
  retryAfterSeconds?: number;
  /** The methods that the path takes. */
  allow?: string;
}

export class Refusal {
  constructor(
    readonly code: RefusalCode,
    /** A sentence that says what to do. */
    readonly message: string,
    readonly hints: RefusalHints = {},
  ) {}

  get status(): number {
    return STATUS[this.code];
  }
}

export const isRefusal = (outcome: unknown): outcome is Refusal => outcome instanceof Refusal;
