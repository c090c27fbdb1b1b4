import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { chatPrices, makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/quotes';
const USAGE = { event: 'chat.completed', model: 'gpt-5', input_tokens: 600, output_tokens: 150 };

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

interface QuoteView {
  readonly total: string;
  readonly amounts: readonly string[];
  readonly lines: readonly { readonly count: string; readonly amount: string }[];
}

async function quote(body: object, client = service.live): Promise<QuoteView> {
  const answer = await client.post(PATH, body);
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
  return answer.body as QuoteView;
}

/** Quantities of which a million a month are free, and then 0.04 for every thousand. */
const HYBRID = [
  {
    event: 'chat.completed',
    components: [
      { quantity: 'output_tokens', per: '1000', amount: '0.04', included: '1000000', counted: 'month' },
      { quantity: 'requests', amount: '0.001' },
    ],
  },
];

describe('a quote', () => {
  it('says what usage costs by a rate card, line by line', async () => {
    const { id } = await makeRateCard(service.live);
    expect(await quote({ rate_card: id, usage: USAGE })).toEqual({
      total: '0.027',
      unit: 'credits',
      price: { rate_card: id, version: 1 },
      amounts: ['0.027'],
      lines: [
        {
          event: 'chat.completed',
          model: 'gpt-5',
          component: 0,
          quantity: 'input_tokens',
          count: '600',
          rate: '0.03',
          amount: '0.018',
        },
        {
          event: 'chat.completed',
          model: 'gpt-5',
          component: 1,
          quantity: 'output_tokens',
          count: '150',
          rate: '0.06',
          amount: '0.009',
        },
      ],
    });
  });

  it('is a monthly calculation where usages repeat', async () => {
    const { id } = await makeRateCard(service.live, { prices: HYBRID });
    const month = [
      { event: 'chat.completed', output_tokens: 500, times: 2000 },
      { event: 'chat.completed', output_tokens: 1000, times: 250 },
    ];
    expect(await quote({ rate_card: id, usage: month })).toMatchObject({
      total: '12.25',
      amounts: ['2', '10.25'],
      lines: [
        { quantity: 'output_tokens', count: '1000000', rate: '0.04', amount: '0' },
        { quantity: 'requests', count: '2000', amount: '2' },
        { quantity: 'output_tokens', count: '250000', rate: '0.04', amount: '10' },
        { quantity: 'requests', count: '250', amount: '0.25' },
      ],
    });
  });

  it('follows the versions of the card, by the test clock', async () => {
    const { id } = await makeRateCard(service.test);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    await service.test.post(`/v1/rate-cards/${id}/versions`, { prices: chatPrices('1', '2'), effective_at: tomorrow });
    expect(await quote({ rate_card: id, usage: USAGE }, service.test)).toMatchObject({ price: { version: 1 } });
    await service.test.post('/v1/test-clock/advance', { seconds: 90_000 });
    const later = await quote({ rate_card: id, usage: USAGE }, service.test);
    expect(later).toMatchObject({ total: '0.9', price: { version: 2 } });
  });

  it('is priced by the terms of an account', async () => {
    const { id } = await makeRateCard(service.live);
    const overrides = [{ event: 'image.generated', components: [{ quantity: 'images', amount: '4' }] }];
    const account = await openAccount(service.live, { rate_card: id, discount: '0.2', overrides });
    const usage = [USAGE, { event: 'image.generated', images: 2 }];
    expect(await quote({ account, usage })).toMatchObject({ total: '6.4216', amounts: ['0.0216', '6.4'] });
  });

  it('begins where an account’s counters stand, and moves them no further', async () => {
    const { id } = await makeRateCard(service.live, { prices: HYBRID });
    const account = await openAccount(service.live, { rate_card: id, credits: '100' });
    const usage = { event: 'chat.completed', output_tokens: 999_000 };
    const charged = await service.live.post('/v1/charges', { account, usage });
    expect(charged).toMatchObject({ status: 201, body: { committed: '0.001' } });
    const more = { event: 'chat.completed', output_tokens: 2000 };
    for (let times = 0; times < 2; times++) expect((await quote({ account, usage: more })).total).toBe('0.041');
    expect((await quote({ rate_card: id, usage: more })).total).toBe('0.001');
  });

  it('depends on properties and tags as the card says', async () => {
    const [chat] = chatPrices('1', '2');
    const multipliers = [
      { match: { batch: true }, by: '0.5' },
      { match: { plan: 'trial' }, by: '0' },
    ];
    const { id } = await makeRateCard(service.live, { prices: [{ ...chat, multipliers }] });
    const batch = { ...USAGE, properties: { batch: true } };
    expect((await quote({ rate_card: id, usage: [USAGE, batch] })).amounts).toEqual(['0.9', '0.45']);
    expect((await quote({ rate_card: id, usage: USAGE, tags: { plan: 'trial' } })).total).toBe('0');
  });

  it('names the usages without a price, and the account without a card', async () => {
    const { id } = await makeRateCard(service.live);
    const usage = [USAGE, { event: 'song.composed', seconds: 10 }, { event: 'chat.completed', pages: 1 }];
    const refused = expectProblem(await service.live.post(PATH, { rate_card: id, usage }), 422, 'unpriced_usage');
    expect(refused).toMatchObject({ usage: [1, 2] });
    const account = await openAccount(service.live);
    expectProblem(await service.live.post(PATH, { account, usage }), 422, 'no_rate_card');
    expectProblem(await service.live.post(PATH, { account: 'nobody', usage }), 404, 'account_not_found');
    expectProblem(await service.test.post(PATH, { rate_card: id, usage }), 404, 'rate_card_not_found');
  });

  it('reads usage as vendors report it', async () => {
    const { id } = await makeRateCard(service.live);
    const raw = { object: 'chat.completion', model: 'gpt-5', usage: { prompt_tokens: 600, completion_tokens: 150 } };
    const usage = [{ vendor: 'openai', raw, times: 10 }, USAGE];
    expect(await quote({ rate_card: id, usage })).toMatchObject({ total: '0.297', amounts: ['0.27', '0.027'] });
    const unreadable = [USAGE, { vendor: 'openai', raw: { object: 'chat.completion' } }];
    expectFaults(await service.live.post(PATH, { rate_card: id, usage: unreadable }), ['usage.1.raw']);
  });

  it('is refused where it is asked for in a wrong way', async () => {
    const { id } = await makeRateCard(service.live);
    const account = await openAccount(service.live, { rate_card: id });
    for (const [body, field] of [
      [{ usage: USAGE }, 'rate_card'],
      [{ rate_card: id, account, usage: USAGE }, 'rate_card'],
      [{ rate_card: id }, 'usage'],
      [{ rate_card: id, usage: [] }, 'usage'],
      [{ rate_card: id, usage: { ...USAGE, times: 0 } }, 'usage'],
      [{ rate_card: id, usage: { ...USAGE, times: '2' } }, 'usage'],
      [{ rate_card: id, usage: { ...USAGE, cache_read_tokens: 601 } }, 'usage'],
      [{ rate_card: id, usage: Array.from({ length: 1001 }, () => USAGE) }, 'usage'],
    ] as const)
      expectFaults(await service.live.post(PATH, body), [field]);
  });

  it('is the only request that repeats usage', async () => {
    const { id } = await makeRateCard(service.live);
    const account = await openAccount(service.live, { rate_card: id, credits: '10' });
    const usage = { ...USAGE, times: 2 };
    expectFaults(await service.live.post('/v1/charges', { account, usage }), ['usage']);
    expect((await quote({ account, usage })).total).toBe('0.054');
  });

  it('takes a thousand usages', async () => {
    const { id } = await makeRateCard(service.live);
    const usage = Array.from({ length: 1000 }, () => USAGE);
    expect(await quote({ rate_card: id, usage })).toMatchObject({ total: '27' });
  });

  it('shows a key of one account its own terms, and no cost', async () => {
    const { id } = await makeRateCard(service.live);
    const { id: costs } = await makeRateCard(service.live, { purpose: 'cost', unit: 'USD' });
    const account = await openAccount(service.live, { rate_card: id, discount: '0.5' });
    const other = await openAccount(service.live, { rate_card: id });
    const { key } = await makeKey(service.live, { scopes: ['authorize'], account });
    const customer = new ApiClient(service.url, key);
    expect((await quote({ account, usage: USAGE }, customer)).total).toBe('0.0135');
    expectProblem(await customer.post(PATH, { account: other, usage: USAGE }), 404, 'account_not_found');
    expectProblem(await customer.post(PATH, { rate_card: costs, usage: USAGE }), 404, 'rate_card_not_found');
    expect((await quote({ rate_card: costs, usage: USAGE })).total).toBe('0.027');
    await customer.close();
  });
});
