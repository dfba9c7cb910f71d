/**
 * The loopback listener's front: every request passes here before Next.js or the registry.
 *
 *   request → route (Host, Origin, path) → own headers → pairing → Next.js
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { openCookie, sealCookie } from './cookie.js';
import { doors, isNavigation } from './doors.js';
import { CODE_SPENT, FAILED, NOT_PAIRED, sendJson, sendNotice, sendPaired } from './notice.js';
import type { PairingCodes } from './pairing.js';
import {
  contentSecurityPolicy,
  newNonce,
  replaceForwardedHeaders,
  setSecurityHeaders,
} from './response-headers.js';
import { type Route, routeRequest } from './route.js';
import { bearerMatches } from './secrets.js';
import type { Connection, Listener } from './socket-owner.js';

export type FrontParts = {
  port: number;
  daemonPort: number;
  dev: boolean;
  secret: Uint8Array;
  codes: PairingCodes;
  /** The daemon's token at this moment. */
  daemonToken: () => Promise<string | undefined>;
  /** Where other machines find this machine's registry. */
  registryAddresses: () => string[];
  /** The user at the other end of a connection, where the system tells. */
  peerUid: (connection: Connection) => Promise<number | undefined>;
  /** Who gets what is sent to a port of 127.0.0.1. */
  listenerOn: (port: number) => Promise<Listener>;
  /** Our own uid; undefined where the system has none. */
  ownUid: number | undefined;
  /** Next.js. */
  pages: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The registry's event push at /api/events. */
  events: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Next.js's own sockets, in development. */
  pageSockets: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
  /** A request or a socket that failed by a fault of ours: a sentence for the log. */
  report: (sentence: string) => void;
};

/** Neither throws nor rejects: what fails is answered and reported. */
export type Front = {
  request: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
};

export function createFront(parts: FrontParts): Front {
  const ours = doors(parts.port);
  const route = (request: IncomingMessage, upgrade: boolean): Route =>
    routeRequest(
      ours,
      parts.port,
      request.method ?? 'GET',
      request.url ?? '',
      request.headers,
      upgrade,
    );
  return {
    request: async (request, response) => {
      const nonce = newNonce();
      const policy = contentSecurityPolicy(nonce, parts.daemonPort, parts.dev);
      setSecurityHeaders(response, policy);
      try {
        await answer(parts, route(request, false), request, response, nonce, policy);
      } catch (error) {
        parts.report(failure(request, error));
        // Half an answer is cut off, so that nobody takes it for a whole one.
        if (response.headersSent) response.destroy();
        else sendNotice(request, response, FAILED, nonce);
      }
    },
    upgrade: (request, socket, head) => {
      // Node takes its own listener away before it hands a socket over; a reset would end us.
      socket.on('error', () => socket.destroy());
      const target = route(request, true);
      replaceForwardedHeaders(request);
      if (target.kind === 'registry') return parts.events(request, socket, head);
      if (target.kind === 'asset' && parts.dev) {
        parts.pageSockets(request, socket, head).catch((error: unknown) => {
          parts.report(failure(request, error));
          socket.destroy();
        });
        return;
      }
      const status = target.kind === 'refused' ? target.status : 404;
      const lines = [`HTTP/1.1 ${status} Refused`, 'Connection: close', 'Content-Length: 0'];
      // The client's end may stay open for ever.
      socket.end(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy());
    },
  };
}

/** One line, without the query: that may be a pairing code. */
function failure({ method, url = '' }: IncomingMessage, error: unknown): string {
  const [reason] = String(error).split('\n', 1);
  return `${method} ${url.split('?', 1)[0]} failed: ${reason}`;
}

