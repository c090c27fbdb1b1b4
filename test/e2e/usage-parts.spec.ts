import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectAuthorization, expectProblem } from '../support/expect-answer.ts';
import { balanceOf } from '../support/ledger-steps.ts';
import { chatPrices } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { authorizeUsage, chat, commit, found, openPricedAccount } from '../support/usage-steps.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const components = (...more: object[]) => [{ event: 'chat.completed', components: more }];
const part = (id: string, usage: unknown) => commit(service.live, id, { usage, final: false });

describe('commits in parts', () => {
  it('add up to what all of the usage costs at once', async () => {
    const tiers = [
      { up_to: '100', amount: '2', flat: '3' },
      { up_to: null, amount: '1', flat: '5' },
    ];
    const prices = components(
      { quantity: 'output_tokens', pricing: 'graduated', tiers },
      { quantity: 'requests', amount: '7' },
      { quantity: 'input_tokens', pricing: 'package', per: '10', amount: '1' },
    );
    const account = await openPricedAccount(service.live, { prices, credits: '1000' });
    const { id } = await authorizeUsage(service.live, account, chat(16, 150));
    // 8 × 2 + 3, 7 for the request, and a package.
    expect(await part(id, chat(8, 8))).toMatchObject({ committed: '27', held: '240' });
    // 92 × 2, then 8 × 1 + 5, and a second package.
    const second = await part(id, chat(8, 100));
    expect(second).toMatchObject({ committed: '225', usage: [chat(8, 100)], amounts: ['198'] });
    const last = await commit(service.live, id, { usage: chat(0, 42) });
    expect(last).toMatchObject({ status: 'committed', committed: '267' });
    expect(await found(service.live, id)).toMatchObject({
      usage: [chat(8, 8), chat(8, 100), chat(0, 42)],
      amounts: ['27', '198', '42'],
    });
  });

  it('charge a minimum and a flat price once', async () => {
    const prices = components(
      { quantity: 'output_tokens', amount: '0.01', minimum: '1' },
      { quantity: 'requests', pricing: 'flat', amount: '2' },
    );
    const account = await openPricedAccount(service.live, { prices });
    const { id } = await authorizeUsage(service.live, account, chat(0, 200));
    expect(await part(id, chat(0, 60))).toMatchObject({ committed: '3' });
    expect(await part(id, chat(0, 40))).toMatchObject({ committed: '3' });
    expect(await commit(service.live, id, { usage: chat(0, 50) })).toMatchObject({ committed: '3.5' });
  });

  it('never give back: what all of it costs less by then comes off the next part', async () => {
    const tiers = [
      { up_to: '100', amount: '2' },
      { up_to: null, amount: '1' },
    ];
    const account = await openPricedAccount(service.live, {
      prices: components({ quantity: 'output_tokens', pricing: 'volume', tiers }),
      credits: '1000',
    });
    const { id } = await authorizeUsage(service.live, account, chat(0, 300));
    expect(await part(id, chat(0, 100))).toMatchObject({ committed: '200' });
    expect(await part(id, chat(0, 50))).toMatchObject({ committed: '200', amounts: ['0'] });
    expect(await commit(service.live, id, { usage: chat(0, 110) })).toMatchObject({
      committed: '260',
      amounts: ['60'],
    });
  });

  it('keep what is held for the rest, and mix with amounts', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account, chat(600, 150), { max_output_tokens: 1 });
    expect(await part(id, chat(600, 0))).toMatchObject({ committed: '0.018', held: '0.009' });
    const byAmount = expectAuthorization(
      await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '0.001', final: false }),
      200,
    );
    expect(byAmount).toMatchObject({ committed: '0.019', held: '0.008' });
    expect(await commit(service.live, id, {})).toMatchObject({ committed: '0.027', settlement: 'exact' });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '99.973', held: '0' });
  });

  it('happen once per idempotency key', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    const body = { usage: chat(100, 0), final: false };
    const send = () => service.live.post(`/v1/authorizations/${id}/commit`, body, { key: `${id}-1` });
    expect((await send()).text).toBe((await send()).text);
    expect(await found(service.live, id)).toMatchObject({ committed: '0.003', usage: [chat(100, 0)] });
  });
});

describe('an extension by usage', () => {
  const extend = (id: string, body: unknown) => service.live.post(`/v1/authorizations/${id}/extend`, body);

  it('holds what more may be used, at the price that was fixed', async () => {
    const account = await openPricedAccount(service.live);
    const { rate_card } = (await service.live.get(`/v1/accounts/${account}`)).body as { rate_card: string };
    const { id } = await authorizeUsage(service.live, account);
    await service.live.post(`/v1/rate-cards/${rate_card}/versions`, { prices: chatPrices('1', '1') });
    const more = expectAuthorization(await extend(id, { usage: chat(0, 100) }), 200);
    expect(more).toMatchObject({ amount: '0.033', held: '0.033', price: { version: 1 } });
    const open = { usage: chat(0, null), max_output_tokens: 50, expires_in: 3600 };
    expect(expectAuthorization(await extend(id, open), 200)).toMatchObject({ held: '0.036' });
    expect(await commit(service.live, id, { usage: chat(600, 300) })).toMatchObject({ committed: '0.036' });
  });

  it('is refused as a hold is', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.03' });
    const { id } = await authorizeUsage(service.live, account);
    const short = expectProblem(await extend(id, { usage: chat(0, 100) }), 402, 'insufficient_credits');
    expect(short).toMatchObject({ required: '0.006', available: '0.003' });
    expectProblem(await extend(id, { usage: chat(0, null) }), 400, 'invalid_request');
    expectProblem(await extend(id, { usage: { event: 'image.generated', images: 1 } }), 422, 'unpriced_usage');
    expectProblem(await extend(id, {}), 400, 'invalid_request');
  });
});
