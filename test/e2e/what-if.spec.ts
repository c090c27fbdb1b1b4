import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/reports/what-if';

interface Row {
  readonly model: string;
  readonly routed_to: string | null;
  readonly feature: string;
  readonly requests: number;
  readonly before: string;
  readonly after: string;
  readonly difference: string;
  readonly [column: string]: unknown;
}

interface Report {
  readonly data: readonly Row[];
  readonly total: Row | null;
  readonly [field: string]: unknown;
}

let service: TestService;
let live: ApiClient;
beforeAll(async () => {
  service = await startTestService();
  live = service.live;
});
afterAll(() => service.stop());

async function ok<Body>(sent: Promise<Answer>): Promise<Body> {
  const { status, body } = await sent;
  expect({ status, body }).toMatchObject({ status: expect.closeTo(200, -1) });
  return body as Body;
}

function whatIf(query: string): Promise<Report> {
  return ok<Report>(live.get(`${PATH}?${query}`));
}

/** Credits for 1 000 tokens, by model. */
function pricesOf(models: Record<string, { input: string; output: string }>): object[] {
  return Object.entries(models).map(([model, { input, output }]) => ({
    event: 'chat.completed',
    match: { model },
    components: [
      { quantity: 'input_tokens', per: '1000', amount: input },
      { quantity: 'cache_read_tokens', per: '1000', amount: '0.1' },
      { quantity: 'output_tokens', per: '1000', amount: output },
    ],
    multipliers: [{ match: { batch: true }, by: '0.5' }],
  }));
}

const CARD = pricesOf({ big: { input: '1', output: '10' }, small: { input: '0.2', output: '2' } });
const use = (model: string, input: number, output: number) => ({
  event: 'chat.completed',
  model,
  input_tokens: input,
  output_tokens: output,
});

function shown({ data }: Report): unknown[] {
  return data.map(({ model, routed_to, feature, requests, before, after }) => [
    ...[model, routed_to, feature, requests],
    `${before} → ${after}`,
  ]);
}

