import { problemSchema, problemSchemaName } from '../problems/problem-schemas.ts';
import { PROBLEMS, type ProblemCode } from '../problems/problem.ts';
import { BodySchemas } from './body-schemas.ts';
import type { JsonSchema } from './json-schema.ts';
import type { DescribedController } from './operation.ts';
import { operationObject } from './operation-object.ts';
import { routeOf } from './routes.ts';
import { TAGS, type Tag } from './tags.ts';
import { VIEW_SCHEMAS } from './view-schemas.ts';
import { messageSchemas, webhookOperations } from './webhook-operations.ts';

export type OpenApiDocument = ReturnType<typeof makeDocument>;

/**
 * The API's description, as OpenAPI 3.1 has it, put together from the controllers and the checks themselves and from what
 * is said beside them.
 *
 * @throws Error for a route, a check or a path parameter that nobody has described
 */
export function makeDocument(controllers: readonly DescribedController[]) {
  const bodies = new BodySchemas();
  const paths: Record<string, Record<string, ReturnType<typeof operationObject>>> = {};
  for (const { controller, tag, operations } of controllers) {
    for (const [method, description] of Object.entries(operations)) {
      const route = routeOf(controller, method);
      const operation = operationObject(route, tag, description, bodies);
      paths[route.path] = { ...paths[route.path], [route.method]: operation };
    }
  }
  return {
    openapi: '3.1.1',
    info: INFO,
    servers: [{ url: '/', description: 'The service that returns this description.' }],
    tags: [...new Set(controllers.map(({ tag }) => tag))].map(tagObject),
    paths,
    webhooks: webhookOperations(),
    components: {
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key, `pur_…`. It determines the environment. Its scopes determine what it may do.',
        },
      },
      schemas: { ...VIEW_SCHEMAS, ...messageSchemas(), ...bodies.schemas, ...problemSchemas() } satisfies Record<
        string,
        JsonSchema
      >,
    },
  };
}

function tagObject(name: Tag) {
  const { description, guide } = TAGS[name];
  return { name, description, externalDocs: { description: 'Guide', url: guide } };
}

/** The version is the one in the paths: what would break a client gets another. */
const INFO = {
  title: 'Purser',
  version: '1',
  summary: 'The real-time prepaid credit ledger for AI products.',
  description: [
    'Authorize the most that a request may cost, run the model, commit what it used: [concepts](/docs/concepts), [API guide](/docs/api), [problems](/docs/problems), [webhooks](/docs/webhooks).',
    'Amounts are decimals as strings, times are RFC 3339 in UTC, and durations are whole seconds. Purser rejects unknown fields. In the body of a POST, `null` is the same as leaving the field out.',
    'Purser returns every error as a problem (RFC 9457). Your program should check its `code`.',
    'The examples belong together: they are about the account `acme`, in the order of a first day. Ids in them, like `auth_…`, stand for the ids that you get; replace them. The page `/docs` does that by itself for what you create on it. The operations of the test clock need a key of an environment other than `live`.',
  ].join('\n\n'),
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};

/** Problems of requests that reach no operation of the description. */
const OF_NO_OPERATION: ReadonlySet<string> = new Set<ProblemCode>([
  'method_not_allowed',
  'expectation_failed',
  'webhook_signature_invalid',
]);

function problemSchemas(): Record<string, JsonSchema> {
  const codes = (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => !OF_NO_OPERATION.has(code));
  return Object.fromEntries(codes.map((code) => [problemSchemaName(code), problemSchema(code)]));
}
