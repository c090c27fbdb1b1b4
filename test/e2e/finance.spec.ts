import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { startTestService, TEST_KEY, type TestService } from '../support/test-service.ts';

/** Test clocks only go forward, so the example happens in the year that comes next. Its February has as many days as it has. */
const YEAR = new Date().getUTCFullYear() + 1;
const MONTHS = [`${String(YEAR)}-01`, `${String(YEAR)}-02`, `${String(YEAR)}-03`] as const;
const at = (day: string): string => `${String(YEAR)}-${day}T00:00:00.000Z`;

interface Report {
  readonly report: string;
  readonly period?: string;
  readonly time_zone: string;
  readonly as_of: string;
  readonly data: readonly Readonly<Record<string, string | number | null>>[];
  readonly total: Readonly<Record<string, string | number | null>> | null;
  readonly [field: string]: unknown;
}

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await happen();
}, 120_000);
afterAll(() => service.stop());

async function ok<Body>(sent: Promise<Answer>): Promise<Body> {
  const { status, body } = await sent;
  expect({ status, body }).toMatchObject({ status: expect.closeTo(200, -1) });
  return body as Body;
}

async function until(day: string): Promise<void> {
  const { now } = await ok<{ now: string }>(service.test.get('/v1/test-clock'));
  const seconds = Math.ceil((Date.parse(at(day)) - Date.parse(now)) / 1000);
  if (seconds > 0) await ok(service.test.post('/v1/test-clock/advance', { seconds }));
}

/** The worked example: one account, in USD, by UTC. */
async function happen(): Promise<void> {
  const { test } = service;
  const grant = (body: object) => ok<{ id: string }>(test.post('/v1/accounts/acme/grants', body));
  const paid = (amount: string, money: string, more: object = {}) =>
    grant({ amount, category: 'paid', amount_paid: money, currency: 'USD', ...more });
  const charge = (amount: string) => ok<{ id: string }>(test.post('/v1/charges', { account: 'acme', amount }));
  await ok(test.put('/v1/settings', { breakage_rates: { [MONTHS[0]]: '0.2' } }));
  await until('01-01');
  await ok(test.post('/v1/accounts', { id: 'acme', overdraft_limit: '100', overage: 'debt' }));
  await paid('1000', '10.00', { expires_at: at('03-01') });
  await until('01-05');
  await charge('100');
  await until('01-10');
  await grant({ amount: '200', category: 'promotional', expires_at: at('02-01') });
  await until('01-15');
  await charge('150');
  await until('02-05');
  await paid('500', '4.00');
  await until('02-10');
  const used = await charge('600');
  await until('02-20');
  await ok(test.post(`/v1/authorizations/${used.id}/refund`, { amount: '50' }));
  await until('03-03');
  await charge('520');
  await until('03-20');
  const { id } = await paid('300', '3.00');
  await until('03-30');
  await ok(test.post(`/v1/grants/${id}/void`, { returned: '2.80' }));
}

function report(name: string, query: string): Promise<Report> {
  return ok<Report>(service.test.get(`/v1/reports/${name}?${query}`));
}

async function csv(name: string, query: string): Promise<readonly Record<string, string>[]> {
  const response = await fetch(`${service.url}/v1/reports/${name}?${query}&format=csv`, {
    headers: { authorization: `Bearer ${TEST_KEY}` },
  });
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  return parse(await response.text(), { columns: true, record_delimiter: '\r\n' });
}

/** The rows as text. Both forms must say the same, in columns of the same order. */
async function rows(name: string, query: string, ...but: readonly string[]): Promise<string[]> {
  const { data } = await report(name, query);
  const lines = await csv(name, query);
  expect(lines.map((line) => Object.entries(line))).toEqual(
    data.map((row) => Object.entries(row).map(([column, cell]) => [column, cell === null ? '' : String(cell)])),
  );
  return data.map((row) =>
    Object.entries(row)
      .filter(([column]) => !but.includes(column))
      .map(([, cell]) => String(cell))
      .join(' '),
  );
}

