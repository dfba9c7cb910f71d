/**
 * The way to an event socket: an upgrade of /api/events, counted and signed like every other
 * request (SPEC 12). What is refused gets the same JSON over plain HTTP, and the connection ends.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { EVENTS_CLOSE, EVENTS_PATH, type RegistryEvent } from '@kyberline/shared/registry';
import { type WebSocket, WebSocketServer } from 'ws';
import type { EventSockets } from './events.js';
import { admit, type HandlerParts, internalError, notFound, refuse } from './handlers.js';
import { isRefusal, Refusal } from './refusal.js';
import { badMachineId, machineId } from './routes.js';
import type { StoredUser } from './storage.js';

export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** A client has nothing to say on this socket. */
const MAX_INCOMING_BYTES = 1024;

export function createUpgrade(parts: HandlerParts & { sockets: EventSockets }): HandleUpgrade {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_INCOMING_BYTES,
    perMessageDeflate: false,
  });
  const { now, report, rules, sockets } = parts;

  const greet = (me: StoredUser, machine: string | undefined) => (socket: WebSocket) => {
    const greeting = rules.greeting(me);
    if (machine === undefined || machine === me.machineId) {
      sockets.add(me.name, socket, greeting);
      return;
    }
    // This machine was away when its name was taken over: it hears so now.
    const last: RegistryEvent[] = [...greeting.slice(0, 1), { type: 'replaced' }];
    socket.on('error', () => undefined);
    for (const event of last) socket.send(JSON.stringify(event));
    socket.close(EVENTS_CLOSE.replaced, 'replaced');
  };

  return (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    authenticate(parts, request)
      .then(async (outcome) => {
        if (isRefusal(outcome)) return await end(socket, outcome, now());
        if (socket.destroyed) return;
        server.handleUpgrade(request, socket, head, greet(outcome.me, outcome.machine));
      })
      .catch(async (error: unknown) => {
        report(error);
        await end(socket, internalError(), now());
      });
  };
}

async function authenticate(parts: HandlerParts & { sockets: EventSockets }, req: IncomingMessage) {
  const from = { address: req.socket.remoteAddress ?? '' };
  const crowded = admit(parts.perAddress, from, parts.now());
  if (crowded) return crowded;
  const [path, query = ''] = (req.url ?? '').split(/\?(.*)/s);
  if (path !== EVENTS_PATH || req.method !== 'GET') return notFound();
  const machine = machineId.safeParse(new URLSearchParams(query).get('machine_id') ?? undefined);
  if (!machine.success) return badMachineId();
  const me = await parts.signedRequests.verify({
    method: 'GET',
    pathAndQuery: req.url ?? '',
    header: (name) => req.headers[name]?.toString(),
    body: new Uint8Array(),
  });
  if (isRefusal(me)) return me;
  if (parts.sockets.hasRoomFor(me.name)) return { me, machine: machine.data };
  return new Refusal('registry-full', 'Too many are connected. Poll, and try again later.', {
    retryAfterSeconds: 60,
  });
}

async function end(socket: Duplex, refusal: Refusal, now: number): Promise<void> {
  const response = refuse(refusal, now);
  const body = await response.text();
  const lines = [
    `HTTP/1.1 ${response.status} ${refusal.code}`,
    ...[...response.headers].map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
