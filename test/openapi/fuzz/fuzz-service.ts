import { publicId } from '#ledger';
import { ApiClient, type Answer } from '../../support/api-client.ts';
import { makeAnomaly } from '../../support/anomaly-steps.ts';
import { operationOf } from '../described-api.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { readBooks, type Books } from './books.ts';
import { makeCallers, type Caller, type CallerName } from './callers.ts';
import { faultsOf } from './faults.ts';
import { KnownIds } from './known-ids.ts';
import type { FuzzRequest } from './requests.ts';
import { ACCOUNTS, CLOSED_ACCOUNT, INDEBTED_ACCOUNT } from './values.ts';

/** The environment that an answer is about, where it isn't its caller's: `live` makes the keys of all, and their limits. */
function environmentOf({ operation }: FuzzRequest, { body }: Answer): string | null {
  return operation === 'createApiKey' ? (body as { readonly environment: string }).environment : null;
}

/** Not what reads, is refused, or was done before. */
function mayChange({ operation }: FuzzRequest, { status, headers }: Answer): boolean {
  return operationOf(operation).method !== 'GET' && status < 400 && headers['idempotency-replayed'] === undefined;
}

/** Prices what the description gives as examples of usage, but for one model. */
const RATE_CARD = {
  name: 'Fuzz',
  unit: 'credits',
  prices: [
    {
      event: 'chat.completed',
      match: { model: 'gpt-5*' },
      components: [
        { quantity: 'input_tokens', per: '1000', amount: '0.03', included: '10000', counted: 'month' },
        { quantity: 'cache_read_tokens', per: '1000', amount: '0.003' },
        { quantity: 'output_tokens', per: '1000', amount: '0.06' },
      ],
    },
    { event: 'image.generated', components: [{ quantity: 'images', amount: '4' }] },
  ],
};

/** By one of the names that requests use. */
const BUDGET = { name: 'day', amount: '1000000', period: 'day', per: 'user' };
/** By which so many requests ask for a raise of it. */
const RAISE = { amount: '2000000', until: '2999-01-01T00:00:00Z', reason: 'A launch' };
const RAISE_REQUESTS = 3;
const INDEBTED = { id: INDEBTED_ACCOUNT, overage: 'debt', overdraft_limit: '1000' };
/** So many are open in each account, for what is done about open authorizations to find some. */
const HOLDS = 3;

/** A service that is sent whatever comes, and what is known of it. */
export class FuzzService {
  /** How often each operation was answered how, by `operation status` and, of problems, their codes. */
  readonly answers = new Map<string, number>();
  #books: Books = {};

  private constructor(
    private readonly service: TestService,
    private readonly client: ApiClient,
    private readonly callers: Readonly<Record<CallerName, Caller>>,
    private readonly ids: KnownIds,
  ) {}

  static async start(): Promise<FuzzService> {
    const service = await startTestService();
    const callers = await makeCallers(service);
    const client = new ApiClient(service.url, null);
    const { rows } = await service.pool.query<{ id: string }>('select id from api_keys');
    const ids = new KnownIds(rows.map(({ id }) => publicId('key', id)));
    for (const { environment, authorization, scopes } of Object.values(callers)) {
      if (authorization === null || !scopes.includes('admin')) continue;
      const card = await client.post('/v1/rate-cards', RATE_CARD, { headers: { authorization } });
      const { id: rate_card } = card.body as { id: string };
      for (const id of ACCOUNTS.slice(1)) {
        await client.post('/v1/accounts', { id, rate_card }, { headers: { authorization } });
        await client.post(`/v1/accounts/${id}/grants`, { amount: '1000000' }, { headers: { authorization } });
        await client.post(`/v1/accounts/${id}/budgets`, BUDGET, { headers: { authorization } });
        ids.learn(environment, await makeAnomaly(service.pool, environment, id));
        for (let request = 0; request < RAISE_REQUESTS; request += 1) {
          const path = `/v1/accounts/${id}/budgets/${BUDGET.name}/raise-requests`;
          ids.learn(environment, (await client.post(path, RAISE, { headers: { authorization } })).text);
        }
        for (let hold = 0; hold < HOLDS; hold += 1) {
          const held = { account: id, amount: '10', expires_in: 86_400 };
          ids.learn(environment, (await client.post('/v1/authorizations', held, { headers: { authorization } })).text);
        }
      }
      await client.post('/v1/accounts', INDEBTED, { headers: { authorization } });
      await client.post('/v1/charges', { account: INDEBTED.id, amount: '1000' }, { headers: { authorization } });
      await client.post('/v1/accounts', { id: CLOSED_ACCOUNT }, { headers: { authorization } });
      await client.post(`/v1/accounts/${CLOSED_ACCOUNT}/close`, {}, { headers: { authorization } });
    }
    const fuzzed = new FuzzService(service, client, callers, ids);
    fuzzed.#books = await readBooks(service.pool);
    return fuzzed;
  }

  /** Sends a request. @returns what is wrong about its answer, or about what it did */
  async send(request: FuzzRequest): Promise<string[]> {
    const caller = this.callers[request.caller];
    const filled = this.#filled(request, caller);
    const answer = await this.#answerTo(filled, caller);
    const before = this.#books;
    this.#books = await readBooks(this.service.pool);
    this.#count(request, answer);

    const changed = mayChange(request, answer)
      ? []
      : Object.keys(before).filter((matter) => before[matter] !== this.#books[matter]);
    // What is open to all tells of nobody's objects but those of the examples.
    const told = operationOf(request.operation).object.security.length === 0 ? '' : answer.text;
    const leaked = this.ids.leakedTo(caller.environment, told, JSON.stringify(filled));
    // A problem may repeat an id of the request, which isn't the caller's.
    if (answer.status < 400) this.ids.learn(environmentOf(request, answer) ?? caller.environment, told);
    return [
      ...faultsOf(filled, caller, answer),
      ...changed.map((matter) => `was answered ${String(answer.status)}, but changed the ${matter}`),
      ...leaked.map((id) => `tells ${id}, which is another environment’s`),
    ];
  }

  /** @throws Error when the books are not in order */
  async stop(): Promise<void> {
    await this.client.close();
    await this.service.stop();
  }

  /** With the ids that are there. */
  #filled(request: FuzzRequest, { environment }: Caller): FuzzRequest {
    const fill = (text: string): string => this.ids.fill(environment, text);
    return {
      ...request,
      path: Object.fromEntries(Object.entries(request.path).map(([name, segment]) => [name, fill(segment)])),
      query: request.query.map(([name, value]) => [name, fill(value)]),
      payload: request.payload === null ? null : fill(request.payload),
    };
  }

  #answerTo({ operation: id, path, query, headers, payload }: FuzzRequest, { authorization }: Caller): Promise<Answer> {
    const operation = operationOf(id);
    const at = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => path[name] ?? '');
    const search = new URLSearchParams(
      Array.from(query, ([name, value]): [string, string] => [name, value]),
    ).toString();
    return this.client.send({
      method: operation.method,
      path: search === '' ? at : `${at}?${search}`,
      headers: { ...(authorization === null ? {} : { authorization }), ...headers },
      ...(payload === null ? {} : { payload }),
    });
  }

  #count({ operation }: FuzzRequest, { status, body }: Answer): void {
    const code = status < 400 ? [] : [(body as { readonly code?: string } | undefined)?.code];
    const name = [operation, status, ...code].join(' ');
    this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
  }
}
