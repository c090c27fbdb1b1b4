import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectAuthorization, expectFaults, expectProblem } from '../support/expect-answer.ts';
import { balanceOf, openAccount } from '../support/ledger-steps.ts';
import { chatPrices } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { asking, authorizeUsage, chat, openPricedAccount } from '../support/usage-steps.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const CACHED = [
  {
    event: 'chat.completed',
    max_output_tokens: 1000,
    components: [
      { quantity: 'input_tokens', per: '1000', amount: '1' },
      { quantity: 'cache_read_tokens', per: '1000', amount: '0.1' },
      { quantity: 'cache_write_tokens', per: '1000', amount: '1.25' },
      { quantity: 'output_tokens', per: '1000', amount: '5' },
    ],
  },
];

describe('a hold by usage', () => {
  it('is for exactly what the usage costs where all of it is stated', async () => {
    const account = await openPricedAccount(service.live);
    const hold = await authorizeUsage(service.live, account);
    expect(hold).toMatchObject({ amount: '0.027', held: '0.027', assumed: null, settlement: null, lines: [] });
    expect(hold.price).toEqual({ rate_card: expect.stringMatching(/^rate_/), version: 1 });
    expect(hold.usage).toEqual([chat()]);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '100', available: '99.973' });
  });

  it('is for the most output that the request allows, and says what it assumed', async () => {
    const account = await openPricedAccount(service.live);
    const hold = await authorizeUsage(service.live, account, chat(600, null), { max_output_tokens: 1000 });
    expect(hold).toMatchObject({ amount: '0.078', assumed: { max_output_tokens: 1000 } });
  });

  it('is for the most output of the price where the request says nothing', async () => {
    const account = await openPricedAccount(service.live, { prices: CACHED });
    const hold = await authorizeUsage(service.live, account, chat(0, null));
    expect(hold).toMatchObject({ amount: '5', assumed: { max_output_tokens: 1000 } });
  });

  it('is for the dearest part that the input may be, unless the parts are stated', async () => {
    const account = await openPricedAccount(service.live, { prices: CACHED });
    expect(await authorizeUsage(service.live, account, chat(1000, 0))).toMatchObject({ amount: '1.25' });
    const stated = chat(1000, 0, { cache_write_tokens: 0 });
    expect(await authorizeUsage(service.live, account, stated)).toMatchObject({ amount: '1' });
  });

  it('has no bound without a limit of the output: the limit is asked for', async () => {
    const account = await openPricedAccount(service.live);
    expectFaults(await asking(service.live, account, chat(600, null)), ['max_output_tokens']);
    expectFaults(await asking(service.live, account, [chat(), chat(600, null)]), ['max_output_tokens']);
  });

  it('is refused where parts are more than their whole', async () => {
    const account = await openPricedAccount(service.live);
    for (const part of [{ cache_read_tokens: 601 }, { reasoning_tokens: 151 }])
      expectFaults(await asking(service.live, account, chat(600, 150, part)), ['usage']);
    expectFaults(await asking(service.live, account, { event: 'chat.completed', cache_read_tokens: 1 }), ['usage']);
  });

  it('is refused where there is no price, and names what has none', async () => {
    const account = await openPricedAccount(service.live);
    const usage = [chat(), { event: 'image.generated', images: 1 }, { event: 'chat.completed', pages: 3 }];
    const problem = expectProblem(await asking(service.live, account, usage), 422, 'unpriced_usage');
    expect(problem).toMatchObject({ usage: [1, 2] });
    expect(await balanceOf(service.live, account)).toMatchObject({ held: '0' });
  });

  it('is refused for an account without a rate card, unless an amount is stated', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    const problem = expectProblem(await asking(service.live, account, chat()), 422, 'no_rate_card');
    expect(problem).toMatchObject({ account });
    expect(await authorizeUsage(service.live, account, chat(), { amount: '0.5' })).toMatchObject({
      amount: '0.5',
      price: null,
    });
  });

  it('is by the amount where both are stated, and keeps the price for its commits', async () => {
    const account = await openPricedAccount(service.live);
    const hold = await authorizeUsage(service.live, account, { event: 'unheard.of', model: 'x' }, { amount: '2' });
    expect(hold).toMatchObject({ amount: '2', price: { version: 1 }, assumed: null });
  });

  it('is of nothing where the usage costs nothing', async () => {
    const account = await openPricedAccount(service.live, { credits: null });
    const hold = await authorizeUsage(service.live, account, chat(0, 0));
    expect(hold).toMatchObject({ amount: '0', held: '0', status: 'authorized' });
  });

  it('is declined like any where the credits don’t suffice', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.026' });
    const problem = expectProblem(await asking(service.live, account, chat()), 402, 'insufficient_credits');
    expect(problem).toMatchObject({ required: '0.027', available: '0.026', shortfall: '0.001' });
  });

  it('is for the highest price up to its bound where more may cost less', async () => {
    const tiers = [
      { up_to: '100', amount: '2' },
      { up_to: null, amount: '1' },
    ];
    const components = [{ quantity: 'output_tokens', pricing: 'volume', tiers }];
    const account = await openPricedAccount(service.live, {
      credits: '1000',
      prices: [{ event: 'chat.completed', components }],
    });
    const hold = await authorizeUsage(service.live, account, chat(0, null), { max_output_tokens: 150 });
    expect(hold).toMatchObject({ amount: '200' });
  });
});

