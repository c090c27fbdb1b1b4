import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createContext, runInContext } from 'node:vm';
import { ENVIRONMENT_LIMIT, RATE_CARD } from '../../apps/api/openapi/example-ids.ts';
import { makeAnomaly } from '../support/anomaly-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { apiDocument, operations, type Operation } from './described-api.ts';
import { bodyFault } from './schema-check.ts';
import { STORY } from './story.ts';
import { allExamples } from './walk-examples.ts';

/** What the page does to requests and responses. */
interface Interceptors {
  readonly requestInterceptor: (request: { method?: string; url: string; body?: string }) => {
    readonly url: string;
    readonly body?: string;
  };
  readonly responseInterceptor: (response: {
    readonly url: string;
    readonly status: number;
    readonly text: string;
  }) => void;
}

let service: TestService;
let anybody: ApiClient;
beforeAll(async () => {
  service = await startTestService();
  await makeAnomaly(service.pool, 'live', 'acme');
  anybody = new ApiClient(service.url, null);
});
afterAll(async () => {
  await anybody.close();
  await service.stop();
});

/** Opens the page: runs its script, and gives it the description that it asks for. */
async function openPage(): Promise<Interceptors> {
  const opened: (Interceptors & { readonly url: string })[] = [];
  const page = createContext({ SwaggerUIBundle: (options: (typeof opened)[number]) => opened.push(options), URL });
  runInContext((await anybody.get('/docs/show.js')).text, page);
  const [shown] = opened;
  if (!shown) throw new Error('The page shows nothing.');
  const { status, text } = await anybody.get(shown.url);
  shown.responseInterceptor({ url: `${service.url}${shown.url}`, status, text });
  return shown;
}

/** The value that Swagger UI offers for a parameter. */
function prefilledValue(parameter: Operation['object']['parameters'][number]): string | undefined {
  const [first] = 'examples' in parameter ? Object.values(parameter.examples ?? {}) : [];
  if (first) return String(first.value);
  if ('example' in parameter) return parameter.example;
  const { default: assumed } = parameter.schema as { readonly default?: string };
  return assumed;
}

/** The body that Swagger UI offers; without an example, one without fields. */
function prefilledBody({ object }: Operation): unknown {
  if (!('requestBody' in object)) return undefined;
  const { examples = {} } = object.requestBody.content['application/json'];
  const [first] = Object.values(examples);
  return first ? first.value : {};
}

