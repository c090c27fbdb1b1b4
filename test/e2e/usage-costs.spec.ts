import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { expectAuthorization, expectItems, expectList, expectProblem } from '../support/expect-answer.ts';
import { chatPrices, makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { adjust, authorizeUsage, chargeUsage, chat, commit, found, openPricedAccount } from '../support/usage-steps.ts';

const OPUS = {
  event: 'chat.completed',
  model: 'claude-opus-4-5',
  provider: 'anthropic',
  input_tokens: 0,
  output_tokens: 1000,
};

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('what usage costs the operator', () => {
  it('is what the vendor asks for it, by the published prices', async () => {
    const account = await openPricedAccount(service.live);
    const charged = await chargeUsage(service.live, account, OPUS);
    expect(charged).toMatchObject({ cost: '0.025', cost_currency: 'USD' });
    expect(await found(service.live, charged.id)).toMatchObject({ cost: '0.025', cost_currency: 'USD' });
  });

  it('is known by an amount with usage, too, and unknown for a model that nobody lists', async () => {
    const account = await openPricedAccount(service.live);
    expect(await chargeUsage(service.live, account, OPUS, { amount: '2' })).toMatchObject({ cost: '0.025' });
    const unheardOf = { ...OPUS, model: 'in-house-7' };
    expect(await chargeUsage(service.live, account, unheardOf)).toMatchObject({ cost: null, cost_currency: null });
    const byAmount = expectAuthorization(await service.live.post('/v1/charges', { account, amount: '1' }), 201);
    expect(byAmount).toMatchObject({ cost: null });
  });

  it('adds up over parts, and is that of the last adjustment', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account, OPUS);
    await commit(service.live, id, { usage: { ...OPUS, output_tokens: 400 }, final: false });
    expect(await commit(service.live, id, { usage: { ...OPUS, output_tokens: 800 } })).toMatchObject({ cost: '0.03' });
    expect(await adjust(service.live, id, { usage: OPUS })).toMatchObject({ cost: '0.025' });
    expect(await found(service.live, id)).toMatchObject({ cost: '0.025' });
  });

  it('of a part is what all of the request costs so far, less what it cost before', async () => {
    const account = await openPricedAccount(service.live);
    const usage = { event: 'chat.completed', model: 'gpt-5.4', input_tokens: 300_000, cache_read_tokens: 200_000 };
    const { id } = await authorizeUsage(service.live, account, { ...usage, output_tokens: 1000 });
    expect(await commit(service.live, id, { usage, final: false })).toMatchObject({ cost: '0.6' });
    // By itself, without the long input, it would cost 0.015.
    const rest = { event: 'chat.completed', model: 'gpt-5.4', output_tokens: 1000, properties: { request: 'r-2' } };
    expect(await commit(service.live, id, { usage: rest })).toMatchObject({ cost: '0.6225' });
  });

  it('is by the operator’s own cost card first, and stays what it was', async () => {
    const prices = chatPrices('0.001', '0.002');
    const { id } = await makeRateCard(service.test, { purpose: 'cost', unit: 'EUR', prices });
    const account = await openPricedAccount(service.test);
    const before = await chargeUsage(service.test, account, OPUS);
    expect((await service.test.put('/v1/settings', { cost_card: id, currency: 'EUR' })).status).toBe(200);
    expect(await chargeUsage(service.test, account, OPUS)).toMatchObject({ cost: '0.002', cost_currency: 'EUR' });
    expect(await found(service.test, before.id)).toMatchObject({ cost: '0.025', cost_currency: 'USD' });
  });
});

