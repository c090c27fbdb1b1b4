import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { makeAnomaly } from '../support/anomaly-steps.ts';
import { makeKey } from '../support/access-steps.ts';
import { makeBudget } from '../support/budget-steps.ts';
import { authorize, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { buy, makePackage } from '../support/purchase-steps.ts';
import { registeredRoutes, type RegisteredRoute } from '../support/registered-routes.ts';
import { chatPrices, makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { makeEndpoint } from '../support/webhook-steps.ts';

/** One object of each kind, all of `live`. */
interface Objects {
  readonly account: string;
  readonly grant: string;
  readonly authorization: string;
  readonly key: string;
  readonly endpoint: string;
  readonly event: string;
  readonly rateCard: string;
  readonly plan: string;
  readonly creditPackage: string;
  readonly topup: string;
  readonly purchase: string;
  readonly raise: string;
  readonly anomaly: string;
  readonly limit: string;
}

interface Ask {
  /** Which object the path names. */
  readonly id?: keyof Objects;
  /** An id for the path that is nobody's yet: what has it is made in the caller's environment. */
  readonly newId?: string;
  readonly query?: string;
  /** Which budget or recurring grant the path names: of the account, or a budget `common` to all, which each environment gets one of. */
  readonly budget?: 'day' | 'spare' | 'common' | 'allowance';
  /** Which report the path names. */
  readonly report?: 'statement';
  readonly body?: (objects: Objects) => unknown;
  /** Whether it names an object of `live` in its body. */
  readonly namesInBody?: true;
  /** The same of an object that the account owns. */
  readonly namesObjectInBody?: true;
  /** It is about an account, and a key that is bound to it may not do it. */
  readonly notForBound?: true;
  /** It is about no account, and open to keys that are bound to one. */
  readonly openToBound?: true;
  /** Whether it is a list that shows one account where that is asked for. */
  readonly listsAnAccount?: true;
  /** Where it may be done only in `live`, or only elsewhere, whatever the scope. */
  readonly onlyIn?: 'live' | 'others';
}

const empty = () => ({});
const PRICES = chatPrices('1', '2');
const CHAT = { event: 'chat.completed', input_tokens: 1 };
const RAISE = { amount: '2000000', until: '2100-01-01T00:00:00Z', reason: 'a launch' };
const spend = ({ account }: Objects) => ({ account, amount: '1' });

/** How each operation is asked for what exists in `live`. A new operation fails the spec until it stands here. */
const ASKS: Readonly<Record<string, Ask>> = {
  'POST /v1/accounts': { body: empty },
  'GET /v1/accounts': {},
  'GET /v1/accounts/{id}': { id: 'account' },
  'PUT /v1/accounts/{id}': { newId: 'made-by-put', body: empty },
  'POST /v1/accounts/{id}/close': { id: 'account', body: empty },
  'POST /v1/accounts/{id}/write-off': { id: 'account', body: () => ({ reason: 'lost' }) },
  'POST /v1/accounts/{id}/erase': { id: 'account', body: empty },
  'PATCH /v1/accounts/{id}': { id: 'account', body: empty },
  'POST /v1/accounts/{id}/suspend': { id: 'account', body: empty },
  'POST /v1/accounts/{id}/resume': { id: 'account', body: empty },
  'GET /v1/accounts/{id}/balance': { id: 'account' },
  'POST /v1/accounts/{id}/grants': { id: 'account', body: () => ({ amount: '1' }) },
  'GET /v1/accounts/{id}/grants': { id: 'account' },
  'GET /v1/accounts/{id}/transfers': { id: 'account' },
  'GET /v1/accounts/{id}/activity': { id: 'account' },
  'GET /v1/accounts/{id}/alerts': { id: 'account' },
  'PUT /v1/accounts/{id}/alerts': { id: 'account', body: empty },
  'GET /v1/accounts/{id}/stream': { id: 'account', query: '?wait=0' },
  'GET /v1/accounts/{id}/auto-topup': { id: 'account' },
  'PUT /v1/accounts/{id}/auto-topup': {
    id: 'account',
    body: ({ creditPackage }) => ({ threshold: '0', package: creditPackage, provider: 'manual', enabled: false }),
  },
  'DELETE /v1/accounts/{id}/auto-topup': { id: 'account' },
  'GET /v1/accounts/{id}/rules': { id: 'account' },
  'PUT /v1/accounts/{id}/rules': { id: 'account', body: empty },
  'POST /v1/accounts/{id}/rules/resume': { id: 'account', body: empty },
  'POST /v1/limits/dry-run': {
    body: ({ account }) => ({ rule: {}, account, from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }),
    namesInBody: true,
    notForBound: true,
  },
  'GET /v1/rules': {},
  'PUT /v1/rules': { body: empty },
  'POST /v1/accounts/{id}/budgets': { id: 'account', body: () => ({ name: 'new', amount: '1', period: 'day' }) },
  'GET /v1/accounts/{id}/standing': { id: 'account' },
  'GET /v1/accounts/{id}/budgets': { id: 'account' },
  'GET /v1/accounts/{id}/budgets/{budget}': { id: 'account', budget: 'day' },
  'PATCH /v1/accounts/{id}/budgets/{budget}': { id: 'account', budget: 'day', body: empty },
  'DELETE /v1/accounts/{id}/budgets/{budget}': { id: 'account', budget: 'spare' },
  'POST /v1/accounts/{id}/budgets/{budget}/raise': { id: 'account', budget: 'day', body: () => RAISE },
  'DELETE /v1/accounts/{id}/budgets/{budget}/raise': { id: 'account', budget: 'day' },
  'POST /v1/accounts/{id}/budgets/{budget}/raise-requests': { id: 'account', budget: 'day', body: () => RAISE },
  'GET /v1/accounts/{id}/forecast': { id: 'account' },
  'GET /v1/anomalies': { listsAnAccount: true },
  'GET /v1/anomalies/{id}': { id: 'anomaly', notForBound: true },
  'PATCH /v1/anomalies/{id}': { id: 'anomaly', body: () => ({ state: 'acknowledged' }) },
  'GET /v1/raise-requests': { listsAnAccount: true },
  'POST /v1/raise-requests/{id}/approve': { id: 'raise', body: empty },
  'POST /v1/raise-requests/{id}/deny': { id: 'raise', body: empty },
  'PUT /v1/budgets/{name}': { budget: 'common', body: () => ({ amount: '1000000', period: 'day' }) },
  'GET /v1/budgets': {},
  'GET /v1/budgets/{name}': { budget: 'common' },
  'DELETE /v1/budgets/{name}': { budget: 'common' },
  'GET /v1/alerts': {},
  'PUT /v1/alerts': { body: empty },
  'GET /v1/events': { listsAnAccount: true },
  'GET /v1/events/{id}': { id: 'event' },
  'GET /v1/grants/{id}': { id: 'grant' },
  'POST /v1/grants/{id}/void': { id: 'grant', body: empty },
  'POST /v1/authorizations': { body: spend, namesInBody: true },
  'POST /v1/authorizations/batch': { body: (all) => ({ items: [spend(all)] }), namesInBody: true },
  'POST /v1/authorizations/commit-batch': {
    body: ({ authorization }) => ({ items: [{ authorization }] }),
    namesObjectInBody: true,
  },
  'GET /v1/authorizations': { listsAnAccount: true },
  'GET /v1/authorizations/{id}': { id: 'authorization' },
  'POST /v1/authorizations/{id}/commit': { id: 'authorization', body: () => ({ amount: '1', final: false }) },
  'POST /v1/authorizations/{id}/extend': { id: 'authorization', body: () => ({ expires_in: 900 }) },
  'POST /v1/authorizations/{id}/void': { id: 'authorization', body: empty },
  'POST /v1/authorizations/{id}/refund': { id: 'authorization', body: empty, notForBound: true },
  'POST /v1/authorizations/{id}/adjust': {
    id: 'authorization',
    body: () => ({ amount: '1' }),
    notForBound: true,
  },
  'POST /v1/charges': { body: spend, namesInBody: true },
  'POST /v1/charges/batch': { body: (all) => ({ items: [spend(all)] }), namesInBody: true },
  'POST /v1/api-keys': { body: () => ({ name: 'another', scopes: ['read'] }) },
  'GET /v1/api-keys': {},
  'GET /v1/api-keys/{id}': { id: 'key' },
  'PATCH /v1/api-keys/{id}': { id: 'key', body: empty },
  'POST /v1/api-keys/{id}/roll': { id: 'key', body: () => ({ overlap: 900 }) },
  'DELETE /v1/api-keys/{id}': { id: 'key' },
  'POST /v1/environments': { body: () => ({ name: 'staging' }), onlyIn: 'live' },
  'GET /v1/environments': {},
  'GET /v1/audit-log': {},
  'GET /v1/usage': { listsAnAccount: true },
  'GET /v1/declines': { listsAnAccount: true },
  'GET /v1/periods': {},
  'GET /v1/periods/{period}': { newId: '2020-01' },
  'POST /v1/periods/{period}/close': { newId: '2020-01', body: empty },
  'POST /v1/periods/{period}/reopen': { newId: '2020-01', body: () => ({ reason: 'a late invoice' }) },
  'GET /v1/reports/usage-margin': {},
  'GET /v1/reports/{name}': { report: 'statement', listsAnAccount: true },
  'GET /v1/reports/what-if': {},
  'GET /v1/reports/chargeback': { query: '?by=tag.team' },
  'GET /v1/reports/focus': {},
  'POST /v1/webhook-endpoints': { body: () => ({ url: 'http://127.0.0.1:9/' }) },
  'GET /v1/webhook-endpoints': {},
  'GET /v1/webhook-endpoints/{id}': { id: 'endpoint' },
  'PATCH /v1/webhook-endpoints/{id}': { id: 'endpoint', body: empty },
  'POST /v1/webhook-endpoints/{id}/roll-secret': { id: 'endpoint', body: empty },
  'POST /v1/webhook-endpoints/{id}/test': { id: 'endpoint', body: empty },
  'POST /v1/webhook-endpoints/{id}/redeliver': { id: 'endpoint', body: () => ({ since: '2026-01-01T00:00:00Z' }) },
  'GET /v1/webhook-endpoints/{id}/deliveries': { id: 'endpoint' },
  'DELETE /v1/webhook-endpoints/{id}': { id: 'endpoint' },
  'POST /v1/events/{id}/redeliver': { id: 'event', body: empty },
  'POST /v1/usage/normalize': { body: () => ({ usage: { event: 'chat.completed' } }), openToBound: true },
  'POST /v1/rate-cards': { body: () => ({ name: 'Prices', unit: 'credits', prices: PRICES }) },
  'GET /v1/rate-cards': {},
  'GET /v1/rate-cards/{id}': { id: 'rateCard' },
  'GET /v1/rate-cards/{id}/public': { id: 'rateCard', openToBound: true },
  'POST /v1/rate-cards/{id}/versions': {
    id: 'rateCard',
    body: () => ({ prices: PRICES, effective_at: '2100-01-01T00:00:00Z' }),
  },
  'GET /v1/rate-cards/{id}/versions': { id: 'rateCard' },
  'POST /v1/rate-cards/{id}/archive': { id: 'rateCard', body: empty },
  'PUT /v1/accounts/{id}/recurring-grants/{name}': {
    id: 'account',
    budget: 'allowance',
    body: () => ({ amount: '1', interval: 'month', starts_at: '2100-01-01T00:00:00Z' }),
  },
  'GET /v1/accounts/{id}/recurring-grants': { id: 'account' },
  'GET /v1/accounts/{id}/recurring-grants/{name}': { id: 'account', budget: 'allowance' },
  'POST /v1/accounts/{id}/recurring-grants/{name}/pause': { id: 'account', budget: 'allowance', body: empty },
  'POST /v1/accounts/{id}/recurring-grants/{name}/resume': { id: 'account', budget: 'allowance', body: empty },
  'DELETE /v1/accounts/{id}/recurring-grants/{name}': { id: 'account', budget: 'spare' },
  'POST /v1/plans': { body: () => ({ name: 'Pro' }) },
  'GET /v1/plans': {},
  'GET /v1/plans/{id}': { id: 'plan' },
  'PATCH /v1/plans/{id}': { id: 'plan', body: () => ({ name: 'Professional' }) },
  'POST /v1/credit-packages': { body: () => ({ name: 'Small', credits: '1', price: '1', currency: 'USD' }) },
  'GET /v1/credit-packages': {},
  'GET /v1/credit-packages/{id}': { id: 'creditPackage' },
  'PATCH /v1/credit-packages/{id}': { id: 'creditPackage', body: empty },
  'GET /v1/accounts/{id}/plan': { id: 'account' },
  'PUT /v1/accounts/{id}/plan': { id: 'account', body: ({ plan }) => ({ plan }) },
  'DELETE /v1/accounts/{id}/plan': { id: 'account' },
  'GET /v1/accounts/{id}/topups': { id: 'account' },
  'POST /v1/accounts/{id}/topups': {
    id: 'account',
    body: ({ creditPackage }) => ({ package: creditPackage, provider: 'manual' }),
  },
  'GET /v1/topups/{id}': { id: 'topup' },
  'POST /v1/topups/{id}/cancel': { id: 'topup', body: empty },
  'POST /v1/topups/{id}/confirm': { id: 'topup', body: empty },
  'POST /v1/topups/{id}/refund': { id: 'topup', body: empty },
  'GET /v1/purchases': { listsAnAccount: true },
  'GET /v1/purchases/{id}': { id: 'purchase' },
  'POST /v1/quotes': { body: ({ account }) => ({ account, usage: CHAT }), namesInBody: true },
  'GET /v1/limits': {},
  'PUT /v1/limits': { body: () => ({ amount: '1000000', period: 'month' }) },
  'GET /v1/limits/{id}': { id: 'limit' },
  'GET /v1/limits/{id}/shares': { id: 'limit' },
  'DELETE /v1/limits/{id}': { id: 'limit' },
  'GET /v1/settings': {},
  'PUT /v1/settings': { body: empty },
  'GET /v1/test-clock': { onlyIn: 'others' },
  'POST /v1/test-clock/advance': { body: () => ({ seconds: 1 }), onlyIn: 'others' },
  'DELETE /v1/test-clock': { onlyIn: 'others' },
};

/** Their callers have no keys of ours: they sign what they send. `test/e2e/stripe-webhook.spec.ts` asks them. */
const OPEN_TO_ALL: readonly string[] = ['POST /v1/providers/stripe/webhook'];

const OF_AN_ACCOUNT: readonly (keyof Objects | undefined)[] = [
  'account',
  'grant',
  'authorization',
  'event',
  'topup',
  'purchase',
];
const SCOPES = ['authorize', 'read', 'admin'] as const;
const ENVIRONMENTS = ['live', 'test', 'staging'] as const;
type Scope = (typeof SCOPES)[number];

let service: TestService;
let objects: Objects;
let routes: RegisteredRoute[];
const clients = new Map<string, ApiClient>();

beforeAll(async () => {
  routes = (await registeredRoutes()).filter(
    ({ operation }) => operation.includes(' /v1/') && !OPEN_TO_ALL.includes(operation),
  );
  service = await startTestService();
  await service.live.post('/v1/environments', { name: 'staging' });
  for (const environment of ENVIRONMENTS) {
    for (const scope of SCOPES) {
      const { key } = await makeKey(service.live, { environment, scopes: [scope] });
      clients.set(`${environment} ${scope}`, new ApiClient(service.url, key));
    }
  }
  const account = await openAccount(service.live, { credits: '1000000' });
  const { id: grant } = await grantCredits(service.live, account, '1');
  const { id: authorization } = await authorize(service.live, account, '1000');
  const { id: key } = await makeKey(service.live, { scopes: ['read'] });
  const events = (await service.live.get('/v1/events')).body as { data: { id: string }[] };
  const { id: endpoint } = await makeEndpoint(service.live, { url: 'http://127.0.0.1:9/' });
  const { id: rateCard } = await makeRateCard(service.live);
  await service.live.patch(`/v1/accounts/${account}`, { rate_card: rateCard });
  const { id: creditPackage } = await makePackage(service.live);
  const { id: topup, purchase } = await buy(service.live, account, { package: creditPackage });
  const limited = await service.live.put('/v1/limits', { amount: '1', period: 'total', unit: 'tokens' });
  const { id: limit } = limited.body as { readonly id: string };
  for (const name of ['day', 'spare']) await makeBudget(service.live, account, name, { amount: '1000000' });
  for (const name of ['allowance', 'spare']) {
    const body = { amount: '1', interval: 'month', starts_at: '2100-01-01T00:00:00Z' };
    await service.live.put(`/v1/accounts/${account}/recurring-grants/${name}`, body);
  }
  const asked = await service.live.post(`/v1/accounts/${account}/budgets/day/raise-requests`, RAISE);
  const { id: raise } = asked.body as { readonly id: string };
  const anomaly = await makeAnomaly(service.pool, 'live', account);
  const made = await service.live.post('/v1/plans', { name: 'Pro' });
  const { id: plan } = made.body as { readonly id: string };
  objects = {
    account,
    grant,
    authorization,
    key,
    endpoint,
    event: events.data[0]?.id ?? '',
    rateCard,
    creditPackage,
    topup,
    purchase,
    plan,
    limit,
    raise,
    anomaly,
  };
});
afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.close()));
  await service.stop();
});

