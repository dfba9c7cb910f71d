/**
 * The registry alone on a port of its own, for a machine without a panel and for the panel's second
 * listener: its routes and its event sockets, and 404 for anything else. Clients are strangers from
 * the network, so each has little time and little room, and is known by its socket's address alone
 * (`X-Forwarded-For` is what its sender likes it to be).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepConnections } from './connections.js';
import { refuse } from './handlers.js';
import { listenError } from './listen-error.js';
import type { OpenRegistry } from './open.js';
import { Refusal } from './refusal.js';

/** Until the headers, and the whole request, have arrived, ms. */
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
/** A connection on which nothing moves, and one that takes its answer too slowly, ms. */
const IDLE_MS = 15_000;
const ANSWER_MS = 20_000;
/** What is read and thrown away of a body that is too large, so that the refusal can be heard. */
const DISCARDED_BYTES = 1024 * 1024;

export interface RegistryServer {
  readonly server: Server;
  /** The port that was taken, also where 0 was asked for. */
  readonly port: number;
  /** Stop listening and end every connection, event sockets too. */
  close(): Promise<void>;
}

/**
 * Listen and serve.
 * @param portOption how the person changes the port, for the sentence when it is taken
 * @throws ListenError the port is taken, forbidden, or the address is not this machine's
 */
export async function createRegistryServer(options: {
  registry: OpenRegistry;
  host: string;
  port: number;
  portOption?: string;
}): Promise<RegistryServer> {
  const { registry, host, port, portOption = '--port or REGISTRY_PORT' } = options;
  const server = createServer({
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 8 * 1024,
  });
  server.maxConnections = 2 * registry.limits.sockets;
  server.setTimeout(IDLE_MS);
  const connections = keepConnections(server, registry.limits.socketsPerAddress);
  server.on('request', (req, res) => void serve(registry, req, res));
  attachEvents(server, registry);
  await listen(server, host, port, portOption);
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: connections.close,
  };
}

/** Let a server's upgrades be the registry's alone. */
export function attachEvents(server: Server, registry: OpenRegistry): void {
  server.on('upgrade', registry.handleUpgrade);
}

async function serve(registry: OpenRegistry, req: IncomingMessage, res: ServerResponse) {
  const deadline = setTimeout(() => req.socket.destroy(), ANSWER_MS + REQUEST_MS).unref();
  res.once('close', () => clearTimeout(deadline));
  res.on('error', () => undefined);
  const most = Math.max(registry.limits.bodyBytes, registry.limits.registerBodyBytes);
  const body = await readUpTo(req, most + 1);
  if (!body) return;
  const from = { address: req.socket.remoteAddress ?? '' };
  const request = toRequest(req, body);
  const response = request ? await registry.handle(request, from) : malformed();
  if (res.destroyed) return;
  res.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    ...(body.length > most ? { connection: 'close' } : {}),
  });
  res.end(Buffer.from(await response.arrayBuffer()));
}

/** undefined for what HTTP lets through and fetch does not, a TRACE for one. */
function toRequest(req: IncomingMessage, body: Buffer): Request | undefined {
  const method = req.method ?? 'GET';
  // Not the Host header: anyone can write that. A request line that is no path leads nowhere.
  const url = `http://registry${req.url?.startsWith('/') ? req.url : '/'}`;
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
  try {
    const headers = new Headers();
    for (const [name, value] of Object.entries(req.headers)) {
      if (value !== undefined) headers.set(name, value.toString());
    }
    // The length that counts is that of what has arrived.
    headers.delete('content-length');
    return new Request(url, {
      method,
      headers,
      ...(hasBody ? { body: new Uint8Array(body) } : {}),
    });
  } catch {
    return undefined;
  }
}

const malformed = (): Response =>
  refuse(new Refusal('bad-request', 'This is no request that can be answered.'), Date.now());

/** The body's first `limit` bytes; the rest is thrown away. undefined when the client went away. */
function readUpTo(req: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const kept: Buffer[] = [];
    let total = 0;
    const done = () => resolve(Buffer.concat(kept).subarray(0, limit));
    if (Number(req.headers['content-length'] ?? 0) > DISCARDED_BYTES) {
      resolve(Buffer.alloc(limit));
      return;
    }
    req.on('data', (chunk: Buffer) => {
      if (total < limit) kept.push(chunk);
      total += chunk.length;
      if (total <= DISCARDED_BYTES) return;
      req.pause();
      done();
    });
    req.on('end', done);
    req.on('error', () => resolve(undefined));
    req.on('close', () => resolve(undefined));
  });
}

function listen(server: Server, host: string, port: number, portOption: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      reject(listenError(error, host, port, portOption));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
