import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/reports/usage-margin';

interface Row {
  readonly requests: number;
  readonly credits: string;
  readonly revenue: string;
  readonly cost: string;
  readonly margin: string;
  readonly margin_percent: string | null;
  readonly unknown_costs: number;
  readonly [column: string]: unknown;
}

interface Report {
  readonly data: readonly Row[];
  readonly total: Row;
}

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

async function ok<Body>(sent: Promise<Answer>): Promise<Body> {
  const { status, body } = await sent;
  expect({ status, body }).toMatchObject({ status: expect.closeTo(200, -1) });
  return body as Body;
}

async function report(client: ApiClient, query: string): Promise<Report> {
  return ok<Report>(client.get(`${PATH}?${query}`));
}

/** 4 credits for 1 000 tokens of output. */
const CARD = [{ event: 'chat.completed', components: [{ quantity: 'output_tokens', per: '1000', amount: '4' }] }];

// They cost 25 and 5 USD for a million tokens; what the last one costs, no vendor says.
const opus = (tokens: number) => ({ event: 'chat.completed', model: 'claude-opus-4-8', output_tokens: tokens });
const haiku = (tokens: number) => ({ event: 'chat.completed', model: 'claude-haiku-4-5', output_tokens: tokens });
const llama = (tokens: number) => ({ event: 'chat.completed', model: 'our-llama', output_tokens: tokens });

async function openAccount(client: ApiClient, id: string, terms: object = {}): Promise<void> {
  const { id: card } = await makeRateCard(client, { prices: CARD, name: id });
  await ok(client.post('/v1/accounts', { id, rate_card: card, ...terms }));
}

async function grant(client: ApiClient, id: string, amount: string, terms: object = {}): Promise<void> {
  await ok(client.post(`/v1/accounts/${id}/grants`, { amount, ...terms }));
}

async function charge(client: ApiClient, account: string, body: object): Promise<string> {
  return (await ok<{ id: string }>(client.post('/v1/charges', { account, ...body }))).id;
}

