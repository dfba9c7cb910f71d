/**
 * Who may reach what on the loopback listener, decided from the request line and headers alone.
 *
 *   target  → host → origin → what it is → does that need a paired browser
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Doors, hostAllowed, judgeOrigin } from './doors.js';

export type Route =
  /** Anything that any user of the machine may have: scripts, styles, icons. */
  | { kind: 'asset' }
  /** The registry's routes check signatures of their own. */
  | { kind: 'registry' }
  /** Asking for a one-time link, with the daemon's token. */
  | { kind: 'pair-link' }
  /** Opening a one-time link. */
  | { kind: 'pair'; code: string }
  /** The daemon's address and token, for a paired browser. */
  | { kind: 'daemon' }
  /** A page, for a paired browser. */
  | { kind: 'page' }
  | { kind: 'refused'; status: number; code: string; sentence: string };

/** `headers` as Node gives them: lower-case names. `upgrade` marks a WebSocket request. */
export function routeRequest(
  doors: Doors,
  port: number,
  method: string,
  target: string,
  headers: IncomingHttpHeaders,
  upgrade = false,
): Route {
  const url = parseTarget(target);
  if (url === undefined) {
    return refused(400, 'bad-target', 'This request names no path on this server.');
  }
  if (!hostAllowed(doors, headers.host)) {
    return refused(
      403,
      'wrong-host',
      `Kyberline's pages answer to this machine only. Open http://localhost:${port} on it.`,
    );
  }
  const origin = judgeOrigin(doors, headers);
  if (origin === 'foreign') {
    return refused(403, 'wrong-origin', 'A page from elsewhere may not talk to Kyberline.');
  }
  const route = classify(url, method);
  const changes = upgrade || (method !== 'GET' && method !== 'HEAD');
  const forPages = route.kind !== 'registry' && route.kind !== 'pair-link';
  if (changes && forPages && origin !== 'own-page') {
    return refused(403, 'no-origin', 'Only a Kyberline page on this machine may ask for that.');
  }
  return route;
}

function classify(url: URL, method: string): Route {
  const path = url.pathname;
  if (path === '/pair') return { kind: 'pair', code: url.searchParams.get('code') ?? '' };
  if (path === '/api/pair/link') {
    if (method === 'POST') return { kind: 'pair-link' };
    return refused(405, 'wrong-method', 'Ask for a pairing link with POST.');
  }
  if (path === '/api/daemon') {
    if (method === 'GET') return { kind: 'daemon' };
    return refused(405, 'wrong-method', 'Ask for the daemon with GET.');
  }
  if (path === '/api' || path.startsWith('/api/')) return { kind: 'registry' };
  if (path.startsWith('/_next/') || path === '/icon.svg' || path === '/favicon.ico') {
    return { kind: 'asset' };
  }
  return { kind: 'page' };
}

/** Only plain paths: an absolute target, `//host/…` or a backslash could name another host. */
function parseTarget(target: string): URL | undefined {
  if (!target.startsWith('/') || target.startsWith('//') || target.includes('\\')) return undefined;
  try {
    return new URL(target, 'http://localhost');
  } catch {
    return undefined;
  }
}

function refused(status: number, code: string, sentence: string): Route {
  return { kind: 'refused', status, code, sentence };
}
