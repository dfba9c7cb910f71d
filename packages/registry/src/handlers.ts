/**
 * The registry over HTTP, as one function from Request to Response, so that a Next route and a
 * plain node:http server serve the same thing. In this order, cheapest first: rate of the address,
 * route, size of the body, signature (SPEC 12), form of the body, rule.
 */
import type { ErrorResponse } from '@kyberline/shared/registry';
import type { z } from 'zod';
import { parseJson, readBody } from './body.js';
import { addressKey, type Limits, SlidingWindows } from './limits.js';
import { describeApi } from './openapi.js';
import { isRefusal, Refusal } from './refusal.js';
import type { Rules } from './registry.js';
import { type Answer, ROUTES, type Route } from './routes.js';
import type { SignedRequests } from './signed.js';

/** Where a request came from, as the socket says it: never a header that its sender can write. */
export interface From {
  address: string;
}
export type Handle = (request: Request, from: From) => Promise<Response>;

export interface HandlerParts {
  rules: Rules;
  signedRequests: SignedRequests;
  /** One count for all that reaches the registry, upgrades included. */
  perAddress: SlidingWindows;
  now: () => number;
  limits: Limits;
  version: string;
  /** Told of errors that are ours; the sender gets a 500 without them. */
  report: (error: unknown) => void;
}

export const countAddresses = (limits: Limits): SlidingWindows =>
  new SlidingWindows(limits.requestsPerSecondPerAddress, 1_000, limits.addresses);

/** Whether an address may be served at all right now. */
export function admit(perAddress: SlidingWindows, from: From, now: number): Refusal | undefined {
  const wait = perAddress.take(addressKey(from.address), now);
  if (wait === undefined) return undefined;
  const sentence = `Too many requests from ${from.address}. Wait ${wait} s and try again.`;
  return new Refusal('too-many-requests', sentence, { retryAfterSeconds: wait });
}

export function createHandle(parts: HandlerParts): Handle {
  const { now, report } = parts;
  return async (request, from) => {
    try {
      const outcome = admit(parts.perAddress, from, now()) ?? (await answer(parts, request, from));
      return isRefusal(outcome) ? refuse(outcome, now()) : respond(outcome, now());
    } catch (error) {
      report(error);
      return refuse(internalError(), now());
    }
  };
}

async function answer(parts: HandlerParts, request: Request, from: From) {
  const { rules, now, limits, version } = parts;
  const url = new URL(request.url);
  const pathAndQuery = url.pathname + url.search;
  if (url.pathname === '/api' && request.method === 'GET') return { json: describeApi(version) };
  const found = findRoute(request.method, url.pathname);
  if (isRefusal(found)) return found;
  const { route, param } = found;

  const limit = route.path === '/api/register' ? limits.registerBodyBytes : limits.bodyBytes;
  const raw = route.body ? await readBody(request, limit) : new Uint8Array();
  if (!raw) return tooLarge(limit);
  const type = request.headers.get('content-type') ?? '';
  if (route.body && !/^application\/json\s*(;|$)/i.test(type)) return wrongType();

  const common = { rules, param, query: url.searchParams, version, ...from };
  if (!route.signed) {
    const body = parseBody(route, raw);
    return isRefusal(body) ? body : route.run({ ...common, body, now: now() });
  }
  const me = await parts.signedRequests.verify({
    method: request.method,
    pathAndQuery,
    header: (name) => request.headers.get(name),
    body: raw,
  });
  if (isRefusal(me)) return me;
  const body = parseBody(route, raw);
  return isRefusal(body) ? body : route.run({ ...common, body, me, now: now() });
}

const PATTERNS = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replace(/:\w+/, '([^/]+)')}$`),
}));

function findRoute(method: string, path: string): { route: Route; param: string } | Refusal {
  const allowed: string[] = path === '/api' ? ['GET'] : [];
  for (const { route, pattern } of PATTERNS) {
    const match = pattern.exec(path);
    if (!match) continue;
    if (route.method === method) return { route, param: decoded(match[1] ?? '') };
    allowed.push(route.method);
  }
  if (allowed.length > 0) {
    const sentence = `${path} takes ${allowed.join(' and ')}. GET /api describes the routes.`;
    return new Refusal('method-not-allowed', sentence, { allow: allowed.join(', ') });
  }
  return notFound();
}

/** What cannot be decoded stays as it is, and is then no name and no id. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function parseBody({ body: schema }: Route, raw: Uint8Array): unknown {
  if (!schema) return undefined;
  const json = parseJson(raw);
  if (json === undefined)
    return new Refusal('bad-json', 'The body is not JSON in UTF-8. Send JSON.');
  const parsed = schema.safeParse(json);
  return parsed.success ? parsed.data : badBody(parsed.error);
}

function badBody({ issues }: z.ZodError): Refusal {
  const [first] = issues;
  const where = first?.path.join('.') || 'the body';
  const sentence = `${where}: ${first?.message ?? 'not as it should be'}. GET /api says what is expected.`;
  return new Refusal('bad-request', sentence);
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function respond({ status = 200, json }: Answer, now: number): Response {
  const headers = { ...HEADERS, ...authenticate(status), date: new Date(now).toUTCString() };
  return Response.json(json, { status, headers });
}

/** A refusal as a response, also for a route that a server answers beside the registry's. */
export function refuse(refusal: Refusal, now: number): Response {
  const json: ErrorResponse = { error: { code: refusal.code, message: refusal.message } };
  const response = respond({ status: refusal.status, json }, now);
  const { retryAfterSeconds: wait, allow } = refusal.hints;
  if (wait !== undefined) response.headers.set('retry-after', String(wait));
  if (allow !== undefined) response.headers.set('allow', allow);
  return response;
}

const authenticate = (status: number) =>
  status === 401 ? { 'www-authenticate': 'Kyberline' } : undefined;

export const notFound = (): Refusal =>
  new Refusal('not-found', 'There is nothing here. GET /api describes the routes.');

export const internalError = (): Refusal =>
  new Refusal('internal-error', 'The registry failed at this. Its log says why; try again.');

const tooLarge = (limit: number): Refusal =>
  new Refusal('body-too-large', `The body is larger than ${limit} bytes. Send less.`);

const wrongType = (): Refusal =>
  new Refusal('wrong-type', 'Send the body as JSON, with "content-type: application/json".');
