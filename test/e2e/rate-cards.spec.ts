import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { expectFaults, expectList, expectProblem } from '../support/expect-answer.ts';
import { openAccount, pagesOf } from '../support/ledger-steps.ts';
import { chatPrices, makeRateCard, type RateCardView } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/rate-cards';
const UNKNOWN = `rate_${'0'.repeat(26)}`;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

async function shown(id: string, query = '', client = service.live): Promise<RateCardView> {
  const { status, body } = await client.get(`${PATH}/${id}${query}`);
  expect(status).toBe(200);
  return body as RateCardView;
}

describe('a rate card', () => {
  it('is made with its first version, and shown with its prices as they were sent', async () => {
    const prices = chatPrices('0.03', '0.06');
    const made = await makeRateCard(service.live, { name: 'Ours', prices });
    expect(made).toEqual({
      id: expect.stringMatching(/^rate_/),
      name: 'Ours',
      unit: 'credits',
      purpose: 'price',
      version: 1,
      prices,
      effective_at: expect.stringMatching(/Z$/),
      archived_at: null,
      created_at: expect.stringMatching(/Z$/),
    });
    expect(await shown(made.id)).toEqual(made);
    expect(await shown(made.id, '?version=1')).toEqual(made);
  });

  it('is made once per idempotency key', async () => {
    const body = { name: 'Once', unit: 'credits', prices: chatPrices('1', '2') };
    const first = await service.live.post(PATH, body, { key: 'a-card' });
    const again = await service.live.post(PATH, body, { key: 'a-card' });
    expect(first.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const other = { ...body, name: 'Another' };
    expectProblem(await service.live.post(PATH, other, { key: 'a-card' }), 422, 'idempotency_key_reused');
  });

  it('is refused with all of its faults', async () => {
    const prices = [
      { event: 'chat.completed', components: [{ quantity: 'input_tokens', amount: '-1' }, { quantity: 'pages' }] },
      { event: '', components: [{ quantity: 'pages', pricing: 'graduated' }] },
    ];
    expectFaults(await service.live.post(PATH, { name: '', unit: 'credits', prices }), [
      'name',
      'prices.0.components.0.amount',
      'prices.0.components.1.amount',
      'prices.1.event',
      'prices.1.components.0.tiers',
    ]);
    expectFaults(await service.live.post(PATH, {}), ['name', 'unit', 'prices']);
    expectFaults(await service.live.post(PATH, { name: 'x', unit: 'credits', prices: [], color: 'red' }), [
      'prices',
      'color',
    ]);
  });

  it('has another version in effect as soon as that is published', async () => {
    const { id } = await makeRateCard(service.live);
    const second = await service.live.post(`${PATH}/${id}/versions`, { prices: chatPrices('1', '2') });
    expect(second).toMatchObject({ status: 201, body: { id, version: 2, prices: chatPrices('1', '2') } });
    expect(await shown(id)).toEqual(second.body);
    expect(await shown(id, '?version=1')).toMatchObject({ version: 1, prices: chatPrices('0.03', '0.06') });
  });

  it('has a scheduled version in effect from its time on, by the test clock', async () => {
    const { id } = await makeRateCard(service.test);
    const { body } = await service.test.get('/v1/test-clock');
    const inAnHour = new Date(Date.parse((body as { now: string }).now) + 3_600_000).toISOString();
    await service.test.post(`${PATH}/${id}/versions`, { prices: chatPrices('1', '2'), effective_at: inAnHour });
    expect(await shown(id, '', service.test)).toMatchObject({ version: 1 });
    expect(await shown(id, '?version=2', service.test)).toMatchObject({ version: 2, effective_at: inAnHour });
    await service.test.post('/v1/test-clock/advance', { seconds: 3601 });
    expect(await shown(id, '', service.test)).toMatchObject({ version: 2 });
    const early = { prices: chatPrices('3', '4'), effective_at: '2026-01-01T00:00:00Z' };
    expectFaults(await service.test.post(`${PATH}/${id}/versions`, early), ['effective_at']);
    const versions = expectList(await service.test.get(`${PATH}/${id}/versions`)).data;
    expect(versions).toMatchObject([
      { rate_card: id, version: 2, effective_at: inAnHour },
      { rate_card: id, version: 1 },
    ]);
    expect(versions[0]).not.toHaveProperty('prices');
    expect(expectList(await service.test.get(`${PATH}/${id}/versions?limit=1`)).next_cursor).not.toBeNull();
  });

  it('can be archived, again and again, and is shown ever after', async () => {
    const { id } = await makeRateCard(service.live);
    const archived = await service.live.post(`${PATH}/${id}/archive`);
    expect(archived).toMatchObject({ status: 200, body: { id, archived_at: expect.stringMatching(/Z$/) } });
    expect((await service.live.post(`${PATH}/${id}/archive`)).body).toEqual(archived.body);
    const version = { prices: chatPrices('1', '2') };
    expectProblem(await service.live.post(`${PATH}/${id}/versions`, version), 409, 'rate_card_archived');
    expect(await shown(id)).toEqual(archived.body);
  });

  it('is given to accounts of its unit, and once archived to no other', async () => {
    const { id } = await makeRateCard(service.live);
    const account = await openAccount(service.live, { rate_card: id });
    const inUnit = (unit: string) => service.live.post('/v1/accounts', { unit, rate_card: id });
    expectProblem(await inUnit('USD'), 422, 'unit_mismatch');
    await service.live.post(`${PATH}/${id}/archive`);
    expectProblem(await inUnit('credits'), 409, 'rate_card_archived');
    expect(await service.live.get(`/v1/accounts/${account}`)).toMatchObject({ body: { rate_card: id } });
    const { id: costs } = await makeRateCard(service.live, { purpose: 'cost' });
    const withCosts = await service.live.post('/v1/accounts', { rate_card: costs });
    expectProblem(withCosts, 422, 'rate_card_purpose_differs');
  });

  it('is listed page by page, the newest first, without prices', async () => {
    const made = [];
    for (let at = 0; at < 3; at++) made.push((await makeRateCard(service.live)).id);
    const pages = await pagesOf(service.live, PATH, 2);
    expect(pages.flat().slice(0, 3)).toEqual(made.toReversed());
    expect(expectList(await service.live.get(PATH)).data[0]).not.toHaveProperty('prices');
  });

  it('is nobody’s business in another environment', async () => {
    const { id } = await makeRateCard(service.live);
    for (const asked of [
      service.test.get(`${PATH}/${id}`),
      service.test.get(`${PATH}/${id}/public`),
      service.test.get(`${PATH}/${id}/versions`),
      service.test.post(`${PATH}/${id}/versions`, { prices: chatPrices('1', '2') }),
      service.test.post(`${PATH}/${id}/archive`),
      service.live.get(`${PATH}/${UNKNOWN}`),
      service.live.get(`${PATH}/everything`),
    ])
      expect(expectProblem(await asked, 404, 'rate_card_not_found')).toHaveProperty('rate_card');
    expectProblem(await service.live.get(`${PATH}/${id}?version=7`), 404, 'rate_card_version_not_found');
    expectFaults(await service.live.get(`${PATH}/${id}?version=0`), ['version']);
  });

  it('stands in the audit log with its changes', async () => {
    const { id } = await makeRateCard(service.live, { name: 'Audited' });
    await service.live.post(`${PATH}/${id}/archive`);
    const { data } = expectList(await service.live.get(`/v1/audit-log?object=${id}`));
    expect(data).toMatchObject([
      { call: 'POST /v1/rate-cards/{id}/archive', object: id },
      { call: 'POST /v1/rate-cards', object: id, before: null, after: { name: 'Audited', version: 1 } },
    ]);
  });

  it('may be as large as a batch', async () => {
    const prices = Array.from({ length: 1000 }, (_, at) => ({
      event: 'chat.completed',
      match: { model: `model-${String(at)}`, provider: ['openai', 'azure', 'openrouter'] },
      components: ['input_tokens', 'cache_read_tokens', 'output_tokens'].map((quantity) => ({
        quantity,
        per: '1000000',
        amount: '2.5',
      })),
    }));
    expect(JSON.stringify(prices).length).toBeGreaterThan(256 * 1024);
    const { id } = await makeRateCard(service.live, { prices });
    expect((await shown(id)).prices).toHaveLength(1000);
  });
});

describe('the price list for customers', () => {
  const prices = [
    {
      event: 'chat.completed',
      match: { model: 'gpt-5*' },
      components: [{ quantity: 'input_tokens', per: '1000', amount: '0.03' }],
      multipliers: [{ match: { batch: true }, by: '0.5' }],
    },
    { event: 'image.generated', components: [{ quantity: 'images', amount: '4' }] },
  ];

  it('says in words what usage costs', async () => {
    const { id, effective_at } = await makeRateCard(service.live, { name: 'Prices <for> you', prices });
    const { status, body } = await service.live.get(`${PATH}/${id}/public`);
    expect(status).toBe(200);
    expect(body).toEqual({
      id,
      name: 'Prices <for> you',
      unit: 'credits',
      version: 1,
      effective_at,
      prices: [
        {
          event: 'chat.completed',
          match: { model: 'gpt-5*' },
          applies_to: 'model gpt-5*',
          quantities: ['input_tokens'],
          examples: ['1,000 input tokens cost 0.03 credits.', 'With batch true, the price is multiplied by 0.5.'],
        },
        {
          event: 'image.generated',
          match: {},
          applies_to: '',
          quantities: ['images'],
          examples: ['1 image costs 4 credits.'],
        },
      ],
    });
  });

  it('is a page without script for a browser', async () => {
    const { id } = await makeRateCard(service.live, { name: 'Prices <for> you', prices });
    const path = `${PATH}/${id}/public`;
    const page = await service.live.send({ method: 'GET', path, headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.not.stringContaining('script'),
      vary: 'accept',
    });
    expect(page.text).toContain('<title>Prices &lt;for&gt; you</title>');
    expect(page.text).toContain('1,000 input tokens cost 0.03 credits.');
    expect(page.text).not.toMatch(/<script|<for>/);
  });

  it('may be seen with a key of one account, which sees nothing else of a card, and no cost', async () => {
    const { id } = await makeRateCard(service.live, { prices });
    const { id: costs } = await makeRateCard(service.live, { purpose: 'cost', unit: 'USD' });
    const account = await openAccount(service.live);
    const { key } = await makeKey(service.live, { scopes: ['read'], account });
    const customer = new ApiClient(service.url, key);
    expect((await customer.get(`${PATH}/${id}/public`)).status).toBe(200);
    expectProblem(await customer.get(`${PATH}/${id}`), 403, 'api_key_bound');
    for (const client of [customer, service.live])
      expectProblem(await client.get(`${PATH}/${costs}/public`), 404, 'rate_card_not_found');
    await customer.close();
  });
});
