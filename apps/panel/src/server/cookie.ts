/**
 * The pairing cookie. It says "this browser was let in by someone who can read the secret",
 * and nothing else; no session is kept on the server, so that pairing outlives a restart.
 *
 *   value = v1 . id (16 bytes) . HMAC-SHA256(secret, "kyberline panel cookie" 0x00 port 0x00 id)
 *
 * Cookies are not separated by port, so both the name and the MAC carry the port.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Browsers keep a cookie for 400 days at most. */
const MAX_AGE_S = 400 * 24 * 3600;

export function cookieName(port: number): string {
  return `kyberline_${port}`;
}

/** A whole Set-Cookie header for a browser that is being let in. */
export function sealCookie(secret: Uint8Array, port: number): string {
  const id = randomBytes(16).toString('base64url');
  const value = `v1.${id}.${mac(secret, port, id).toString('base64url')}`;
  return `${cookieName(port)}=${value}; Path=/; Max-Age=${MAX_AGE_S}; HttpOnly; SameSite=Strict`;
}

/** True if the Cookie header carries a cookie that `sealCookie` made with this secret and port. */
export function openCookie(
  secret: Uint8Array,
  port: number,
  cookieHeader: string | undefined,
): boolean {
  for (const pair of cookieHeader?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name !== cookieName(port) || value === undefined) continue;
    const [version, id, given] = value.split('.', 3);
    if (version !== 'v1' || id === undefined || given === undefined) continue;
    const claimed = Buffer.from(given, 'base64url');
    const right = mac(secret, port, id);
    if (claimed.length === right.length && timingSafeEqual(claimed, right)) return true;
  }
  return false;
}

function mac(secret: Uint8Array, port: number, id: string): Buffer {
  return createHmac('sha256', secret).update(`kyberline panel cookie\0${port}\0${id}`).digest();
}
