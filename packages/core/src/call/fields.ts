/** The integers of control messages, one after another (SPEC 9). */

/** Big-endian unsigned integers of 1, 2, 4 or 8 bytes (8: up to 2^53 - 1). */
export function layout(...parts: [bytes: number, value: number][]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of parts) {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * bytes)) {
      throw new RangeError(`control field of ${bytes} bytes is out of range`);
    }
    let rest = value;
    for (let i = at + bytes - 1; i >= at; i--) {
      out[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    at += bytes;
  }
  return out;
}

/** The inverse of `layout`; `undefined` if the length or an 8-byte field's range is wrong. */
export function fields(body: Uint8Array, ...sizes: number[]): number[] | undefined {
  if (body.length !== sizes.reduce((sum, bytes) => sum + bytes, 0)) return undefined;
  const values: number[] = [];
  let at = 0;
  for (const bytes of sizes) {
    let value = 0;
    for (let i = 0; i < bytes; i++) value = value * 256 + (body[at + i] ?? 0);
    if (!Number.isSafeInteger(value)) return undefined;
    values.push(value);
    at += bytes;
  }
  return values;
}
