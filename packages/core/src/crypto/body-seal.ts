/**
 * The sealed body of an offer and of an answer (SPEC 4, 5): JSON, padded with spaces to a
 * multiple of 512 bytes, so that its length does not tell how many addresses a machine has.
 */
import { expand, GCM_NONCE_BYTES, GCM_TAG_BYTES, gcmOpen, gcmSeal } from './kdf.js';
import type { Secret } from './secret.js';

export const BODY_BLOCK_BYTES = 512;
/** Keeps the largest offer, as base64 in JSON, below the registry's 16 KB (SPEC 12). */
export const MAX_BODY_BYTES = 4096;

const SPACE = 0x20;
/**
 * Always zero. Safe because the key is derived from a chain key and a transcript hash that no
 * other message shares, and seals this one body.
 */
const NONCE = new Uint8Array(GCM_NONCE_BYTES);

export type BodyLabel = 'offer key' | 'answer key';

/** Throws for a body over 4096 bytes: the sender made it. */
export function sealBody(
  chain: Secret,
  label: BodyLabel,
  transcript: Uint8Array,
  header: Uint8Array,
  body: Uint8Array,
): Uint8Array {
  if (body.length > MAX_BODY_BYTES)
    throw new RangeError(`a body has at most ${MAX_BODY_BYTES} bytes`);
  const blocks = Math.max(1, Math.ceil(body.length / BODY_BLOCK_BYTES));
  const padded = new Uint8Array(blocks * BODY_BLOCK_BYTES).fill(SPACE);
  padded.set(body);
  const key = expand(chain.bytes, label, transcript);
  try {
    return gcmSeal(key, NONCE, header, padded);
  } finally {
    key.fill(0);
  }
}

/** The body without its padding; undefined if it was not sealed with exactly these. */
export function openBody(
  chain: Secret,
  label: BodyLabel,
  transcript: Uint8Array,
  header: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const key = expand(chain.bytes, label, transcript);
  try {
    const padded = gcmOpen(key, NONCE, header, sealed);
    if (padded === undefined) return undefined;
    let length = padded.length;
    while (length > 0 && padded[length - 1] === SPACE) length -= 1;
    return padded.subarray(0, length);
  } finally {
    key.fill(0);
  }
}

/** Whether bytes can be a sealed body at all: whole blocks and a tag. */
export function hasSealedLength(sealed: Uint8Array): boolean {
  const padded = sealed.length - GCM_TAG_BYTES;
  return padded > 0 && padded <= MAX_BODY_BYTES && padded % BODY_BLOCK_BYTES === 0;
}
