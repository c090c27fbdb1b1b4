import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/reports/chargeback';

interface Row {
  readonly cost_centre: string;
  readonly unit: string;
  readonly direct: string;
  readonly shared: string;
  readonly markup: string;
  readonly total: string;
}

interface Report {
  readonly data: readonly Row[];
  readonly total: Row | null;
}

let service: TestService;
let live: ApiClient;
beforeAll(async () => {
  service = await startTestService();
  live = service.live;
  await openAccount('acme', { metadata: { department: 'sales' } });
  await openAccount('beta', { metadata: { department: 'it' } });
  const opus = { event: 'chat.completed', model: 'claude-opus-4-8', output_tokens: 1000 };
  await charge('acme', { amount: '60', tags: { team: 'search' } });
  await charge('acme', { amount: '30', tags: { team: 'ads' } });
  await charge('beta', { amount: '10', tags: { team: 'platform' } });
  const { id } = await ok<{ id: string }>(live.post('/v1/authorizations', { account: 'beta', amount: '5' }));
  await ok(live.post(`/v1/authorizations/${id}/commit`, { amount: '5', usage: opus }));
  await ok(
    live.put('/v1/settings', {
      chargeback_splits: [
        { name: 'teams', by: 'tag.team', shared: ['platform', '(none)'], markup: '0.1' },
        { name: 'fixed', by: 'tag.team', shared: ['platform'], method: 'fixed', percents: { search: 50, sales: 20 } },
        { name: 'departments', by: 'metadata.department', shared: ['it'], method: 'even' },
      ],
    }),
  );
});
afterAll(() => service.stop());

async function ok<Body>(sent: Promise<Answer>): Promise<Body> {
  const { status, body } = await sent;
  expect({ status, body }).toMatchObject({ status: expect.closeTo(200, -1) });
  return body as Body;
}

async function openAccount(id: string, terms: object): Promise<void> {
  await ok(live.post('/v1/accounts', { id, ...terms }));
  await ok(live.post(`/v1/accounts/${id}/grants`, { amount: '1000' }));
}

async function charge(account: string, body: object): Promise<void> {
  await ok(live.post('/v1/charges', { account, ...body }));
}

async function charged(query: string): Promise<Record<string, string>> {
  const { data } = await ok<Report>(live.get(`${PATH}?${query}`));
  return Object.fromEntries(
    data.map(({ cost_centre, direct, shared, markup, total }) => [
      cost_centre,
      `${direct} ${shared} ${markup} ${total}`,
    ]),
  );
}

