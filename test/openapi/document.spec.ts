import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { registeredRoutes } from '../support/registered-routes.ts';
import { apiDocument, operations } from './described-api.ts';
import { compileComponent } from './schema-check.ts';

/** Everything in a document that has this field, with the path to it. */
function having(field: string, value: unknown, path = ''): [path: string, object: Record<string, unknown>][] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, one]) => having(field, one, `${path}/${name}`));
  return field in value ? [[path, value as Record<string, unknown>], ...inner] : inner;
}

/** Only who has the secret of the webhook can sign what it takes. */
const CALLED_BY_PROVIDERS: readonly string[] = ['POST /v1/providers/stripe/webhook'];

/** A POST for a question that is too long for a query. */
const ONLY_ANSWER: readonly string[] = ['/v1/quotes', '/v1/usage/normalize', '/v1/limits/dry-run'];

describe('the description of the API', () => {
  it('is OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(apiDocument));
    expect(result).toEqual({ valid: true });
    expect(apiDocument.openapi).toMatch(/^3\.1\./);
  });

  it('tells every operation that is registered, and no other but those that only others’ servers can call', async () => {
    const described = operations.map(({ method, path }) => `${method} ${path}`);
    const registered = (await registeredRoutes()).map(({ operation }) => operation);
    expect([...described, ...CALLED_BY_PROVIDERS].sort()).toEqual(registered.sort());
  });

  it('names every operation once', () => {
    const names = operations.map(({ object }) => object.operationId);
    expect(names).toEqual([...new Set(names)]);
  });

  it('refers to nothing that is not there', () => {
    const targets = having('$ref', apiDocument).map(([, { $ref }]) => String($ref));
    const known = Object.keys(apiDocument.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(targets.filter((target) => !known.includes(target))).toEqual([]);
    expect(known.filter((name) => !targets.includes(name))).toEqual([]);
  });

  it('has schemas that can be used', () => {
    for (const name of Object.keys(apiDocument.components.schemas)) compileComponent(name);
  });

  it('says of every object what fields it has, or that it may have any', () => {
    const objects = having('type', apiDocument.components).filter(([, { type }]) => [type].flat().includes('object'));
    expect(objects.length).toBeGreaterThan(50);
    const silent = objects.filter(
      ([path, object]) => !path.endsWith('/not') && !('properties' in object) && !('additionalProperties' in object),
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('has no property with a `default`, which generators of clients take for one that is always there', () => {
    expect(having('default', apiDocument.components).map(([path]) => path)).toEqual([]);
  });

  it('says what every operation, parameter and field means', () => {
    for (const { object } of operations) {
      expect(object.summary).toMatch(/\S/);
      expect(object.description).toMatch(/^.+\./);
      for (const { name, description } of object.parameters)
        expect({ in: object.operationId, name, description }).toMatchObject({
          description: expect.stringMatching(/\S/),
        });
    }
    const bodies = Object.entries(apiDocument.components.schemas).filter(([name]) => /Body$/.test(name));
    expect(bodies.length).toBeGreaterThan(5);
    for (const [body, { properties = {} }] of bodies)
      for (const [field, { description }] of Object.entries(properties))
        expect({ body, field, description }).toMatchObject({ description: expect.stringMatching(/\S/) });
  });

  it('tells the scopes that let a key in, and what needs none', () => {
    const scopes = Object.fromEntries(operations.map(({ object }) => [object.operationId, object['x-scopes']]));
    expect(scopes).toMatchObject({
      createGrant: ['admin'],
      authorize: ['authorize', 'admin'],
      getBalance: ['read', 'authorize', 'admin'],
      getLiveness: [],
    });
    for (const { path, object } of operations) {
      expect(object.security).toEqual(object['x-scopes'].map((scope) => ({ apiKey: [scope] })));
      expect(object.security.length > 0).toBe(path.startsWith('/v1/'));
    }
  });

  it('offers an Idempotency-Key wherever something is changed', () => {
    const takesKey = (method: string, path: string): boolean =>
      !ONLY_ANSWER.includes(path) &&
      (['POST', 'PATCH'].includes(method) || (method === 'PUT' && path.startsWith('/v1/accounts/')));
    for (const { method, path, object } of operations) {
      const keys = object.parameters.filter(({ name }) => name === 'Idempotency-Key');
      expect(keys).toHaveLength(takesKey(method, path) ? 1 : 0);
    }
  });

  it('says how fields are checked, with the limits of the checks themselves', () => {
    const { CreateGrantBody, CreateAccountBody, AuthorizeBatchBody } = apiDocument.components.schemas;
    expect(CreateGrantBody?.properties).toMatchObject({
      amount: { type: 'string', pattern: '^\\d{1,26}(?:\\.\\d{1,12})?$' },
      priority: {
        type: ['integer', 'null'],
        minimum: 0,
        maximum: 255,
        description: expect.stringMatching(/Default: `100`\.$/),
      },
      category: { enum: ['paid', 'promotional', 'included', null] },
    });
    expect(CreateGrantBody).toMatchObject({ required: ['amount'], additionalProperties: false });
    expect(CreateAccountBody?.properties?.['name']).toMatchObject({ maxLength: 256 });
    expect(AuthorizeBatchBody?.properties?.['items']).toMatchObject({ minItems: 1, maxItems: 1000 });
  });
});
