/** The registry described by itself: OpenAPI 3.1, made from the routes and their zod schemas. */
import * as shared from '@kyberline/shared/registry';
import { SIGNED_HEADERS } from '@kyberline/shared/registry';
import { z } from 'zod';
import { REFUSAL_CODES, type RefusalCode, statusOf } from './refusal.js';
import { ROUTES, type Route } from './routes.js';

/** The schemas that get a name in the description, and are referred to by it. */
const NAMED = {
  CallRecord: shared.callRecord,
  RegisterRequest: shared.registerRequest,
  RegisterResponse: shared.registerResponse,
  ChallengeResponse: shared.challengeResponse,
  Person: shared.person,
  PeopleResponse: shared.peopleResponse,
  BundleResponse: shared.bundleResponse,
  InitiateRequest: shared.initiateRequest,
  AcceptRequest: shared.acceptRequest,
  RejectRequest: shared.rejectRequest,
  HangupRequest: shared.hangupRequest,
  CallResponse: shared.callResponse,
  PendingResponse: shared.pendingResponse,
  HealthResponse: shared.healthResponse,
  ErrorResponse: shared.errorResponse,
  RegistryEvent: shared.registryEvent,
} satisfies Record<string, z.ZodType>;

const nameOf = (schema: z.ZodType): string | undefined =>
  Object.entries(NAMED).find(([, named]) => named === schema)?.[0];

/** What any route can say, and any signed one. */
const ANY: readonly RefusalCode[] = ['too-many-requests', 'internal-error', 'registry-closed'];
const BODY: readonly RefusalCode[] = ['bad-json', 'bad-request', 'body-too-large', 'wrong-type'];
const SIGNED: readonly RefusalCode[] = [
  'not-signed',
  'clock-skew',
  'not-registered',
  'bad-signature',
  'replayed',
  'registry-full',
];

const made = new Map<string, unknown>();

export function describeApi(version: string): unknown {
  if (!made.has(version)) made.set(version, describe(version));
  return made.get(version);
}

function describe(version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    const path = route.path.replace(/:(\w+)/, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kyberline registry',
      version,
      description:
        'Names, bundles of public keys, and the carrying of offers and answers. Signed requests and limits: SPEC.md section 12.',
    },
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: Object.fromEntries(
        Object.entries(SIGNED_HEADERS).map(([part, name]) => [
          part,
          { type: 'apiKey', in: 'header', name, description: HEADER_FORMS[part] },
        ]),
      ),
    },
  };
}

const HEADER_FORMS: Record<string, string> = {
  user: 'The name of who sends this',
  millis: 'Unix milliseconds, in decimal',
  nonce: '16 random bytes as base64, new for every request',
  signature: 'Ed25519 over the statement of SPEC.md section 12, as base64',
};

function operation(route: Route) {
  const parameters = [
    ...[...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...Object.entries(route.query ?? {}).map(([name, schema]) => ({
      name,
      in: 'query',
      required: false,
      schema: inline(schema),
    })),
  ];
  return {
    summary: route.summary,
    security: route.signed ? [{ user: [], millis: [], nonce: [], signature: [] }] : [],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: { required: true, content: json(route.body) } } : {}),
    responses: responses(route),
  };
}

function responses(route: Route) {
  const codes = [
    ...route.refusals,
    ...(route.body ? BODY : []),
    ...(route.signed ? SIGNED : []),
    ...ANY,
  ];
  const byStatus: Record<number, { description: string; content: unknown }> = {};
  for (const code of REFUSAL_CODES.filter((one) => codes.includes(one))) {
    const status = statusOf(code);
    const known = byStatus[status];
    const description = known ? `${known.description}, ${code}` : code;
    byStatus[status] = { description, content: json(shared.errorResponse) };
  }
  for (const [status, schema] of Object.entries(route.answers)) {
    const refusals = byStatus[Number(status)];
    const content = refusals
      ? { 'application/json': { schema: { anyOf: [refer(schema), refer(shared.errorResponse)] } } }
      : json(schema);
    const description = refusals ? `The answer, or ${refusals.description}` : 'The answer';
    byStatus[Number(status)] = { description, content };
  }
  return byStatus;
}

const json = (schema: z.ZodType) => ({ 'application/json': { schema: refer(schema) } });

function refer(schema: z.ZodType): unknown {
  const name = nameOf(schema);
  return name === undefined ? inline(schema) : { $ref: `#/components/schemas/${name}` };
}

function inline(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function namedSchemas(): Record<string, unknown> {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) names.add(schema, { id });
  const { schemas } = z.toJSONSchema(names, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _s, $id: _i, ...schema }]) => [id, schema]),
  );
}
