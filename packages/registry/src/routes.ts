/**
 * The registry's routes, each with who may use it, what it takes and what it gives: the table from
 * which both the handlers (handlers.ts) and the description at `GET /api` (openapi.ts) are made.
 */

import { toHex } from '@kyberline/core/crypto/bytes';
import { callId, userName } from '@kyberline/shared/ids';
import {
  acceptRequest,
  bundleResponse,
  type CallRecord,
  callResponse,
  challengeResponse,
  EVENTS_PATH,
  hangupRequest,
  healthResponse,
  initiateRequest,
  pendingResponse,
  peopleResponse,
  registerRequest,
  registerResponse,
  rejectRequest,
} from '@kyberline/shared/registry';
import { z } from 'zod';
import { isRefusal, Refusal, type RefusalCode } from './refusal.js';
import type { Rules } from './registry.js';
import type { StoredUser } from './storage.js';

/** What a route answers: a status other than 200 where it is said. */
export interface Answer {
  status?: number;
  json: unknown;
}

/** What a handler has to work with, checked and parsed. */
interface Asked<Body> {
  rules: Rules;
  body: Body;
  /** The variable part of the path, decoded. */
  param: string;
  query: URLSearchParams;
  address: string;
  now: number;
  version: string;
}
type AskedSigned<Body> = Asked<Body> & { me: StoredUser };

interface Description {
  method: 'GET' | 'POST' | 'DELETE';
  /** With at most one `:parameter`, the last part. */
  path: string;
  summary: string;
  /** The query's parameters, for the description. */
  query?: Record<string, z.ZodType>;
  /** What the body must be; no body is read where this is absent. */
  body?: z.ZodType;
  /** What is answered, by status. */
  answers: Record<number, z.ZodType>;
  /** Refusals of its own, beside those that any route can give. */
  refusals: readonly RefusalCode[];
}

export type Route = Description &
  (
    | { signed: false; run(asked: Asked<unknown>): Promise<Answer | Refusal> }
    | { signed: true; run(asked: AskedSigned<unknown>): Promise<Answer | Refusal> }
  );

/** Tie the type of the handler's body to the schema, which has then been applied to it. */
function open<Body>(
  description: Description & { body?: z.ZodType<Body> },
  run: (asked: Asked<Body>) => Promise<Answer | Refusal>,
): Route {
  return { ...description, signed: false, run: (asked) => run(asked as Asked<Body>) };
}
function signed<Body>(
  description: Description & { body?: z.ZodType<Body> },
  run: (asked: AskedSigned<Body>) => Promise<Answer | Refusal>,
): Route {
  return { ...description, signed: true, run: (asked) => run(asked as AskedSigned<Body>) };
}

/** The machine_id of a query, which may be left out; that of a registration must be there. */
export const machineId = registerRequest.shape.machine_id.optional();

const CALL_REFUSALS = ['unknown-call', 'not-yours', 'call-not-ringing'] as const;
const aCall = { 200: callResponse };