describe('what usage would have cost', () => {
  let card: string;
  beforeAll(async () => {
    card = (await makeRateCard(live, { prices: CARD, name: 'of the past' })).id;
    await ok(live.post('/v1/accounts', { id: 'acme', rate_card: card, discount: '0.5' }));
    await ok(live.post('/v1/accounts', { id: 'other', rate_card: card }));
    for (const id of ['acme', 'other']) await ok(live.post(`/v1/accounts/${id}/grants`, { amount: '1000' }));
    const chat = { tags: { feature: 'chat' } };
    await ok(live.post('/v1/charges', { account: 'acme', usage: use('big', 1000, 1000), ...chat }));
    await ok(live.post('/v1/charges', { account: 'other', usage: [use('big', 2000, 0), use('small', 0, 1000)] }));
    await ok(live.post('/v1/charges', { account: 'other', amount: '7' }));
    // 2 credits so far, 4 with the second part, and 3 once it is adjusted.
    const { id } = await ok<{ id: string }>(live.post('/v1/authorizations', { account: 'other', amount: '20' }));
    const commit = (body: object) => ok(live.post(`/v1/authorizations/${id}/commit`, body));
    await commit({ usage: use('small', 0, 1000), final: false });
    await commit({ usage: use('small', 0, 1000), tags: { feature: 'search' } });
    await ok(live.post(`/v1/authorizations/${id}/adjust`, { usage: use('small', 0, 1500) }));
  });

  it('is the same where nothing is different: discounts, steps and adjustments too', async () => {
    const report = await whatIf('');
    expect(shown(report)).toEqual([
      ['big', null, 'chat', 1, '5.5 → 5.5'],
      ['small', null, 'search', 1, '3 → 3'],
      ['big', null, '(none)', 1, '2 → 2'],
      ['small', null, '(none)', 1, '2 → 2'],
    ]);
    expect(report.total).toMatchObject({ unit: 'credits', requests: 3, before: '12.5', difference: '0', unpriced: 0 });
    expect(shown(await whatIf('account=acme'))).toEqual([['big', null, 'chat', 1, '5.5 → 5.5']]);
  });

  it('is told for other models, more reads from a cache, and batches', async () => {
    expect(shown(await whatIf('account=acme&route.big=small'))).toEqual([['big', 'small', 'chat', 1, '5.5 → 1.1']]);
    expect(shown(await whatIf('account=acme&route.chat.completed/*=small'))).toEqual([
      ['big', 'small', 'chat', 1, '5.5 → 1.1'],
    ]);
    // Half of 700 tokens at 1, of 300 at 0.1 and of 1 000 at 10 for 1 000.
    expect(shown(await whatIf('account=acme&cached=0.3'))).toEqual([['big', null, 'chat', 1, '5.5 → 5.365']]);
    expect((await whatIf('batched=1')).total).toMatchObject({ before: '12.5', after: '6.25', difference: '-6.25' });
  });

  it('is told by another card or another version of it, in money where credits have a price', async () => {
    await ok(live.put('/v1/settings', { currency: 'EUR', price_per_credit: '0.02' }));
    const other = await makeRateCard(live, {
      prices: pricesOf({ big: { input: '2', output: '20' } }),
      name: 'another',
    });
    const dearer = await whatIf(`account=acme&rate_card=${other.id}`);
    expect(dearer).toMatchObject({ rate_card: other.id, version: 1, currency: 'EUR', account: 'acme' });
    expect(dearer.data).toMatchObject([
      { before: '5.5', after: '11', difference: '5.5', before_money: '0.11', difference_money: '0.11' },
    ]);
    const dearest = pricesOf({ big: { input: '4', output: '40' } });
    await ok(live.post(`/v1/rate-cards/${other.id}/versions`, { prices: dearest }));
    expect(shown(await whatIf(`account=acme&rate_card=${other.id}&version=2`))).toEqual([
      ['big', null, 'chat', 1, '5.5 → 22'],
    ]);
    // It has no price for the small model.
    const all = await whatIf(`rate_card=${other.id}&version=1`);
    expect(all.total).toMatchObject({ before: '7.5', after: '15', unpriced: 2, unpriced_before: '5' });
    await ok(live.put('/v1/settings', {}));
  });

  it('is a CSV file too, with the same rows', async () => {
    const { status, headers, text } = await live.get(`${PATH}?account=acme&format=csv`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8' });
    const [head, row, ...rest] = text.split('\r\n');
    expect(head).toBe(
      'model,routed_to,feature,unit,requests,before,after,difference,before_money,after_money,difference_money,unpriced,unpriced_before',
    );
    expect(row).toBe('big,,chat,credits,1,5.5,5.5,0,,,,0,0');
    expect(rest).toEqual(['']);
  });

  it('is of requests that were made in a range', async () => {
    expect(await whatIf('period=2020-01')).toMatchObject({
      report: 'what-if',
      period: '2020-01',
      data: [],
      total: null,
    });
    expect(await whatIf('from=2020-01-01T00:00:00Z&to=2020-01-01T00:15:00Z')).toMatchObject({ data: [] });
  });

  it('is refused for what it can’t compare with, and to keys of accounts', async () => {
    expectFaults(await live.get(`${PATH}?version=1`), ['version']);
    expectFaults(await live.get(`${PATH}?cached=1.1&batched=-1&rate_card=x`), ['cached', 'batched', 'rate_card']);
    expectFaults(await live.get(`${PATH}?period=2026-03&to=2026-03-01T00:00:00Z`), ['to']);
    expectProblem(await live.get(`${PATH}?account=nobody`), 404, 'account_not_found');
    expectProblem(await live.get(`${PATH}?rate_card=${card}&version=99`), 404, 'rate_card_version_not_found');
    const cost = await makeRateCard(live, { purpose: 'cost', unit: 'USD' });
    expectProblem(await live.get(`${PATH}?rate_card=${cost.id}`), 422, 'rate_card_purpose_differs');
    const { key } = await makeKey(live, { scopes: ['read'], account: 'acme' });
    const bound = new ApiClient(service.url, key);
    expectProblem(await bound.get(PATH), 403, 'api_key_bound');
    await bound.close();
  });
});