/** The request that Swagger UI sends where nothing is filled in by hand. */
function prefilledRequest(operation: Operation): { method: Operation['method']; url: string; body?: string } {
  const query = new URLSearchParams();
  let path = operation.path;
  for (const parameter of operation.object.parameters) {
    const value = prefilledValue(parameter);
    if (value === undefined) continue;
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else query.set(parameter.name, value);
  }
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  const body = prefilledBody(operation);
  const { method } = operation;
  return {
    method,
    url: `${service.url}${path}${search}`,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** The operations in the order in which the examples make sense, those without examples last. */
function inOrder(): Operation[] {
  const examples = allExamples();
  return [...new Set([...STORY.flatMap((name) => examples.get(name)?.operation ?? []), ...operations])];
}

/**
 * Examples that are chosen on the page before an operation: a request for a raise is approved or denied, a top-up paid or canceled,
 * and only what is owed can be written off.
 */
const TRIED_BEFORE = new Map([
  ['denyRaiseRequest', ['requestBudgetRaise/for_a_launch']],
  ['cancelTopup', ['createTopup/a_package']],
  ['writeOffDebt', ['createAccount/with_overdraft', 'charge/as_debt']],
]);

/** An operation of the test clock is tried with a key of `test`, as its example is. */
function clientFor({ object }: Operation): ApiClient {
  const [first] = [...allExamples().values()].filter(({ operation }) => operation.object === object);
  return service[first?.example.environment ?? 'live'];
}

async function tryOutExample(name: string, page: Interceptors): Promise<void> {
  const found = allExamples().get(name);
  if (!found) throw new Error(`there is no example ${name}`);
  const { status } = await tryOut(found.operation, page, found.example.body);
  expect({ name, isRefused: status >= 400 }).toEqual({ name, isRefused: false });
}

/** @param chosen the body of another example than the first */
async function tryOut(
  operation: Operation,
  { requestInterceptor, responseInterceptor }: Interceptors,
  chosen?: unknown,
) {
  const { method, ...first } = prefilledRequest(operation);
  const prefilled = chosen === undefined ? first : { ...first, body: JSON.stringify(chosen) };
  const { url, body } = requestInterceptor({ method, ...prefilled });
  const { pathname, search } = new URL(url);
  const answer = await clientFor(operation).send({
    method,
    path: pathname + search,
    ...(body === undefined ? {} : { payload: body, headers: { 'content-type': 'application/json' } }),
  });
  responseInterceptor({ url, status: answer.status, text: answer.text });
  return answer;
}

describe('“Try it out” on the page', () => {
  it('succeeds for every operation with what is prefilled', async () => {
    const page = await openPage();
    for (const operation of inOrder()) {
      for (const name of TRIED_BEFORE.get(operation.object.operationId) ?? []) await tryOutExample(name, page);
      const { status, text } = await tryOut(operation, page);
      const isRefused = status >= 400;
      expect({ operation: operation.object.operationId, isRefused, ...(isRefused ? { text } : {}) }).toEqual({
        operation: operation.object.operationId,
        isRefused: false,
      });
    }
  });

  it('offers only bodies and parameters that the description allows', () => {
    for (const operation of operations) {
      const { operationId, parameters } = operation.object;
      expect({ operationId, fault: bodyFault(operation, prefilledBody(operation) ?? {}) }).toEqual({
        operationId,
        fault: null,
      });
      const empty = parameters.filter((one) => one.required && prefilledValue(one) === undefined);
      expect({ operationId, empty: empty.map(({ name }) => name) }).toEqual({ operationId, empty: [] });
    }
  });

  it('never fills in the id of an object that was not created on the page', async () => {
    const before = await service.live.post('/v1/webhook-endpoints', { url: 'https://example.com/ours' });
    const ours = (before.body as { readonly id: string }).id;
    const page = await openPage();
    for (const id of ['listWebhookEndpoints', 'listApiKeys', 'listAuthorizations']) {
      const operation = operations.find(({ object }) => object.operationId === id);
      if (operation) await tryOut(operation, page);
    }
    const removal = operations.find(({ object }) => object.operationId === 'deleteWebhookEndpoint');
    expect(removal && (await tryOut(removal, page)).status).toBe(404);
    expect((await service.live.get(`/v1/webhook-endpoints/${ours}`)).status).toBe(200);
  });

  it('takes of what a PUT has set only the id, and not those that it mentions', async () => {
    const page = await openPage();
    const [url, other] = [`${service.url}/v1/limits`, 'rate_01m8jzpr0ce00a6exkxgaw8ctw'];
    const id = 'lim_01m8jzpr0ce00a6exkxgaw8ctw';
    page.requestInterceptor({ method: 'PUT', url });
    page.responseInterceptor({ url, status: 200, text: JSON.stringify({ id, rate_card: other }) });
    expect(page.requestInterceptor({ url: `${url}/${ENVIRONMENT_LIMIT}` }).url).toBe(`${url}/${id}`);
    const card = `${service.url}/v1/rate-cards/${RATE_CARD}`;
    expect(page.requestInterceptor({ url: card }).url).toBe(card);
    page.requestInterceptor({ method: 'GET', url });
    page.responseInterceptor({ url, status: 200, text: JSON.stringify({ id: ENVIRONMENT_LIMIT }) });
    expect(page.requestInterceptor({ url: `${url}/${ENVIRONMENT_LIMIT}` }).url).toBe(`${url}/${id}`);
  });

  it('leaves ids alone that are no example’s', async () => {
    const { requestInterceptor } = await openPage();
    const url = `${service.url}/v1/grants/grant_01m8jzpr0ce00a6exkxgaw8ctw`;
    expect(JSON.stringify(apiDocument.paths)).not.toContain('grant_01m8jzpr0ce00a6exkxgaw8ctw');
    expect(requestInterceptor({ url })).toEqual({ url });
  });
});
