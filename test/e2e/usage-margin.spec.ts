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
  readonly as_of: string;
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

/** The first figures of a row, and those of nothing. */
const NOTHING = {
  ...{ requests: 0, quantity: null, credits: '0', paid: '0', promotional: '0', included: '0', debt: '0' },
  ...{ list_price: null, revenue: '0', cost: '0', promotional_cost: '0', margin: '0', margin_percent: null },
  ...{ uncollected: '0', refunded: '0', late: 0, unpriced: 0, unknown_costs: 0 },
};

describe('what usage earns and costs', () => {
  it('is told by model, tag, account, key, event and provider: credits, money of the grants, vendors’ prices', async () => {
    const { live } = service;
    await openAccount(live, 'acme');
    await grant(live, 'acme', '10', { cost_basis: '0.01' });
    await charge(live, 'acme', { usage: opus(1000), tags: { team: 'search', colour: 'red' } });
    await charge(live, 'acme', { usage: [haiku(500), llama(500)], tags: { team: 'ads', user: 'jo' } });
    await charge(live, 'acme', { amount: '1' });

    const { data, total } = await report(live, '');
    const row = (model: string, requests: number, credits: string, money: object) => ({
      ...NOTHING,
      ...{ model, unit: 'credits', requests, credits, paid: credits },
      ...money,
    });
    expect(data).toEqual([
      row('claude-opus-4-8', 1, '4', { revenue: '0.04', cost: '0.025', margin: '0.015', margin_percent: '37.5' }),
      row('claude-haiku-4-5', 1, '2', { revenue: '0.02', cost: '0.0025', margin: '0.0175', margin_percent: '87.5' }),
      // It belongs to the request of the model before it.
      row('our-llama', 0, '2', { revenue: '0.02', margin: '0.02', margin_percent: '100', unknown_costs: 1 }),
      row('(none)', 1, '1', { revenue: '0.01', margin: '0.01', margin_percent: '100', unknown_costs: 1 }),
    ]);
    expect(total).toEqual({
      ...NOTHING,
      ...{ requests: 3, credits: '9', paid: '9', revenue: '0.09', cost: '0.0275', margin: '0.0625' },
      ...{ margin_percent: '69.4444', unknown_costs: 2 },
    });

    const byTeam = await report(live, 'group_by=tag.team');
    expect(byTeam.data.map((one) => [one['tag.team'], one.requests, one.credits, one.cost])).toEqual([
      ['ads', 1, '4', '0.0025'],
      ['search', 1, '4', '0.025'],
      ['(none)', 1, '1', '0'],
    ]);
    // A tag that isn't rolled up is added up from the journal.
    for (const group of ['tag.team', 'tag.colour', 'user', 'account', 'key', 'event', 'provider']) {
      expect((await report(live, `group_by=${group}`)).total).toEqual(total);
    }
    expect((await report(live, 'group_by=tag.colour')).data).toMatchObject([
      { 'tag.colour': '(none)', credits: '5', requests: 2 },
      { 'tag.colour': 'red', credits: '4', requests: 1, cost: '0.025' },
    ]);
    expect((await report(live, 'group_by=user')).data).toMatchObject([
      { user: '(none)', credits: '5' },
      { user: 'jo', credits: '4' },
    ]);
    expect((await report(live, 'group_by=account')).data).toMatchObject([{ account: 'acme', credits: '9' }]);
    expect((await report(live, 'group_by=key')).data).toMatchObject([{ key: expect.stringMatching(/^key_/) }]);
    expect((await report(live, 'group_by=event')).data).toMatchObject([
      { event: 'chat.completed', credits: '8' },
      { event: '(none)', credits: '1' },
    ]);
  });

  it('is told by token type, with quantities, and by day, and as CSV', async () => {
    const { live } = service;
    const types = await report(live, 'group_by=token_type');
    expect(types.data).toMatchObject([
      { token_type: 'output_tokens', quantity: '2000', credits: '8', cost: '0.0275', requests: null, revenue: null },
    ]);
    const days = await report(live, 'bucket=day&time_zone=Asia/Tokyo&group_by=model');
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tokyo' });
    expect([today.format(Date.now() - 60_000), today.format(Date.now())]).toContain(days.data[0]?.['day']);
    expect(days.data.map(({ credits }) => credits)).toEqual(['4', '2', '2', '1']);
    for (const group of ['tag.team', 'tag.colour']) {
      const [first] = (await report(live, `bucket=day&time_zone=Asia/Tokyo&group_by=${group}`)).data;
      expect(first?.['day']).toBe(days.data[0]?.['day']);
    }
    for (const offset of ['+05:30', '-11:00']) {
      const [first] = (await report(live, `bucket=day&time_zone=${encodeURIComponent(offset)}&group_by=model`)).data;
      const sign = offset.startsWith('+') ? 1 : -1;
      const ahead = sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))) * 60_000;
      const dayAt = (at: number): string => new Date(at + ahead).toISOString().slice(0, 10);
      expect([dayAt(Date.now() - 60_000), dayAt(Date.now())]).toContain(first?.['day']);
    }
    const { text, headers } = await live.get(`${PATH}?format=csv`);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const [head, first, ...rest] = text.split('\r\n');
    const figures =
      'requests,quantity,credits,paid,promotional,included,debt,list_price,revenue,cost,promotional_cost,margin,margin_percent,uncollected,refunded,late,unpriced,unknown_costs';
    expect(head).toBe(`model,unit,${figures}`);
    expect(first).toBe('claude-opus-4-8,credits,1,,4,4,0,0,0,,0.04,0.025,0,0.015,37.5,0,0,0,0,0');
    expect(rest).toHaveLength(4);
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
      data.map((row) => [row[column], row.credits, row['list_price'], row.revenue, row.cost, row.margin]);
    const byAccount = await report(test, 'group_by=account');
    expect(money(byAccount, 'account')).toEqual([
      ['late', '3', '0.06', '0', '0.01875', '-0.01875'],
      ['gift', '2', '0.04', '0', '0.0125', '-0.0125'],
      // Nobody said what was paid for the grant: it has a list price only.
      ['paid', '1', '0.02', '0', '0.0125', '-0.0125'],
      ['(debt repaid)', '0', '0', '0.03', '0', '0.03'],
    ]);
    expect(byAccount.data).toMatchObject([
      { debt: '3', paid: '0' },
      { promotional: '2', promotional_cost: '0.0125' },
      { paid: '1', refunded: '1' },
      { debt: '0' },
    ]);
    // What was refunded stays a part of the request.
    const { data } = await report(test, 'group_by=tag.team');
    expect(data.map((row) => [row['tag.team'], row.credits, row.revenue])).toEqual([
      ['(none)', '6', '0'],
      ['(debt repaid)', '0', '0.03'],
    ]);
    expect(money(await report(test, 'group_by=tag.nothing'), 'tag.nothing')).toEqual(
      money(await report(test, 'group_by=tag.team'), 'tag.team'),
    );
  });

  it('follows adjustments: what was stated last is what it has cost', async () => {
    const other = await anotherEnvironment('adjusted');
    await openAccount(other, 'acme');
    await grant(other, 'acme', '10', { cost_basis: '0.01' });
    const id = await charge(other, 'acme', { usage: opus(1000) });
    await ok(other.post(`/v1/authorizations/${id}/adjust`, { usage: opus(500) }));
    await ok(other.post(`/v1/authorizations/${id}/adjust`, { usage: haiku(750) }));
    const { data, total } = await report(other, 'group_by=model');
    const shown = data.map(({ model, requests, credits, cost }) => [model, requests, credits, cost]);
    expect(shown).toEqual([
      ['claude-haiku-4-5', 0, '3', '0.00375'],
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
    const to = new Date(Math.ceil((Date.parse(now) + 1) / 900_000) * 900_000).toISOString();
    const { data, total } = await report(other, `from=2020-01-01T00:00:00Z&to=${to}&group_by=model`);
    const [filled, used] = data;
    expect(filled).toMatchObject({ model: '(commitment)', requests: 0, cost: '0', unknown_costs: 0 });
    expect(used).toMatchObject({ model: 'claude-opus-4-8', requests: 2, credits: '8', revenue: '0.08', cost: '0.05' });
    expect(Number(filled?.credits)).toBeGreaterThan(0);
    expect(Number(filled?.revenue)).toBeCloseTo(Number(filled?.credits) / 100, 9);
    expect(Number(total.credits)).toBeCloseTo(Number(filled?.credits) + 8, 6);
  });

  it('shows what nobody uses any more in a row of its own', async () => {
    const other = await anotherEnvironment('expired');
    await openAccount(other, 'acme');
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    await grant(other, 'acme', '10', { cost_basis: '0.01', expires_at: expires });
    await charge(other, 'acme', { usage: opus(1000) });
    await ok(other.post('/v1/test-clock/advance', { seconds: 7200 }));
    await ok(other.get('/v1/accounts/acme/transfers'));
    await grant(other, 'acme', '1');
    const to = new Date(Math.ceil((Date.now() + 7_200_000) / 900_000) * 900_000).toISOString();
    const { data } = await report(other, `from=2020-01-01T00:00:00Z&to=${to}`);
    expect(data).toMatchObject([
      { model: 'claude-opus-4-8', credits: '4', revenue: '0.04' },
      { model: '(breakage)', credits: '0', revenue: '0.06', requests: 0 },
    ]);
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

  it('says as of when it is where more is new than is added up for it, and misses nothing of a tag that is new', async () => {
    const other = await anotherEnvironment('many');
    const startedAt = Date.now();
    await ok(other.post('/v1/accounts', { id: 'first' }));
    await grant(other, 'first', '10', { cost_basis: '0.01' });
    const firstGranted = Date.now();
    for (let first = 0; first < 205; first += 41) {
      await Promise.all(
        Array.from({ length: 41 }, async (_, index) => {
          const account = `many_${String(first + index)}`;
          await ok(other.post('/v1/accounts', { id: account }));
          await grant(other, account, '10', { cost_basis: '0.01' });
          await charge(other, account, { amount: '1', tags: { project: 'x' } });
        }),
      );
    }
    // No worker runs: none of the accounts has ever been rolled up.
    const { data, as_of } = await report(other, 'group_by=model');
    expect(data).toEqual([]);
    expect(Date.parse(as_of)).toBeLessThanOrEqual(firstGranted);
    expect(Date.parse(as_of)).toBeGreaterThanOrEqual(startedAt);

    await ok(other.get('/v1/reports/deferred-revenue'));
    await ok(other.put('/v1/settings', { currency: 'USD', reported_tags: ['project'] }));
    const byProject = await report(other, 'group_by=tag.project');
    expect(byProject.data).toMatchObject([{ 'tag.project': 'x', requests: 205, credits: '205', revenue: '2.05' }]);
  });

  it('is of a range and a currency, and of nothing else', async () => {
    const before = await report(service.live, 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z');
    expect(before).toMatchObject({ from: '2026-01-01T00:00:00.000Z', data: [], total: NOTHING });
    // Its edges are full quarters of an hour.
    expect(await report(service.live, 'from=2026-01-01T00:07:00Z&to=2026-01-01T00:16:00Z')).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-01T00:30:00.000Z',
    });
    expect(await report(service.live, 'period=2026-01')).toMatchObject({ period: '2026-01', data: [] });
    const { total, ...euros } = await report(service.live, 'currency=eur&group_by=account');
    expect(euros).toMatchObject({ currency: 'EUR', group_by: 'account', report: 'usage-margin' });
    expect(total).toMatchObject({ credits: '9', revenue: '0', cost: '0', unknown_costs: 2 });
  });

  it('is refused to keys of accounts, and for what it can’t group by', async () => {
    const { key } = await makeKey(service.live, { scopes: ['read'], account: 'acme' });
    const bound = new ApiClient(service.url, key);
    expectProblem(await bound.get(PATH), 403, 'api_key_bound');
    await bound.close();
    expectFaults(await service.live.get(`${PATH}?group_by=colour&currency=dollars`), ['group_by', 'currency']);
    expectFaults(await service.live.get(`${PATH}?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z`), ['from']);
    expectFaults(await service.live.get(`${PATH}?bucket=week&time_zone=Mars`), ['bucket', 'time_zone']);
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