describe('a key of one account', () => {
  it('never sees what usage costs the operator', async () => {
    const account = await openPricedAccount(service.live);
    const { key } = await makeKey(service.live, { scopes: ['authorize', 'read'], account });
    const customer = new ApiClient(service.url, key);
    const hides = (answer: { readonly status: number; readonly text: string }): void => {
      expect(answer.status).toBeLessThan(300);
      expect(answer.text).not.toContain('"cost');
    };
    const { id } = await authorizeUsage(customer, account, OPUS);
    const body = { usage: OPUS };
    hides(await customer.post(`/v1/authorizations/${id}/extend`, body));
    hides(await customer.post(`/v1/authorizations/${id}/commit`, { ...body, final: false }));
    hides(await customer.post(`/v1/authorizations/${id}/commit`, body));
    hides(await customer.post(`/v1/authorizations/${id}/commit`, body));
    hides(await customer.post('/v1/charges', { account, ...body }));
    hides(await customer.post('/v1/charges/batch', { items: [{ account, ...body }] }));
    const batch = await customer.post('/v1/authorizations/batch', { items: [{ account, ...body }] });
    hides(batch);
    const [item] = expectItems(batch, 201);
    const items = [{ authorization: item?.authorization?.id, ...body }];
    hides(await customer.post('/v1/authorizations/commit-batch', { items }));
    hides(await customer.get(`/v1/authorizations/${id}`));
    hides(await customer.get('/v1/authorizations'));
    hides(await customer.get('/v1/events'));
    hides(await customer.post('/v1/quotes', { account, ...body }));
    expect(expectList(await service.live.get(`/v1/authorizations?account=${account}`)).data[0]).toHaveProperty('cost');
    await customer.close();
  });

  it('has no say in it, whatever it says that the vendor asks', async () => {
    const account = await openPricedAccount(service.live);
    const { key } = await makeKey(service.live, { scopes: ['authorize'], account });
    const customer = new ApiClient(service.url, key);
    const raw = {
      object: 'chat.completion',
      model: 'claude-opus-4-5',
      choices: [],
      usage: { prompt_tokens: 0, completion_tokens: 1000, total_tokens: 1000, cost: 1_000_000 },
    };
    const usage = { vendor: 'anthropic', raw };
    const costOf = async (id: string) => (await found(service.live, id)).cost;
    expect(await costOf((await chargeUsage(service.live, account, usage)).id)).toBe('1000000');
    expect(await costOf((await chargeUsage(customer, account, usage)).id)).toBe('0.025');
    const { id } = await authorizeUsage(customer, account, usage);
    await commit(customer, id, { usage });
    expect(await costOf(id)).toBe('0.025');
    await customer.close();
  });

  it('never sees it by repeating an operator’s request with the same idempotency key', async () => {
    const account = await openPricedAccount(service.live);
    const { key } = await makeKey(service.live, { scopes: ['authorize', 'read'], account });
    const customer = new ApiClient(service.url, key);
    const body = { account, usage: OPUS };
    const own = await service.live.post('/v1/charges', body, { key: 'one-charge' });
    expect(own.text).toContain('"cost":"0.025"');
    const repeated = await customer.post('/v1/charges', body, { key: 'one-charge' });
    expectProblem(repeated, 422, 'idempotency_key_reused');
    expect(repeated.text).not.toContain('cost');
    const theirs = await customer.post('/v1/charges', body, { key: 'their-charge' });
    expect(theirs.text).not.toContain('"cost');
    expect((await customer.post('/v1/charges', body, { key: 'their-charge' })).text).toBe(theirs.text);
    await customer.close();
  });

  it('adjusts nothing', async () => {
    const account = await openPricedAccount(service.live);
    const { key } = await makeKey(service.live, { scopes: ['authorize', 'read'], account });
    const customer = new ApiClient(service.url, key);
    const { id } = await chargeUsage(service.live, account);
    const answer = await customer.post(`/v1/authorizations/${id}/adjust`, { amount: '0' });
    expectProblem(answer, 403, 'api_key_bound');
    await customer.close();
  });
});

describe('a group', () => {
  it('is kept with every authorization that names it', async () => {
    const account = await openPricedAccount(service.live);
    const hold = await authorizeUsage(service.live, account, chat(), { group: 'run-17' });
    expect(hold).toMatchObject({ group: 'run-17' });
    expect(await commit(service.live, hold.id, { usage: chat() })).toMatchObject({ group: 'run-17' });
    expect(await found(service.live, hold.id)).toMatchObject({ group: 'run-17' });
    expect(await chargeUsage(service.live, account, chat(), { group: 'run-17' })).toMatchObject({ group: 'run-17' });
    expect(await chargeUsage(service.live, account)).toMatchObject({ group: null });
  });
});
