import { Amount } from '#amounts';
import { stripeModes, type PaymentResult } from '#payments';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { expectFaults, expectGrant, expectList, expectProblem } from '../support/expect-answer.ts';
import { balanceOf, charge, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { buy, expectTopup, makePackage, type TopupView } from '../support/purchase-steps.ts';
import { StripeServer } from '../support/stripe-server/stripe-server.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let stripe: StripeServer;
let account: string;
beforeAll(async () => {
  stripe = await StripeServer.start();
  service = await startTestService({ STRIPE_TEST_SECRET_KEY: stripe.keys.test, PURSER_STRIPE_API: stripe.url });
  await service.live.put('/v1/settings', { price_per_credit: '0.01', currency: 'EUR' });
});
afterAll(async () => {
  await service.stop();
  await stripe.stop();
});
beforeEach(async () => {
  account = await openAccount(service.live);
});

async function confirm(id: string, body: object = {}, status = 200): Promise<TopupView> {
  return expectTopup(await service.live.post(`/v1/topups/${id}/confirm`, body), status);
}

/** What a worker asks Stripe for. */
async function collect({ purchase, price, currency, ...topup }: TopupView): Promise<PaymentResult> {
  const keys = { secretKey: stripe.keys.test, webhookSecrets: [] };
  const { test } = stripeModes({ live: null, test: keys, returnUrl: null, url: stripe.url });
  if (!test) throw new Error('There is no Stripe in test mode');
  return test.collect({
    purchase,
    account: topup.account,
    environment: 'test',
    price: { amount: new Amount(price), currency },
    paymentMethod: topup.payment_method,
    customer: null,
    description: `${topup.credits} credits`,
    begunAt: new Date(),
  });
}

describe('a top-up', () => {
  it('grants its credits when the payment is confirmed, once', async () => {
    const topup = await buy(service.live, account, { amount: '500', metadata: { invoice: '7' } });
    expect(topup).toMatchObject({
      id: expect.stringMatching(/^top_/),
      purchase: topup.id.replace('top_', 'purchase_'),
      account,
      status: 'pending',
      credits: '500',
      bonus_credits: '0',
      price: '5',
      currency: 'EUR',
      provider: 'manual',
      automatic: false,
      grants: [],
      succeeded_at: null,
      metadata: { invoice: '7' },
    });
    expect((await balanceOf(service.live, account)).available).toBe('0');
    const paid = await confirm(topup.id, { reference: 'wire-1' });
    expect(paid).toMatchObject({ status: 'succeeded', provider_reference: 'wire-1' });
    expect(paid.grants).toHaveLength(1);
    expect(await confirm(topup.id, { reference: 'wire-2' })).toEqual(paid);
    expect((await balanceOf(service.live, account)).available).toBe('500');
    expect((await service.live.get(`/v1/topups/${topup.id}`)).body).toEqual(paid);
    const { id, purchase, ...shared } = paid;
    const asPurchase = (await service.live.get(`/v1/purchases/${purchase}`)).body;
    expect(asPurchase).toEqual({ id: purchase, topup: id, ...shared });
    const grant = expectGrant(await service.live.get(`/v1/grants/${String(paid.grants[0])}`), 200);
    expect(grant).toMatchObject({ purchase, amount_paid: '5', currency: 'EUR', cost_basis: '0.01', category: 'paid' });
    const { data } = expectList(await service.live.get(`/v1/audit-log?object=${purchase}`));
    expect(data).toHaveLength(2);
  });

  it('brings the bonus of a package in a grant of its own, at the same price per credit', async () => {
    const { id } = await makePackage(service.live, { bonus_credits: '100', price: '11', priority: 7 });
    const topup = await buy(service.live, account, { package: id });
    expect(topup).toMatchObject({ credits: '1000', bonus_credits: '100', price: '11', currency: 'USD', package: id });
    const { grants } = await confirm(topup.id);
    const found = await Promise.all(grants.map((grant) => service.live.get(`/v1/grants/${grant}`)));
    expect(found.map(({ body }) => body)).toMatchObject([
      { amount: '1000', amount_paid: '10', cost_basis: '0.01', priority: 7, category: 'paid' },
      { amount: '100', amount_paid: '1', cost_basis: '0.01', priority: 7, category: 'paid' },
    ]);
  });

  it('answers a repeated request as it did, when the package or the price is gone', async () => {
    const { id } = await makePackage(service.live);
    const path = `/v1/accounts/${account}/topups`;
    const body = { package: id, provider: 'manual' };
    const first = await service.live.post(path, body, { key: 'invoice 8' });
    await service.live.patch(`/v1/credit-packages/${id}`, { archived: true });
    const again = await service.live.post(path, body, { key: 'invoice 8' });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers['idempotency-replayed']).toBe('true');
    const other = await service.live.post(path, { ...body, customer: 'cus_1' }, { key: 'invoice 8' });
    expectProblem(other, 422, 'idempotency_key_reused');
    expectProblem(await service.live.post(path, body, { key: 'invoice 9' }), 409, 'credit_package_archived');
  });

  it('keeps the terms that it was begun on, whatever becomes of the package', async () => {
    const { id } = await makePackage(service.live);
    const topup = await buy(service.live, account, { package: id });
    await service.live.patch(`/v1/credit-packages/${id}`, { credits: '1', price: '99', archived: true });
    expect(await confirm(topup.id)).toMatchObject({ credits: '1000', price: '9.5' });
    expectProblem(
      await service.live.post(`/v1/accounts/${account}/topups`, { package: id, provider: 'manual' }),
      409,
      'credit_package_archived',
    );
  });

  it('is begun once per idempotency key, and alone', async () => {
    const path = `/v1/accounts/${account}/topups`;
    const body = { amount: '10', provider: 'manual' };
    const first = await service.live.post(path, body, { key: 'invoice-1' });
    expect(first.status).toBe(201);
    expect((await service.live.post(path, body, { key: 'invoice-1' })).text).toBe(first.text);
    const second = expectProblem(await service.live.post(path, body), 409, 'topup_under_way');
    expect(second).toMatchObject({ account, topup: (first.body as TopupView).id });
    const { rows } = await service.pool.query<{ count: number }>(
      'select count(*)::int as count from idempotency_keys_kept where body like $1',
      [`%${(first.body as TopupView).purchase}%`],
    );
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('that nobody pays is canceled, and another may begin', async () => {
    const { id } = await buy(service.live, account, { amount: '10' });
    const canceled = expectTopup(await service.live.post(`/v1/topups/${id}/cancel`, {}), 200);
    expect(canceled).toMatchObject({ status: 'failed', failure: { code: 'canceled' }, grants: [] });
    expect((await service.live.post(`/v1/topups/${id}/cancel`, {})).body).toEqual(canceled);
    const next = await buy(service.live, account, { amount: '10' });
    await confirm(next.id);
    expectProblem(await service.live.post(`/v1/topups/${next.id}/cancel`, {}), 409, 'topup_not_under_way');
  });

  it('gives back what is unspent and un-held, and its money', async () => {
    const { id } = await buy(service.live, account, { amount: '500' });
    expectProblem(await service.live.post(`/v1/topups/${id}/refund`, {}), 409, 'purchase_not_refundable');
    await confirm(id);
    await charge(service.live, account, '100');
    const path = `/v1/topups/${id}/refund`;
    const part = expectTopup(await service.live.post(path, { credits: '150' }, { key: 'refund-1' }), 200);
    expect(part).toMatchObject({ refunded: '1.5', refunded_credits: '150', lost_credits: '0' });
    expect((await service.live.post(path, { credits: '150' }, { key: 'refund-1' })).body).toEqual(part);
    expectProblem(await service.live.post(path, { credits: '351' }), 409, 'refund_exceeds_purchase');
    const rest = expectTopup(await service.live.post(path, {}), 200);
    expect(rest).toMatchObject({ status: 'refunded', refunded: '4', refunded_credits: '400' });
    expect((await balanceOf(service.live, account)).available).toBe('0');
  });

  it('is refused with its faults', async () => {
    const path = `/v1/accounts/${account}/topups`;
    expectFaults(await service.live.post(path, { provider: 'manual' }), ['amount']);
    expectFaults(await service.live.post(path, { provider: 'cash', amount: '0', package: 'x' }), [
      'provider',
      'amount',
      'package',
    ]);
    const { id } = await makePackage(service.live);
    expectFaults(await service.live.post(path, { provider: 'manual', amount: '1', package: id }), ['package']);
    expectFaults(await service.live.post(path, { provider: 'stripe' }), ['amount', 'payment_method']);
    expectFaults(await service.live.post(path, { provider: 'manual', amount: '99999999999999999999' }), ['amount']);
    expectProblem(await service.live.post(path, { provider: 'test', amount: '1' }), 422, 'provider_not_allowed');
    const unknown = { provider: 'manual', package: `package_${'0'.repeat(26)}` };
    expectProblem(await service.live.post(path, unknown), 404, 'credit_package_not_found');
    const nobody = await service.live.post('/v1/accounts/nobody/topups', { provider: 'manual', amount: '1' });
    expectProblem(nobody, 404, 'account_not_found');
    expectProblem(await service.live.get('/v1/accounts/nobody/topups'), 404, 'account_not_found');
    expectProblem(await service.live.get('/v1/topups/nonsense'), 404, 'purchase_not_found');
  });

  it('has a price where nobody has set one only by the provider for tests', async () => {
    const mine = await openAccount(service.test);
    const path = `/v1/accounts/${mine}/topups`;
    expectProblem(await service.test.post(path, { provider: 'manual', amount: '1' }), 422, 'no_credit_price');
    const byCard = { provider: 'stripe', amount: '1', payment_method: 'pm_card_visa' };
    expectProblem(await service.test.post(path, byCard), 422, 'no_credit_price');
    const topup = expectTopup(await service.test.post(path, { provider: 'test', amount: '250' }), 201);
    expect(topup).toMatchObject({ price: '2.5', currency: 'USD' });
  });
});

describe('a top-up by Stripe', () => {
  const card = { provider: 'stripe', amount: '1000', payment_method: 'pm_card_visa' };
  beforeAll(async () => {
    await service.test.put('/v1/settings', { price_per_credit: '0.01', currency: 'USD' });
  });

  async function begin(terms: object = card): Promise<TopupView> {
    account = await openAccount(service.test);
    return expectTopup(await service.test.post(`/v1/accounts/${account}/topups`, terms), 201);
  }

  const cancel = ({ id }: TopupView) => service.test.post(`/v1/topups/${id}/cancel`, {});

  it('is refused at once where the operator has set no keys for the environment', async () => {
    const path = `/v1/accounts/${account}`;
    const refused = expectProblem(await service.live.post(`${path}/topups`, card), 422, 'provider_not_configured');
    expect(refused).toMatchObject({ provider: 'stripe' });
    const rule = { threshold: '20', ...card };
    expectProblem(await service.live.put(`${path}/auto-topup`, rule), 422, 'provider_not_configured');
    expect((await service.live.get(`${path}/topups`)).body).toMatchObject({ data: [] });
  });

  it('is canceled at Stripe too, so that nothing is charged later, and another may begin', async () => {
    const topup = await begin();
    const canceled = expectTopup(await cancel(topup), 200);
    expect(canceled).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(expectTopup(await cancel(topup), 200)).toEqual(canceled);
    const late = await collect(topup);
    expect(late).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(stripe.charges(topup.purchase)).toBe(0);
    const next = await service.test.post(`/v1/accounts/${account}/topups`, card);
    expectTopup(next, 201);
  });

  it('that waits for its customer is canceled, and can be paid no more', async () => {
    const topup = await begin({ ...card, payment_method: 'pm_card_authenticationRequired' });
    expect((await collect(topup)).status).toBe('requires_action');
    expect(expectTopup(await cancel(topup), 200)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(stripe.books.test.intents.filter(({ status }) => status !== 'canceled')).toEqual([]);
  });

  it('whose money was taken meanwhile is granted, not canceled', async () => {
    const topup = await begin();
    await collect(topup);
    expectProblem(await cancel(topup), 409, 'topup_not_under_way');
    expect((await balanceOf(service.test, account)).available).toBe('1000');
  });

  it('that a bank is deciding on is not canceled', async () => {
    const topup = await begin({ ...card, payment_method: 'pm_usBankAccount_success' });
    await collect(topup);
    expectProblem(await cancel(topup), 409, 'topup_decided_by_provider');
    expect((await service.test.get(`/v1/topups/${topup.id}`)).body).toMatchObject({ status: 'pending' });
  });

  it('stays under way where Stripe doesn’t answer', async () => {
    const topup = await begin();
    stripe.fail({ does: 'drop', when: 'after', times: 2 });
    const answer = await cancel(topup);
    expectProblem(answer, 503, 'provider_unavailable');
    expect(answer.headers['retry-after']).toBe('10');
    expect((await service.test.get(`/v1/topups/${topup.id}`)).body).toMatchObject({ status: 'pending' });
    expectTopup(await cancel(topup), 200);
  });
});

describe('the lists of what was bought', () => {
  it('show an account’s top-ups and the environment’s purchases, newest first, by status, beginning, provider and time', async () => {
    const first = await buy(service.live, account, { amount: '1' });
    await confirm(first.id);
    const second = await buy(service.live, account, { amount: '2' });
    expect(await pagesOf(service.live, `/v1/accounts/${account}/topups`, 1)).toEqual([[second.id], [first.id]]);
    const topups = async (query: string): Promise<string[]> =>
      expectList(await service.live.get(`/v1/accounts/${account}/topups?${query}`)).data.map(({ id }) => id);
    expect(await topups('status=succeeded')).toEqual([first.id]);
    expect(await topups('automatic=true')).toEqual([]);
    const ids = async (query: string): Promise<string[]> =>
      expectList(await service.live.get(`/v1/purchases?account=${account}${query}`)).data.map(({ id }) => id);
    expect(await ids('')).toEqual([second.purchase, first.purchase]);
    expect(await ids('&status=succeeded')).toEqual([first.purchase]);
    expect(await ids('&provider=stripe')).toEqual([]);
    expect(await ids('&automatic=true')).toEqual([]);
    expect(await ids('&automatic=false')).toHaveLength(2);
    expectFaults(await service.live.get('/v1/purchases?automatic=yes&status=paid'), ['status', 'automatic']);
    expect(await ids('&from=2026-01-01T00:00:00Z')).toHaveLength(2);
    expect(await ids('&to=2026-01-01T00:00:00Z')).toEqual([]);
  });

  it('show a key of one account its own, and let it change nothing', async () => {
    const other = await openAccount(service.live);
    const topup = await buy(service.live, account, { amount: '1' });
    for (const [bound, status] of [
      [account, 200],
      [other, 404],
    ] as const) {
      const { key } = await makeKey(service.live, { scopes: ['read'], account: bound });
      const client = new ApiClient(service.url, key);
      expect((await client.get(`/v1/topups/${topup.id}`)).status).toBe(status);
      expect((await client.get(`/v1/purchases/${topup.purchase}`)).status).toBe(status);
      expect((await client.get(`/v1/accounts/${account}/topups`)).status).toBe(status);
      expect((await client.post(`/v1/topups/${topup.id}/confirm`, {})).status).toBe(403);
      await client.close();
    }
  });
});

describe('the money of a grant', () => {
  it('is what was paid for it, and says what a credit cost', async () => {
    const path = `/v1/accounts/${account}/grants`;
    const paid = { amount: '3', amount_paid: '1', currency: 'usd' };
    const grant = expectGrant(await service.live.post(path, paid), 201);
    expect(grant).toMatchObject({ amount_paid: '1', currency: 'USD', cost_basis: '0.333333333333', purchase: null });
    expectFaults(await service.live.post(path, { amount: '1', amount_paid: '1' }), ['currency']);
    expectFaults(await service.live.post(path, { amount: '1', currency: 'USD' }), ['amount_paid']);
    expectFaults(await service.live.post(path, { ...paid, cost_basis: '0.34' }), ['cost_basis']);
    const dear = { ...paid, amount: '0.000000000001', amount_paid: '9'.repeat(26) };
    expectFaults(await service.live.post(path, dear), ['amount_paid']);
    expect((await service.live.post(path, { amount: '1', cost_basis: '2' })).body).toMatchObject({
      cost_basis: '2',
      amount_paid: null,
    });
  });

  it('names the purchase that it belongs to, by whatever its maker knows it by', async () => {
    const path = `/v1/accounts/${account}/grants`;
    const paid = { amount: '1000', amount_paid: '10', currency: 'USD', purchase: 'order 7' };
    const bought = expectGrant(await service.live.post(path, paid), 201);
    expect(bought).toMatchObject({ amount_paid: '10', cost_basis: '0.01', purchase: 'order 7' });
    const bonus = expectGrant(await service.live.post(path, { amount: '200', purchase: 'order 7' }), 201);
    expect(expectGrant(await service.live.get(`/v1/grants/${bonus.id}`), 200)).toEqual(bonus);
    expect(bonus).toMatchObject({ amount_paid: null, purchase: 'order 7' });
    expectFaults(await service.live.post(path, { amount: '1', purchase: '' }), ['purchase']);
    const voided = await service.live.post(`/v1/grants/${bought.id}/void`, { returned: '10' });
    expect(expectGrant(voided, 200)).toMatchObject({ returned: '10' });
  });

  it('is paid back when it is voided, and no more than was paid', async () => {
    const path = `/v1/accounts/${account}/grants`;
    const grant = expectGrant(await service.live.post(path, { amount: '10', amount_paid: '5', currency: 'USD' }), 201);
    const tooMuch = await service.live.post(`/v1/grants/${grant.id}/void`, { returned: '5.01' });
    expectProblem(tooMuch, 400, 'returned_exceeds_paid');
    const voided = await service.live.post(`/v1/grants/${grant.id}/void`, { returned: '5' });
    expect(voided).toMatchObject({ status: 200, body: { status: 'voided', returned: '5' } });
  });
});