function ask(client: ApiClient, operation: string): Promise<Answer> {
  const [method = '', path = ''] = operation.split(' ');
  const { id, newId, query = '', budget, report, body } = ASKS[operation] ?? {};
  const named = newId ?? (id && objects[id]) ?? '';
  const headers = body ? { 'content-type': 'application/json' } : {};
  return client.send({
    method,
    path: `${path.replace(/\{(?:id|period)\}/, named).replace(/\{(?:budget|name)\}/, budget ?? report ?? '')}${query}`,
    headers,
    ...(body ? { payload: JSON.stringify(body(objects)) } : {}),
  });
}

function mayUse(scope: Scope, { needs }: RegisteredRoute): boolean {
  return scope === 'admin' || (needs ?? []).includes(scope);
}

/** What a key of this environment and scope is to be answered by an operation on an object of `live`. */
function expectedOf(environment: string, scope: Scope, route: RegisteredRoute): number | 'let in' {
  const { id, namesInBody, onlyIn } = ASKS[route.operation] ?? {};
  if (!mayUse(scope, route)) return 403;
  if (environment === 'live') return onlyIn === 'others' ? 403 : 'let in';
  if (onlyIn === 'live') return 403;
  return id || namesInBody ? 404 : 'let in';
}

/** What a key that is bound to the account of these objects, or to another one, is to be answered. */
function expectedOfBound(isOwn: boolean, scope: Scope, route: RegisteredRoute): number | 'let in' {
  const { id, namesInBody, namesObjectInBody, listsAnAccount, notForBound, openToBound } = ASKS[route.operation] ?? {};
  if (notForBound) return 403;
  if (openToBound) return mayUse(scope, route) ? 'let in' : 403;
  const isAboutIt = OF_AN_ACCOUNT.includes(id) || namesInBody || namesObjectInBody;
  if (!mayUse(scope, route) || !(isAboutIt || listsAnAccount)) return 403;
  return isOwn || listsAnAccount ? 'let in' : 404;
}

