import { guidePath } from '../guides/guides.ts';
import { anchorOf } from '../guides/render-markdown.ts';
import { IDEMPOTENCY_KEY } from '../requests/idempotency-key.ts';
import { queryParameters, type BodySchemas } from './body-schemas.ts';
import type { JsonSchema } from './json-schema.ts';
import type { OperationDescription } from './operation.ts';
import { bodyExamples, parameterExamples } from './request-examples.ts';
import { takesKey, responsesOf } from './responses.ts';
import type { Route } from './routes.ts';

const IDEMPOTENCY_KEY_PARAMETER = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes retries safe: Purser carries out the same request with the same key once, and returns the same response again. A key that was used for another request returns 422.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: IDEMPOTENCY_KEY.source },
} as const;

/** An operation as OpenAPI has it. */
export function operationObject(route: Route, tag: string, description: OperationDescription, bodies: BodySchemas) {
  return {
    operationId: description.id,
    tags: [tag],
    summary: description.summary,
    description: [description.description, scopesText(route)].join('\n\n'),
    externalDocs: {
      description: 'API guide',
      url: guidePath('api', anchorOf(`${route.method.toUpperCase()} ${route.path}`)),
    },
    security: (route.needs ?? []).map((scope) => ({ apiKey: [scope] })),
    'x-scopes': route.needs ?? [],
    parameters: [
      ...route.pathParameters.map((name) => pathParameter(name, description)),
      ...(route.query ? queryParameters(route.query) : []).map((parameter) => ({
        ...parameter,
        ...parameterExamples(description, (example) => example.query?.[parameter.name]),
      })),
      ...(takesKey(route) ? [IDEMPOTENCY_KEY_PARAMETER] : []),
    ],
    ...(route.method === 'get' ? {} : { requestBody: requestBody(route, description, bodies) }),
    responses: responsesOf(route, description),
  };
}

function scopesText({ needs }: Route): string {
  if (!needs) return 'No API key is needed.';
  return `Needs a key with the scope ${needs.map((scope) => `\`${scope}\``).join(' or ')}.`;
}

/** @throws Error where nobody has said what the parameter is */
function pathParameter(name: string, operation: OperationDescription) {
  const parameter = operation.path?.[name];
  if (!parameter)
    throw new Error(`The operation ${operation.id} has the path parameter ${name}, which isn't described.`);
  const examples = parameterExamples(operation, (example) => example.path?.[name]);
  return { name, in: 'path', required: true, ...parameter, ...examples };
}

function requestBody({ body }: Route, operation: OperationDescription, bodies: BodySchemas) {
  const schema = body ? bodies.of(body) : NO_FIELDS;
  const isRequired = body !== null && bodies.hasRequired(body);
  return {
    required: isRequired,
    content: { 'application/json': { schema, ...bodyExamples(operation) } },
  };
}

const NO_FIELDS: JsonSchema = {
  type: 'object',
  description: 'The body has no fields: send `{}` or nothing.',
  additionalProperties: false,
  maxProperties: 0,
};