describe('the worked example, over HTTP', () => {
  it('has the deferred revenue of each month, earned on expiry', async () => {
    const months = await Promise.all(MONTHS.map((period) => rows('deferred-revenue', `period=${period}`)));
    // opening, billed, usage, refund, debt_repaid, breakage, true_up, returned, closing, revenue
    expect(months.flat()).toEqual([
      'USD 0 10 -1 0 0 0 0 0 9 1',
      'USD 9 4 -6 0.5 0 0 0 0 7.5 5.5',
      'USD 7.5 3 -4 0 -0.2 -3.5 0 -2.8 0 7.7',
    ]);
    const { report: name, period, time_zone: zone, total } = await report('deferred-revenue', `period=${MONTHS[2]}`);
    expect({ name, period, zone }).toEqual({ name: 'deferred-revenue', period: MONTHS[2], zone: 'UTC' });
    expect(total).toMatchObject({ billed: '3', revenue: '7.7', closing: '0' });
  });

  it('has it earned in proportion to what is used, by the query or by the settings', async () => {
    const expected = [
      'USD 0 10 -1 0 0 -0.25 0 0 8.75 1.25',
      'USD 8.75 4 -6 0.5 0 -1.375 0 0 5.875 6.875',
      'USD 5.875 3 -4 0 -0.2 0 -1.875 -2.8 0 6.075',
    ];
    const months = MONTHS.map((period) => rows('deferred-revenue', `period=${period}&method=proportional`));
    expect((await Promise.all(months)).flat()).toEqual(expected);
    const rates = { breakage_rates: { [MONTHS[0]]: '0.2' } };
    await ok(service.test.put('/v1/settings', { ...rates, breakage_method: 'proportional' }));
    const bySettings = await Promise.all(MONTHS.map((period) => rows('deferred-revenue', `period=${period}`)));
    expect(bySettings.flat()).toEqual(expected);
    await ok(service.test.put('/v1/settings', rates));
  });

  it('has the breakage of each cohort', async () => {
    const march = `period=${MONTHS[2]}`;
    expect(await rows('breakage', march)).toEqual([`${MONTHS[0]} USD credits 1000 65 null on_expiry 3.5 3.5 0`]);
    expect(await rows('breakage', `${march}&method=proportional`)).toEqual([
      `${MONTHS[0]} USD credits 1000 65 0.2 proportional 1.625 3.5 1.875`,
    ]);
  });

  it('rolls credits forward, by category and by grant', async () => {
    const closing = await Promise.all(
      MONTHS.map(async (period) => {
        const { data, total } = await report('credit-rollforward', `period=${period}`);
        return [
          ...data.map(({ category, closing: left }) => `${String(category)} ${String(left)}`),
          total?.['closing'],
        ];
      }),
    );
    expect(closing).toEqual([
      ['paid 900', 'promotional 50', '950'],
      ['paid 850', 'promotional 0', '850'],
      ['debt 0', 'paid 0', '0'],
    ]);
    expect(await rows('credit-rollforward', `period=${MONTHS[2]}`)).toEqual([
      'acme credits debt 0 0 0 -20 0 0 20 0 0 0 0 0 0',
      'acme credits paid 850 300 0 -500 0 0 -20 -350 0 -280 0 0 0',
    ]);
    expect(await rows('credit-rollforward', `period=${MONTHS[2]}&account=acme&group_by=grant`, 'grant')).toEqual([
      'acme credits debt 0 0 0 -20 0 0 20 0 0 0 0 0 0',
      'acme credits paid 350 0 0 0 0 0 0 -350 0 0 0 0 0',
      'acme credits paid 500 0 0 -500 0 0 0 0 0 0 0 0 0',
      'acme credits paid 0 300 0 0 0 0 -20 0 0 -280 0 0 0',
    ]);
  });

  it('balances', async () => {
    expect(await rows('trial-balance', `period=${MONTHS[2]}`, 'month', 'unit', 'count')).toEqual([
      'breakage 0 400',
      'debt 0 0',
      'funding:paid 1520 0',
      'funding:promotional 200 0',
      'grant 0 0',
      'usage 0 1320',
    ]);
    const { total } = await report('trial-balance', `period=${MONTHS[2]}`);
    expect(total).toMatchObject({ debit: '1720', credit: '1720' });
  });

  it('has the journal of every month', async () => {
    const lines = await rows('journal', `from=${at('01-01')}&to=${at('04-01')}`);
    expect(lines.filter((line) => line.includes(' usage '))).toEqual([
      `${MONTHS[0]} credits usage 0 250 2`,
      `${MONTHS[1]} credits usage 50 600 2`,
      `${MONTHS[2]} credits usage 0 520 2`,
    ]);
  });

  it('has the age of the debt on March 10', async () => {
    expect(await rows('debt-ageing', `to=${at('03-10')}`)).toEqual(['acme credits 0 20 0 0 0 20']);
    expect(await rows('debt-ageing', `period=${MONTHS[2]}`)).toEqual([]);
  });

  it('shows in which months money was earned', async () => {
    expect(await rows('revenue-waterfall', `from=${at('01-01')}&to=${at('04-01')}`)).toEqual([
      `USD ${MONTHS[0]} ${MONTHS[0]} 1 9 9 9 9`,
      `USD ${MONTHS[0]} ${MONTHS[1]} 5.5 3.5 3.5 3.5 3.5`,
      `USD ${MONTHS[0]} ${MONTHS[2]} 3.5 0 0 0 0`,
      `USD ${MONTHS[1]} ${MONTHS[1]} 0 4 0 0 0`,
      `USD ${MONTHS[1]} ${MONTHS[2]} 4 0 0 0 0`,
      `USD ${MONTHS[2]} ${MONTHS[2]} 0.2 0 0 0 0`,
    ]);
  });

  it('has the statement of March', async () => {
    const query = `account=acme&period=${MONTHS[2]}`;
    expect(await rows('statement', query, 'time', 'description', 'model', 'grant', 'authorization', 'reason')).toEqual([
      'opening null 850',
      'breakage -350 500',
      'usage -520 -20',
      'grant 300 280',
      'debt_repayment 0 280',
      'grant_void -280 0',
      'closing null 0',
    ]);
    expect(await report('statement', query)).toMatchObject({
      account: 'acme',
      opening: '850',
      closing: '0',
      sums: { breakage: '-350', usage: '-520', grant: '300', debt_repayment: '0', grant_void: '-280' },
      grants: [],
    });
    const { grants } = await report('statement', `account=acme&period=${MONTHS[1]}`);
    expect(grants).toMatchObject([
      { category: 'paid', remaining: '350', expires_at: at('03-01') },
      { category: 'paid', remaining: '500', expires_at: null },
    ]);
  });

  it('has the statement as a page, in which nothing is taken for markup', async () => {
    const { text, type } = await page(`account=acme&period=${MONTHS[2]}`);
    expect(type).toBe('text/html; charset=utf-8');
    expect(text).toContain('<td class="n">−350</td><td class="n">500</td>');
    expect(text).toContain('<td class="n">−20</td>');
    await ok(service.test.post('/v1/accounts', { id: 'lost', overdraft_limit: '5', overage: 'debt' }));
    await ok(service.test.post('/v1/charges', { account: 'lost', amount: '5' }));
    await ok(service.test.post('/v1/accounts/lost/write-off', { reason: '<b>gone & lost</b>' }));
    expect((await page(`account=lost&to=${at('04-01')}`)).text).toContain('&lt;b&gt;gone &amp; lost&lt;/b&gt;');
  });
});