export const ROUTES: readonly Route[] = [
  open(
    {
      method: 'GET',
      path: '/api/health',
      summary: 'Whether the registry runs, its id and its clock',
      answers: { 200: healthResponse },
      refusals: [],
    },
    async ({ rules, now, version }) => ({
      json: { status: 'ok', registry_id: rules.registryId, time: now, version },
    }),
  ),
  open(
    {
      method: 'POST',
      path: '/api/register',
      summary:
        'Take a name, publish a bundle, come back from another machine, or hand the name to a new identity: first without proof, for a challenge, then with it',
      body: registerRequest,
      answers: { 200: registerResponse, 401: challengeResponse },
      refusals: [
        'bad-bundle',
        'bad-signature',
        'challenge-expired',
        'name-taken',
        'name-reserved',
        'too-many-registrations',
        'registry-full',
      ],
    },
    async ({ rules, body, address }) => {
      const outcome = await rules.register(body, address);
      if (isRefusal(outcome)) return outcome;
      const registry_id = rules.registryId;
      if (outcome.kind === 'challenge') {
        return { status: 401, json: { challenge: outcome.challenge, registry_id } };
      }
      const fingerprint = toHex(outcome.user.fingerprint);
      return { json: { username: body.username, fingerprint, registry_id } };
    },
  ),
  open(
    {
      method: 'GET',
      path: '/api/users',
      summary: 'Everyone who is registered, and who can be called now',
      answers: { 200: peopleResponse },
      refusals: [],
    },
    async ({ rules }) => ({ json: { users: await rules.people() } }),
  ),
  signed(
    {
      method: 'GET',
      path: '/api/users/:username',
      summary: "Somebody's bundle, for calling them",
      answers: { 200: bundleResponse },
      refusals: ['unknown-name', 'too-many-look-ups'],
    },
    async ({ rules, me, param }) => {
      const name = userName.safeParse(param);
      return name.success ? answer(await rules.lookUp(me, name.data)) : badName(name.error);
    },
  ),
  signed(
    {
      method: 'DELETE',
      path: '/api/users/:username',
      summary: 'Give your name up: it is free for anyone from then on',
      answers: { 200: z.object({}) },
      refusals: ['not-yours'],
    },
    async ({ rules, me, param }) => {
      const name = userName.safeParse(param);
      if (!name.success) return badName(name.error);
      return (await rules.unregister(me, name.data)) ?? { json: {} };
    },
  ),
  signed(
    {
      method: 'POST',
      path: '/api/call/initiate',
      summary: 'Call somebody; the same request again is the same call',
      body: initiateRequest,
      answers: aCall,
      refusals: [
        'not-yours',
        'unknown-name',
        'call-to-self',
        'call-exists',
        'too-many-calls',
        'too-many-pending',
        'callee-overloaded',
        'registry-full',
      ],
    },
    async ({ rules, me, body }) => call(await rules.initiate(me, body)),
  ),
  signed(
    {
      method: 'POST',
      path: '/api/call/accept',
      summary: 'Answer a call that rings at you',
      body: acceptRequest,
      answers: aCall,
      refusals: CALL_REFUSALS,
    },
    async ({ rules, me, body }) => call(rules.accept(me, body)),
  ),
  signed(
    {
      method: 'POST',
      path: '/api/call/reject',
      summary: 'Turn down a call that rings at you, and say why',
      body: rejectRequest,
      answers: aCall,
      refusals: CALL_REFUSALS,
    },
    async ({ rules, me, body }) => call(rules.reject(me, body)),
  ),
  signed(
    {
      method: 'POST',
      path: '/api/call/hangup',
      summary: 'End a call of yours; before it was answered this cancels it',
      body: hangupRequest,
      answers: aCall,
      refusals: ['unknown-call'],
    },
    async ({ rules, me, body }) => call(rules.hangup(me, body)),
  ),
  signed(
    {
      method: 'GET',
      path: '/api/call/status/:call_id',
      summary: 'How a call of yours stands',
      answers: aCall,
      refusals: ['unknown-call'],
    },
    async ({ rules, me, param }) => {
      const id = callId.safeParse(param);
      return id.success ? call(rules.status(me, id.data)) : badCallId();
    },
  ),
  signed(
    {
      method: 'GET',
      path: '/api/call/pending/:username',
      summary: 'What rings at you; asking once every 5 s or sooner counts as being online',
      query: { machine_id: machineId },
      answers: { 200: pendingResponse },
      refusals: ['not-yours', 'replaced'],
    },
    async ({ rules, me, param, query }) => {
      const name = userName.safeParse(param);
      if (!name.success) return badName(name.error);
      const machine = machineId.safeParse(query.get('machine_id') ?? undefined);
      if (!machine.success) return badMachineId();
      const calls = rules.pending(me, name.data, machine.data);
      return isRefusal(calls) ? calls : { json: { calls } };
    },
  ),
  open(
    {
      method: 'GET',
      path: EVENTS_PATH,
      summary:
        'WebSocket, its upgrade request signed like any other: calls, presence and take-overs as they happen',
      query: { machine_id: machineId },
      answers: {},
      refusals: ['upgrade-required'],
    },
    async () =>
      new Refusal('upgrade-required', 'Open this address as a WebSocket (ws:// or wss://).'),
  ),
];

const answer = (json: unknown): Answer | Refusal => (isRefusal(json) ? json : { json });

const call = (outcome: CallRecord | Refusal): Answer | Refusal =>
  isRefusal(outcome) ? outcome : { json: { call: outcome } };

const badName = (error: z.ZodError): Refusal =>
  new Refusal('bad-request', error.issues[0]?.message ?? 'That is no name.');

const badCallId = (): Refusal =>
  new Refusal('bad-request', 'A call_id is 32 hex digits, lower case.');

export const badMachineId = (): Refusal =>
  new Refusal('bad-request', 'A machine_id is 32 hex digits, lower case.');