describe('a hold that fits', () => {
  it('is for as much output as the credits suffice for', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.03' });
    const hold = await authorizeUsage(service.live, account, chat(600, null), { max_output_tokens: 4000, fit: true });
    expect(hold).toMatchObject({ amount: '0.03', assumed: { max_output_tokens: 200 } });
  });

  it('is for all of the output where the credits suffice', async () => {
    const account = await openPricedAccount(service.live);
    const hold = await authorizeUsage(service.live, account, chat(600, null), { max_output_tokens: 4000, fit: true });
    expect(hold).toMatchObject({ amount: '0.258', assumed: { max_output_tokens: 4000 } });
  });

  it('is declined where not even the least output fits', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.03' });
    const limits = { max_output_tokens: 4000, fit: true, min_output_tokens: 201 };
    const problem = expectProblem(
      await asking(service.live, account, chat(600, null), limits),
      402,
      'insufficient_credits',
    );
    expect(problem).toMatchObject({ required: '0.03006', available: '0.03' });
    expect(
      await authorizeUsage(service.live, account, chat(600, null), { ...limits, min_output_tokens: 200 }),
    ).toMatchObject({
      assumed: { max_output_tokens: 200 },
    });
  });

  it('takes the output that is stated for the most, too', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.03' });
    const hold = await authorizeUsage(service.live, account, chat(600, 4000), { fit: true });
    expect(hold).toMatchObject({ amount: '0.03', assumed: { max_output_tokens: 200 } });
  });

  it('takes off the output of the last of several usages', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.06' });
    const usage = [chat(600, 150), chat(500, null)];
    const hold = await authorizeUsage(service.live, account, usage, { max_output_tokens: 4000, fit: true });
    expect(hold).toMatchObject({ amount: '0.06', assumed: { max_output_tokens: 300 } });
  });

  it('counts the overdraft limit and what others hold', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.02', overdraft_limit: '0.037' });
    await authorizeUsage(service.live, account);
    const hold = await authorizeUsage(service.live, account, chat(600, null), { max_output_tokens: 4000, fit: true });
    expect(hold).toMatchObject({ amount: '0.03', assumed: { max_output_tokens: 200 } });
    expect(hold.balance).toMatchObject({ available: '-0.037' });
  });
});

describe('an account’s prices', () => {
  it('must be in the account’s unit', async () => {
    const account = await openPricedAccount(service.live);
    const { rate_card } = (await service.live.get(`/v1/accounts/${account}`)).body as { rate_card: string };
    const other = { id: `${account}-in-euros`, unit: 'EUR', rate_card };
    const problem = expectProblem(await service.live.post('/v1/accounts', other), 422, 'unit_mismatch');
    expect(problem).toMatchObject({ unit: 'EUR', rate_card_unit: 'credits' });
    const { id } = expectAuthorization(await service.live.post('/v1/accounts', { unit: 'EUR' }), 201);
    expectProblem(await service.live.patch(`/v1/accounts/${id}`, { rate_card }), 422, 'unit_mismatch');
  });

  it('must exist, be for customers, and be in use', async () => {
    const missing = { rate_card: `rate_${'0'.repeat(26)}` };
    expectProblem(await service.live.post('/v1/accounts', missing), 404, 'rate_card_not_found');
    const body = { name: 'x', unit: 'credits', prices: chatPrices('1', '1') };
    const cost = (await service.live.post('/v1/rate-cards', { ...body, purpose: 'cost' })).body as { id: string };
    expectProblem(await service.live.post('/v1/accounts', { rate_card: cost.id }), 422, 'rate_card_purpose_differs');
    const old = (await service.live.post('/v1/rate-cards', body)).body as { id: string };
    const account = await openAccount(service.live, { credits: '1', rate_card: old.id });
    await service.live.post(`/v1/rate-cards/${old.id}/archive`);
    expectProblem(await service.live.post('/v1/accounts', { rate_card: old.id }), 409, 'rate_card_archived');
    expect(await authorizeUsage(service.live, account, chat(100, 100))).toMatchObject({ amount: '0.2' });
  });
});
