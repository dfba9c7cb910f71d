/**
 * The pairing cookie. It says "this browser was let in", and of which user of this machine it
 * was; no session is kept on the server, so that pairing outlives a restart.
 *
 *   value = v1 . id (16 bytes) . uid or "-" . HMAC-SHA256(secret, label 0x00 port 0x00 id 0x00 uid)
 *
 * Browsers do not separate cookies by port: whatever a person opens on another port of localhost
 * is sent this cookie too, and that may be another user's server. So the name and the MAC carry
 * the port, and where the system tells users apart, a cookie works for its own user alone.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const LABEL = 'kyberline panel cookie';
/** Browsers keep a cookie for 400 days at most. */
const MAX_AGE_S = 400 * 24 * 3600;

export type Pairing = {
  /** The user whose browser it is; undefined where the system did not tell. */
  uid: number | undefined;
};

export function cookieName(port: number): string {
  return `kyberline_${port}`;
}

/** A whole Set-Cookie header for a browser that is being let in. */
export function sealCookie(secret: Uint8Array, port: number, { uid }: Pairing): string {
  const id = randomBytes(16).toString('base64url');
  const user = uid === undefined ? '-' : String(uid);
  const value = `v1.${id}.${user}.${mac(secret, port, id, user).toString('base64url')}`;
  return `${cookieName(port)}=${value}; Path=/; Max-Age=${MAX_AGE_S}; HttpOnly; SameSite=Strict`;
}

/** What the Cookie header says, if `sealCookie` made it with this secret and port. */
export function openCookie(
  secret: Uint8Array,
  port: number,
  cookieHeader: string | undefined,
): Pairing | undefined {
  for (const pair of cookieHeader?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name !== cookieName(port) || value === undefined) continue;
    const [version, id, user, given] = value.split('.', 4);
    if (version !== 'v1' || id === undefined || user === undefined || given === undefined) continue;
    const claimed = Buffer.from(given, 'base64url');
    const right = mac(secret, port, id, user);
    if (claimed.length !== right.length || !timingSafeEqual(claimed, right)) continue;
    return { uid: user === '-' ? undefined : Number(user) };
  }
  return undefined;
}

function mac(secret: Uint8Array, port: number, id: string, user: string): Buffer {
  return createHmac('sha256', secret).update(`${LABEL}\0${port}\0${id}\0${user}`).digest();
}