async function answer(
  parts: FrontParts,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  nonce: string,
  policy: string,
): Promise<void> {
  switch (route.kind) {
    case 'refused':
      return sendNotice(request, response, { ...route, title: 'Not here' }, nonce);
    case 'pair-link':
      return answerLink(parts, request, response);
    case 'pair':
      return answerPair(parts, route.code, request, response, nonce);
    case 'daemon':
      return answerDaemon(parts, request, response, nonce);
    case 'page':
      if (!(await letIn(parts, request, response))) {
        return sendNotice(request, response, NOT_PAIRED, nonce);
      }
  }
  replaceForwardedHeaders(request);
  // Next.js finds the nonce for its scripts in the policy on the request.
  request.headers['content-security-policy'] = policy;
  return parts.pages(request, response);
}

/** True for a paired browser. One that belongs to the server's own user is paired on the spot. */
async function letIn(
  parts: FrontParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (await isPaired(parts, request)) return true;
  if (parts.ownUid === undefined || !isNavigation(request.headers)) return false;
  const uid = await parts.peerUid(request.socket);
  if (uid !== parts.ownUid) return false;
  response.setHeader('Set-Cookie', sealCookie(parts.secret, parts.port, { uid }));
  return true;
}

/** A cookie of ours, shown by the user to whom it was given. */
async function isPaired(parts: FrontParts, request: IncomingMessage): Promise<boolean> {
  const pairing = openCookie(parts.secret, parts.port, request.headers.cookie);
  if (pairing === undefined) return false;
  return pairing.uid === undefined || (await parts.peerUid(request.socket)) === pairing.uid;
}

async function answerLink(
  parts: FrontParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const token = await parts.daemonToken();
  if (token === undefined || !bearerMatches(request.headers.authorization, token)) {
    const message = "Send the daemon's token: authorization: Bearer TOKEN.";
    return sendJson(response, 401, { error: { code: 'wrong-token', message } });
  }
  const url = `http://localhost:${parts.port}/pair?code=${parts.codes.issue()}`;
  return sendJson(response, 200, { url });
}

async function answerPair(
  parts: FrontParts,
  code: string,
  request: IncomingMessage,
  response: ServerResponse,
  nonce: string,
): Promise<void> {
  // First of all: whoever opens a link uses it up, so that no copy of it pairs somebody else.
  const redeemed = request.method === 'GET' && parts.codes.redeem(code);
  const paired = await isPaired(parts, request);
  if (request.method !== 'GET' || !(paired || redeemed)) {
    return sendNotice(request, response, CODE_SPENT, nonce);
  }
  if (!paired) {
    const uid = await parts.peerUid(request.socket);
    response.setHeader('Set-Cookie', sealCookie(parts.secret, parts.port, { uid }));
  }
  return sendPaired(response, nonce);
}

const DAEMON_AWAY =
  "Kyberline's background program on this machine does not answer. If you stopped it, start it again with “npm start”; this page then goes on by itself.";

/** The one place where the daemon's token leaves the server. */
async function answerDaemon(
  parts: FrontParts,
  request: IncomingMessage,
  response: ServerResponse,
  nonce: string,
): Promise<void> {
  if (!(await isPaired(parts, request))) {
    return sendNotice(request, response, NOT_PAIRED, nonce);
  }
  const [token, listener] = await Promise.all([
    parts.daemonToken(),
    parts.listenerOn(parts.daemonPort),
  ]);
  // Any user could sit on the daemon's port while it is down, and collect the token.
  if (listener.kind === 'user' && listener.uid !== parts.ownUid) {
    const message = `Port ${parts.daemonPort}, which is Kyberline's, belongs to a program of another user of this machine. Stop that program, or start Kyberline with another --daemon-port.`;
    return sendJson(response, 503, { error: { code: 'foreign-daemon', message } });
  }
  if (token === undefined || listener.kind === 'nobody') {
    return sendJson(response, 503, { error: { code: 'no-daemon', message: DAEMON_AWAY } });
  }
  return sendJson(response, 200, {
    url: `ws://127.0.0.1:${parts.daemonPort}`,
    token,
    registryAddresses: parts.registryAddresses(),
  });
}
