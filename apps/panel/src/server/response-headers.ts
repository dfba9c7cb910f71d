/** The headers that every answer on the loopback listener carries. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { REMOTE_ADDRESS_HEADER } from './remote-address.js';

/** A fresh value for each answer; only scripts and styles that carry it run. */
export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/**
 * The Content-Security-Policy: our own files, scripts with the nonce, and one connection
 * besides our own, to the daemon. `style-src-attr` stays open because server-rendered style
 * attributes cannot carry a nonce; they cannot fetch or run anything under the rest.
 */
export function contentSecurityPolicy(nonce: string, daemonPort: number, dev: boolean): string {
  const script = `'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`;
  const style = dev ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`;
  return [
    "default-src 'self'",
    `script-src ${script}`,
    `style-src ${style}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' ws://127.0.0.1:${daemonPort}${dev ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function setSecurityHeaders(response: ServerResponse, policy: string): void {
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  // The daemon owns the microphone; no page needs it.
  response.setHeader('Permissions-Policy', 'microphone=(), camera=(), geolocation=()');
}

const FORWARDED = /^(x-forwarded-.*|forwarded|x-real-ip|x-kyberline-remote|x-middleware-.*)$/;

/**
 * Removes whatever a client claims about its own address or about Next's inner workings, and
 * writes down what the socket says.
 */
export function replaceForwardedHeaders(request: IncomingMessage): void {
  for (const name of Object.keys(request.headers)) {
    if (FORWARDED.test(name)) delete request.headers[name];
  }
  request.headers[REMOTE_ADDRESS_HEADER] = request.socket.remoteAddress ?? '';
}