async function page(query: string): Promise<{ readonly text: string; readonly type: string | null }> {
  const response = await fetch(`${service.url}/v1/reports/statement?${query}&format=html`, {
    headers: { authorization: `Bearer ${TEST_KEY}` },
  });
  return { text: await response.text(), type: response.headers.get('content-type') };
}

describe('a key that is bound to an account', () => {
  it('sees its credits, and nothing of what they were sold for', async () => {
    const { key } = await makeKey(service.live, { environment: 'test', scopes: ['read'], account: 'acme' });
    const customer = new ApiClient(service.url, key);
    const own = await ok<Report>(customer.get(`/v1/reports/credit-rollforward?period=${MONTHS[2]}`));
    expect(own).toMatchObject({ account: 'acme', total: { opening: '850', closing: '0' } });
    expect(await ok<Report>(customer.get(`/v1/reports/statement?period=${MONTHS[2]}`))).toMatchObject({
      opening: '850',
    });
    expectProblem(await customer.get('/v1/reports/statement?account=lost'), 404, 'account_not_found');
    for (const name of [
      'deferred-revenue',
      'revenue-waterfall',
      'breakage',
      'debt-ageing',
      'journal',
      'trial-balance',
    ]) {
      expectProblem(await customer.get(`/v1/reports/${name}?account=acme`), 403, 'api_key_bound');
    }
    await customer.close();
  });
});

describe('a report', () => {
  it('that doesn’t exist is told', async () => {
    expectProblem(await service.test.get('/v1/reports/profit'), 404, 'report_not_found');
  });

  it.each([
    ['deferred-revenue', 'period=2026-13', ['period']],
    ['deferred-revenue', 'period=2026-3', ['period']],
    ['deferred-revenue', 'period=2026-03&from=2026-03-01T00:00:00Z', ['from']],
    ['deferred-revenue', 'from=2026-03-01T00:00:01Z&to=2026-04-01T00:00:00Z', ['from']],
    ['deferred-revenue', 'from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', ['from']],
    ['journal', 'from=1970-01-01T00:00:00Z&to=2027-01-01T00:00:00Z', ['from']],
    ['deferred-revenue', 'method=average', ['method']],
    ['deferred-revenue', 'format=pdf', ['format']],
    ['deferred-revenue', 'format=html', ['format']],
    ['deferred-revenue', 'group_by=grant', ['group_by']],
    ['credit-rollforward', 'group_by=model&method=on_expiry', ['method', 'group_by']],
    ['statement', 'period=2026-03', ['account']],
  ])('%s refuses %s', async (name, query, fields) => {
    expectFaults(await service.test.get(`/v1/reports/${name}?${query}`), fields);
  });

  it('of an account that doesn’t exist is told', async () => {
    expectProblem(await service.test.get('/v1/reports/statement?account=nobody'), 404, 'account_not_found');
  });

  it('has months by the calendar of the environment', async () => {
    const settings = { breakage_rates: { [MONTHS[0]]: '0.2' } };
    await ok(service.test.put('/v1/settings', { ...settings, time_zone: 'America/New_York' }));
    // There it is still February when the first grant expires.
    const { data, time_zone: zone } = await report('deferred-revenue', `period=${MONTHS[1]}`);
    expect(zone).toBe('America/New_York');
    expect(data).toMatchObject([{ breakage: '-3.5', closing: '4' }]);
    await ok(service.test.put('/v1/settings', settings));
  });
});