describe('who is charged for usage', () => {
  it('is shown by a tag or by metadata of accounts, also without a split', async () => {
    expect(await charged('by=tag.team')).toEqual({
      ads: '30 0 0 30',
      platform: '10 0 0 10',
      search: '60 0 0 60',
      '(unallocated)': '5 0 0 5',
    });
    expect(await charged('by=metadata.department')).toEqual({
      it: '15 0 0 15',
      sales: '90 0 0 90',
      '(unallocated)': '0 0 0 0',
    });
  });

  it('bears what is shared as the split says, with its mark-up, and all of it is what was used', async () => {
    expect(await charged('split=teams')).toEqual({
      ads: '30 5 3.5 38.5',
      platform: '10 -10 0 0',
      search: '60 10 7 77',
      '(unallocated)': '5 -5 0 0',
    });
    const { total } = await ok<Report>(live.get(`${PATH}?split=teams`));
    expect(total).toEqual({ unit: 'credits', direct: '105', shared: '0', markup: '10.5', total: '115.5' });
    expect(await charged('split=fixed')).toEqual({
      ads: '30 0 0 30',
      platform: '10 -10 0 0',
      sales: '0 2 0 2',
      search: '60 5 0 65',
      '(unallocated)': '5 3 0 8',
    });
    expect(await charged('split=departments')).toEqual({
      it: '15 -15 0 0',
      sales: '90 15 0 105',
      '(unallocated)': '0 0 0 0',
    });
  });

  it('is of costs too, in one currency', async () => {
    expect(await charged('by=metadata.department&measure=cost')).toEqual({
      it: '0.025 0 0 0.025',
      '(unallocated)': '0 0 0 0',
    });
    expect(await ok<Report>(live.get(`${PATH}?by=tag.team&measure=cost&currency=eur`))).toMatchObject({ data: [] });
  });

  it('is a CSV file too, and of a range', async () => {
    const { text } = await live.get(`${PATH}?split=teams&format=csv`);
    expect(text.split('\r\n').slice(0, 2)).toEqual([
      'cost_centre,unit,direct,shared,markup,total',
      'ads,credits,30,5,3.5,38.5',
    ]);
    expect(await ok<Report>(live.get(`${PATH}?split=teams&period=2020-01`))).toMatchObject({ data: [], total: null });
  });

  it('is refused where it isn’t clear who is charged, and to keys of accounts', async () => {
    expectFaults(await live.get(PATH), ['split']);
    expectFaults(await live.get(`${PATH}?split=nobody`), ['split']);
    expectFaults(await live.get(`${PATH}?split=teams&by=tag.team`), ['by']);
    expectFaults(await live.get(`${PATH}?by=team&measure=money`), ['by', 'measure']);
    expectFaults(await live.get(`${PATH}?by=tag.colour`), ['by']);
    const { key } = await makeKey(live, { scopes: ['read'], account: 'acme' });
    const bound = new ApiClient(service.url, key);
    expectProblem(await bound.get(`${PATH}?by=tag.team`), 403, 'api_key_bound');
    expectProblem(await bound.get('/v1/reports/focus'), 403, 'api_key_bound');
    await bound.close();
  });
});

describe('usage in the columns of FOCUS', () => {
  interface FocusReport {
    readonly data: readonly Record<string, string | null>[];
  }

  it('has a row for each account, day, model and token type', async () => {
    const { data } = await ok<FocusReport>(live.get('/v1/reports/focus'));
    const day = data[0]?.['ChargePeriodStart'] ?? '';
    expect(data).toMatchObject([
      {
        SubAccountId: 'beta',
        SkuId: 'claude-opus-4-8',
        SkuMeter: 'output_tokens',
        ConsumedQuantity: '1000',
        ConsumedUnit: 'Tokens',
        BilledCost: '0.025',
        BillingCurrency: 'USD',
        PricingCurrency: 'credits',
        Tags: '{"department":"it"}',
      },
    ]);
    expect(day).toMatch(/^\d{4}-\d\d-\d\dT00:00:00Z$/);
    expect(await ok<FocusReport>(live.get('/v1/reports/focus?account=acme'))).toMatchObject({ data: [], total: null });
    expectProblem(await live.get('/v1/reports/focus?account=nobody'), 404, 'account_not_found');
  });

  it('has every account once, however many there are', async () => {
    const accounts = Array.from({ length: 50 }, (_, no) => `many-${String(no)}`);
    const usage = { event: 'chat.completed', model: 'claude-opus-4-8', output_tokens: 1000 };
    for (const id of accounts) {
      await ok(service.test.post('/v1/accounts', { id }));
      await ok(service.test.post(`/v1/accounts/${id}/grants`, { amount: '5' }));
      await ok(service.test.post('/v1/charges', { account: id, amount: '1', usage }));
    }
    const { data } = await ok<FocusReport>(service.test.get('/v1/reports/focus'));
    expect(data.map(({ SubAccountId }) => SubAccountId).sort()).toEqual(accounts.sort());
  });

  it('is a CSV file with the same rows', async () => {
    const { text, headers } = await live.get('/v1/reports/focus?format=csv');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const [head = '', row = '', ...rest] = text.split('\r\n');
    expect(head.split(',')).toHaveLength(57);
    expect(head.startsWith('AvailabilityZone,BilledCost,BillingAccountId')).toBe(true);
    expect(row.startsWith(',0.025,live,live,Environment,USD,')).toBe(true);
    expect(rest).toEqual(['']);
  });
});
