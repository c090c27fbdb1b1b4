import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectAccount, expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, openAccount } from '../support/ledger-steps.ts';
import { chatPrices, makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';
import { adjust, authorizeUsage, chargeUsage, chat, commit, found, openPricedAccount } from '../support/usage-steps.ts';

let service: TestService;
let second: TestInstance;
beforeAll(async () => {
  service = await startTestService();
  second = await service.startAnother();
});
afterAll(() => service.stop());

const patch = async (account: string, terms: unknown) =>
  expectAccount(await service.live.patch(`/v1/accounts/${account}`, terms), 200);

async function publish(card: string, prices: unknown): Promise<void> {
  const { status } = await service.live.post(`/v1/rate-cards/${card}/versions`, { prices });
  expect(status).toBe(201);
}

describe('what an authorization is priced by', () => {
  it('is fixed when it is made: the version, the discount and the account’s own prices', async () => {
    const { id: card } = await makeRateCard(service.live);
    const account = await openAccount(service.live, { credits: '100', rate_card: card, discount: '0.2' });
    const hold = await authorizeUsage(service.live, account);
    expect(hold).toMatchObject({ amount: '0.0216', price: { rate_card: card, version: 1 } });
    await publish(card, chatPrices('3', '6'));
    await patch(account, { discount: '0', overrides: chatPrices('30', '60') });
    const { id: other } = await makeRateCard(service.live, { prices: chatPrices('300', '600') });
    await patch(account, { rate_card: other });
    expect(await commit(second.live, hold.id, { usage: chat() })).toMatchObject({
      committed: '0.0216',
      price: { rate_card: card, version: 1 },
    });
    expect(await adjust(service.live, hold.id, { usage: chat(600, 0) })).toMatchObject({ refunded: '0.0072' });
    expect(await authorizeUsage(second.live, account)).toMatchObject({
      amount: '27',
      price: { rate_card: other, version: 1 },
    });
  });

  it('is fixed by an amount, too', async () => {
    const { id: card } = await makeRateCard(service.live);
    const account = await openAccount(service.live, { credits: '100', rate_card: card });
    const hold = await authorize(service.live, account, '1');
    await publish(card, chatPrices('3', '6'));
    await patch(account, { rate_card: null });
    expect(await commit(service.live, hold.id, { usage: chat() })).toMatchObject({
      committed: '0.027',
      price: { rate_card: card, version: 1 },
    });
    expectProblem(await service.live.post('/v1/charges', { account, usage: chat() }), 422, 'no_rate_card');
  });

  it('is the version that was published, in every process, as soon as that is answered', async () => {
    const { id: card } = await makeRateCard(service.live);
    const account = await openAccount(service.live, { credits: '100', rate_card: card });
    await chargeUsage(second.live, account);
    await publish(card, chatPrices('0.3', '0.6'));
    for (const client of [service.live, second.live])
      expect(await chargeUsage(client, account)).toMatchObject({ committed: '0.27', price: { version: 2 } });
  });

  it('takes each version of the account’s own prices for what was authorized under it', async () => {
    const account = await openPricedAccount(service.live, { overrides: chatPrices('1', '1') });
    const first = await authorizeUsage(service.live, account);
    await patch(account, { overrides: chatPrices('2', '2') });
    const next = await authorizeUsage(service.live, account);
    await patch(account, { overrides: null });
    expect(await authorizeUsage(second.live, account)).toMatchObject({ amount: '0.027' });
    expect(await commit(second.live, first.id, { usage: chat() })).toMatchObject({ committed: '0.75' });
    expect(await commit(second.live, next.id, { usage: chat() })).toMatchObject({ committed: '1.5' });
    expect(await found(service.live, next.id)).toMatchObject({ committed: '1.5' });
  });
});

describe('an account’s own terms', () => {
  it('are shown, changed one by one, and taken away', async () => {
    const { id: card } = await makeRateCard(service.live);
    const overrides = chatPrices('1', '1');
    const account = await openAccount(service.live, { rate_card: card, discount: '0.25', overrides });
    expect(expectAccount(await service.live.get(`/v1/accounts/${account}`), 200)).toMatchObject({
      rate_card: card,
      discount: '0.25',
      overrides,
    });
    expect(await patch(account, { name: 'Acme' })).toMatchObject({ rate_card: card, discount: '0.25', overrides });
    expect(await patch(account, { discount: '0.1' })).toMatchObject({ rate_card: card, discount: '0.1', overrides });
    expect(await patch(account, { rate_card: null, discount: null, overrides: [] })).toMatchObject({
      rate_card: null,
      discount: '0',
      overrides: [],
    });
  });

  it('come before the card, whose prices hold for everything else', async () => {
    const general = chatPrices('0.03', '0.06').map((price) => ({ ...price, match: { model: 'gpt-5' } }));
    const overrides = chatPrices('0.01', '0.02');
    const prices = [...general, { event: 'image.generated', components: [{ quantity: 'images', amount: '4' }] }];
    const account = await openPricedAccount(service.live, { prices, overrides });
    expect(await chargeUsage(service.live, account)).toMatchObject({ committed: '0.009' });
    expect(await chargeUsage(service.live, account, { event: 'image.generated', images: 2 })).toMatchObject({
      committed: '8',
    });
  });

  it('take the discount off last, before each line is rounded', async () => {
    const prices = [
      {
        event: 'chat.completed',
        components: [{ quantity: 'output_tokens', per: '3', amount: '0.000000000001', minimum: '0.000000000005' }],
      },
    ];
    const account = await openPricedAccount(service.live, { prices, discount: '0.5' });
    // 0.5 × the minimum is 2.5 of the smallest parts, which is rounded to the even 2.
    expect(await chargeUsage(service.live, account, chat(0, 3))).toMatchObject({ committed: '0.000000000002' });
    expect(await chargeUsage(service.live, account, chat(0, 21))).toMatchObject({ committed: '0.000000000004' });
  });

  it('may make everything free', async () => {
    const account = await openPricedAccount(service.live, { credits: null, discount: '1' });
    const { id } = await authorizeUsage(service.live, account);
    expect(await commit(service.live, id, { usage: chat() })).toMatchObject({ committed: '0', amounts: ['0'] });
  });

  it('must be valid, and are refused with all of their faults', async () => {
    const { id: card } = await makeRateCard(service.live);
    const overrides = [{ event: 'chat.completed', components: [{ quantity: 'input_tokens', per: '0', amount: 'x' }] }];
    const body = { rate_card: card, discount: '1.01', overrides };
    expectFaults(await service.live.post('/v1/accounts', body), [
      'discount',
      'overrides.0.components.0.amount',
      'overrides.0.components.0.per',
    ]);
    for (const discount of ['-0.1', '2', 0.2, ''])
      expectFaults(await service.live.post('/v1/accounts', { discount }), ['discount']);
  });
});

describe('prices by the time of day', () => {
  it('are those of the authorization, by the account’s clock, whenever it is committed', async () => {
    const multipliers = [{ match: { time: '22:00-06:00 UTC' }, by: '0.8' }];
    const prices = chatPrices('0.03', '0.06').map((price) => ({ ...price, multipliers }));
    const account = await openPricedAccount(service.test, { prices });
    const advanceTo = async (hour: number) => {
      const { now } = (await service.test.get('/v1/test-clock')).body as { now: string };
      const seconds = (hour * 3600 - Math.floor((Date.parse(now) / 1000) % 86_400) + 86_400) % 86_400;
      await service.test.post('/v1/test-clock/advance', { seconds: seconds + 1 });
    };
    await advanceTo(21);
    const dear = await authorizeUsage(service.test, account, chat(), { expires_in: 7200 });
    await advanceTo(22);
    const cheap = await authorizeUsage(service.test, account);
    expect([dear.amount, cheap.amount]).toEqual(['0.027', '0.0216']);
    expect(await commit(service.test, dear.id, { usage: chat() })).toMatchObject({ committed: '0.027' });
    expect(await commit(service.test, cheap.id, { usage: chat() })).toMatchObject({ committed: '0.0216' });
    expect(await chargeUsage(service.test, account)).toMatchObject({ committed: '0.0216' });
  });
});