function kindOf({ status }: Answer): number | 'let in' {
  return [401, 403, 404].includes(status) || status >= 500 ? status : 'let in';
}

describe('every operation', () => {
  it('says which scopes it needs, and is asked here', () => {
    expect(routes.filter(({ needs }) => !needs || needs.length === 0)).toEqual([]);
    expect(Object.keys(ASKS).sort()).toEqual(routes.map(({ operation }) => operation).sort());
  });

  it('answers 401 to nobody, and to a key that is not known', async () => {
    const unknown = new ApiClient(service.url, 'pur_live_00000000_nobody-has-ever-had-this-key');
    for (const { operation } of routes) {
      const [method = '', path = ''] = operation.replace('{id}', objects.account).split(' ');
      const nobody = await fetch(`${service.url}${path}`, { method });
      expect([operation, nobody.status]).toEqual([operation, 401]);
      expect([operation, (await ask(unknown, operation)).status]).toEqual([operation, 401]);
    }
    await unknown.close();
  });

  it('lets in every key that has the scope, to the objects of its own environment and no other’s', async () => {
    const wrong: unknown[] = [];
    let asked = 0;
    for (const route of routes) {
      // What a key of `live` does may end the object that the next one asks for, so those of other environments go first.
      for (const environment of ENVIRONMENTS.toReversed()) {
        for (const scope of SCOPES) {
          const client = clients.get(`${environment} ${scope}`);
          if (!client) throw new Error('no such client');
          const answer = await ask(client, route.operation);
          asked += 1;
          const expected = expectedOf(environment, scope, route);
          if (kindOf(answer) !== expected) {
            wrong.push({ ...route, environment, scope, expected, status: answer.status, text: answer.text });
          }
          if (environment !== 'live' && answer.status < 400) {
            const shown = Object.values<string>({ ...objects }).filter((id) => answer.text.includes(id));
            if (shown.length > 0) wrong.push({ ...route, environment, scope, shown });
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBe(routes.length * ENVIRONMENTS.length * SCOPES.length);
  });

  it('lets in a key that is bound to an account to what is this account’s, and to nothing else', async () => {
    const other = await openAccount(service.live, { credits: '10' });
    const { id: othersHold } = await authorize(service.live, other, '1');
    const wrong: unknown[] = [];
    for (const scope of ['authorize', 'read'] as const) {
      for (const bound of [other, objects.account]) {
        const { key } = await makeKey(service.live, { scopes: [scope], account: bound });
        const client = new ApiClient(service.url, key);
        const isOwn = bound === objects.account;
        for (const route of routes) {
          const answer = await ask(client, route.operation);
          const expected = expectedOfBound(isOwn, scope, route);
          // A price list is for every customer.
          const owned = Object.values<string>({ ...objects }).filter((id) => id !== objects.rateCard);
          const hidden = isOwn ? [other, othersHold] : owned;
          const shown = answer.status < 400 ? hidden.filter((id) => answer.text.includes(id)) : [];
          if (kindOf(answer) !== expected || shown.length > 0)
            wrong.push({ ...route, scope, isOwn, expected, shown, status: answer.status, text: answer.text });
        }
        await client.close();
      }
    }
    expect(wrong).toEqual([]);
  });
});