describe('what usage earns and costs', () => {
  it('is told by model, tag, account, key, event and provider: credits, money of the grants, vendors’ prices', async () => {
    const { live } = service;
    await openAccount(live, 'acme');
    await grant(live, 'acme', '10', { cost_basis: '0.01' });
    await charge(live, 'acme', { usage: opus(1000), tags: { team: 'search' } });
    await charge(live, 'acme', { usage: [haiku(500), llama(500)], tags: { team: 'ads' } });
    await charge(live, 'acme', { amount: '1' });

    const { data, total } = await report(live, '');
    const figures = { unit: 'credits', requests: 1, unknown_costs: 0 };
    expect(data).toEqual([
      {
        model: 'claude-opus-4-8',
        ...figures,
        credits: '4',
        revenue: '0.04',
        cost: '0.025',
        margin: '0.015',
        margin_percent: '37.5',
      },
      {
        model: 'claude-haiku-4-5',
        ...figures,
        credits: '2',
        revenue: '0.02',
        cost: '0.0025',
        margin: '0.0175',
        margin_percent: '87.5',
      },
      {
        model: 'our-llama',
        ...figures,
        credits: '2',
        revenue: '0.02',
        cost: '0',
        margin: '0.02',
        margin_percent: '100',
        unknown_costs: 1,
      },
      {
        model: '(none)',
        ...figures,
        credits: '1',
        revenue: '0.01',
        cost: '0',
        margin: '0.01',
        margin_percent: '100',
        unknown_costs: 1,
      },
    ]);
    expect(total).toEqual({
      requests: 3,
      credits: '9',
      revenue: '0.09',
      cost: '0.0275',
      margin: '0.0625',
      margin_percent: '69.4444',
      unknown_costs: 2,
    });

    const byTeam = await report(live, 'group_by=tag.team');
    expect(byTeam.data.map((row) => [row['tag.team'], row.requests, row.credits, row.cost])).toEqual([
      ['ads', 1, '4', '0.0025'],
      ['search', 1, '4', '0.025'],
      ['(none)', 1, '1', '0'],
    ]);
    for (const group of ['tag.team', 'account', 'key', 'event', 'provider']) {
      expect((await report(live, `group_by=${group}`)).total).toEqual(total);
    }
    expect((await report(live, 'group_by=account')).data).toMatchObject([{ account: 'acme', credits: '9' }]);
    expect((await report(live, 'group_by=key')).data).toMatchObject([{ key: expect.stringMatching(/^key_/) }]);
    expect((await report(live, 'group_by=event')).data).toMatchObject([
      { event: 'chat.completed', credits: '8' },
      { event: '(none)', credits: '1' },
    ]);
  });

  it('is money only of credits that were paid for: gifts and debt earn nothing, repaid debt does then', async () => {
    const { test } = service;
    await ok(test.put('/v1/settings', { currency: 'USD', price_per_credit: '0.02' }));
    await openAccount(test, 'paid');
    await grant(test, 'paid', '5');
    const id = await charge(test, 'paid', { usage: opus(500) });
    await ok(test.post(`/v1/authorizations/${id}/refund`, { amount: '1' }));
    await openAccount(test, 'gift');
    await grant(test, 'gift', '5', { category: 'promotional', cost_basis: '0.05' });
    await charge(test, 'gift', { usage: opus(500) });
    await openAccount(test, 'late', { overdraft_limit: '10', overage: 'debt' });
    await charge(test, 'late', { usage: opus(750) });
    await grant(test, 'late', '5', { cost_basis: '0.01' });

    const money = ({ data }: Report, column: string) =>
      data.map((row) => [row[column], row.credits, row.revenue, row.cost, row.margin, row.margin_percent]);
    expect(money(await report(test, 'group_by=account'), 'account')).toEqual([
      ['late', '3', '0', '0.01875', '-0.01875', null],
      ['gift', '2', '0', '0.0125', '-0.0125', null],
      ['paid', '1', '0.02', '0.0125', '0.0075', '37.5'],
      ['(debt repaid)', '0', '0.03', '0', '0.03', '100'],
    ]);
  });

  it('follows adjustments: what was stated last is what it has cost', async () => {
    const other = await anotherEnvironment('adjusted');
    await openAccount(other, 'acme');
    await grant(other, 'acme', '10', { cost_basis: '0.01' });
    const id = await charge(other, 'acme', { usage: opus(1000) });
    await ok(other.post(`/v1/authorizations/${id}/adjust`, { usage: opus(500) }));
    await ok(other.post(`/v1/authorizations/${id}/adjust`, { usage: haiku(750) }));
    const { data, total } = await report(other, 'group_by=model');
    expect(data.map(({ model, requests, credits, cost }) => [model, requests, credits, cost])).toEqual([
      ['claude-haiku-4-5', 1, '3', '0.00375'],
      ['claude-opus-4-8', 1, '0', '0'],
    ]);
    expect(total).toMatchObject({ requests: 1, credits: '3', revenue: '0.03', cost: '0.00375', unknown_costs: 0 });
  });

  it('shows what fills a commitment in a row of its own', async () => {
    const other = await anotherEnvironment('committed');
    await openAccount(other, 'acme', { commitment: { amount: '1000', period: 'month' } });
    await grant(other, 'acme', '5000', { cost_basis: '0.01' });
    await charge(other, 'acme', { usage: opus(1000) });
    await ok(other.post('/v1/test-clock/advance', { seconds: 32 * 86_400 }));
    await charge(other, 'acme', { usage: opus(1000) });
    const now = (await ok<{ now: string }>(other.get('/v1/test-clock'))).now;
    const to = new Date(Date.parse(now) + 60_000).toISOString();
    const { data, total } = await report(other, `from=2020-01-01T00:00:00Z&to=${to}&group_by=model`);
    const [filled, used] = data;
    expect(filled).toMatchObject({ model: '(commitment)', requests: 0, cost: '0', unknown_costs: 0 });
    expect(used).toMatchObject({ model: 'claude-opus-4-8', requests: 2, credits: '8', revenue: '0.08', cost: '0.05' });
    expect(Number(filled?.credits)).toBeGreaterThan(0);
    expect(Number(filled?.revenue)).toBeCloseTo(Number(filled?.credits) / 100, 9);
    expect(Number(total.credits)).toBeCloseTo(Number(filled?.credits) + 8, 6);
  });

  it('shares what was charged by what each usage was priced at, to the last digit', async () => {
    const other = await anotherEnvironment('shared');
    await openAccount(other, 'acme');
    await grant(other, 'acme', '1', { cost_basis: '0.01' });
    const { id } = await ok<{ id: string }>(other.post('/v1/authorizations', { account: 'acme', amount: '1' }));
    await ok(other.post(`/v1/authorizations/${id}/commit`, { usage: [opus(250), haiku(250), llama(250)] }));
    const { data, total } = await report(other, 'group_by=model');
    expect(data.map(({ credits }) => credits).sort()).toEqual(['0.333333333333', '0.333333333333', '0.333333333334']);
    expect(total).toMatchObject({ requests: 1, credits: '1', revenue: '0.01', cost: '0.0075', unknown_costs: 1 });
  });

  it('shares the money of a purchase among all of its grants', async () => {
    const other = await anotherEnvironment('bonus');
    await openAccount(other, 'acme');
    await ok(other.put('/v1/settings', { currency: 'USD', price_per_credit: '7' }));
    await grant(other, 'acme', '9', { amount_paid: '1', currency: 'USD', purchase: 'order 7' });
    await grant(other, 'acme', '3', { purchase: 'order 7' });
    await charge(other, 'acme', { usage: opus(1000) });
    expect((await report(other, '')).total).toMatchObject({ credits: '4', revenue: '0.333333333333' });
    await charge(other, 'acme', { usage: opus(2000) });
    expect((await report(other, '')).total).toMatchObject({ credits: '12', revenue: '1' });
  });

  it('is of a range and a currency, and of nothing else', async () => {
    const nothing = { requests: 0, credits: '0', revenue: '0', cost: '0', margin: '0', margin_percent: null };
    const before = await report(service.live, 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z');
    expect(before).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      data: [],
      total: { ...nothing, unknown_costs: 0 },
    });
    const { total, ...euros } = await report(service.live, 'currency=eur&group_by=account');
    expect(euros).toMatchObject({ currency: 'EUR', group_by: 'account', report: 'usage-margin' });
    expect(total).toMatchObject({ credits: '9', revenue: '0', cost: '0', unknown_costs: 4 });
  });

  it('is refused to keys of accounts, and for what it can’t group by', async () => {
    const { key } = await makeKey(service.live, { scopes: ['read'], account: 'acme' });
    const bound = new ApiClient(service.url, key);
    expectProblem(await bound.get(PATH), 403, 'api_key_bound');
    await bound.close();
    expectFaults(await service.live.get(`${PATH}?group_by=colour&currency=dollars`), ['group_by', 'currency']);
    expectFaults(await service.live.get(`${PATH}?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z`), ['from']);
  });
});

const opened: ApiClient[] = [];
afterAll(() => Promise.all(opened.map((client) => client.close())));

async function anotherEnvironment(name: string): Promise<ApiClient> {
  await ok(service.live.post('/v1/environments', { name }));
  const { key } = await makeKey(service.live, { environment: name, scopes: ['admin'] });
  const client = new ApiClient(service.url, key);
  opened.push(client);
  return client;
}
