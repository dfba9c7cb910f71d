/**
 * Bytes as the specification writes them: LV framing, big-endian integers, text forms.
 *
 *   LV(a, b, …) = u32 length of a ‖ a ‖ u32 length of b ‖ b ‖ …      (SPEC, notation)
 */
import { timingSafeEqual } from 'node:crypto';

/** Chance, always handed in as an argument: core has none of its own. */
export type RandomBytes = (bytes: number) => Uint8Array;

const LENGTH_BYTES = 4;
const encoder = new TextEncoder();
/** `ignoreBOM` keeps a leading U+FEFF, so that two byte strings never read as one text. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Each part as a 4-byte big-endian length and its bytes. */
export function lv(...parts: readonly Uint8Array[]): Uint8Array {
  let total = 0;
  for (const part of parts) total += LENGTH_BYTES + part.length;
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    out.set(part, at + LENGTH_BYTES);
    at += LENGTH_BYTES + part.length;
  }
  return out;
}

/**
 * The inverse of `lv`: exactly `count` parts and not one byte more, else undefined.
 * The parts are copies, so the input may be reused.
 */
export function readLv<N extends number>(bytes: Uint8Array, count: N): Parts<N> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  let at = 0;
  while (parts.length < count) {
    if (at + LENGTH_BYTES > bytes.length) return undefined;
    const end = at + LENGTH_BYTES + view.getUint32(at);
    if (end > bytes.length) return undefined;
    parts.push(new Uint8Array(bytes.subarray(at + LENGTH_BYTES, end)));
    at = end;
  }
  return at === bytes.length ? (parts as Parts<N>) : undefined;
}

/** A tuple of N parts where N is a literal. */
export type Parts<N extends number, T extends Uint8Array[] = []> = number extends N
  ? Uint8Array[]
  : T['length'] extends N
    ? T
    : Parts<N, [...T, Uint8Array]>;

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let total = 0;
  for (const part of parts) total += part.length;
  const out = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** 2 bytes, big-endian, 0 ≤ value < 2^16. */
export function u16(value: number): Uint8Array {
  inRange(value, 0x1_0000);
  return Uint8Array.of(value >>> 8, value & 0xff);
}

/** 4 bytes, big-endian, 0 ≤ value < 2^32. */
export function u32(value: number): Uint8Array {
  inRange(value, 0x1_0000_0000);
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value);
  return out;
}

/** 8 bytes, big-endian, 0 ≤ value < 2^53 (a plain number holds no more exactly). */
export function u64(value: number): Uint8Array {
  inRange(value, Number.MAX_SAFE_INTEGER + 1);
  const out = new Uint8Array(8);
  const view = new DataView(out.buffer);
  view.setUint32(0, Math.floor(value / 0x1_0000_0000));
  view.setUint32(4, value % 0x1_0000_0000);
  return out;
}

/** The inverse of `u16`: exactly 2 bytes, else undefined. */
export function readU16(bytes: Uint8Array): number | undefined {
  return bytes.length === 2 ? bytes[0]! * 0x100 + bytes[1]! : undefined;
}

/** The inverse of `u64`: exactly 8 bytes holding less than 2^53, else undefined. */
export function readU64(bytes: Uint8Array): number | undefined {
  if (bytes.length !== 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const value = view.getUint32(0) * 0x1_0000_0000 + view.getUint32(4);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** In time that depends on the lengths alone. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** undefined for bytes that are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex');
}

/** undefined for anything but an even number of lower-case hex digits. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  return view(bytes).toString('base64');
}

/** undefined for anything but the one canonical encoding that `toBase64` writes. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function inRange(value: number, limit: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= limit) {
    throw new RangeError(`integer out of range: ${value} is not in 0..${limit - 1}`);
  }
}
