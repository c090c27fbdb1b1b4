import { parsePublicId, type PaymentResult } from '#ledger';
import { Engine } from '#ledger-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.ts';
import { expectFaults, expectList, expectProblem } from '../support/expect-answer.ts';
import { authorize, balanceOf, charge, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { makePackage } from '../support/purchase-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';

const HOUR = 60 * 60;
const RULE = { threshold: '20', amount: '100', provider: 'test', payment_method: 'pm_ok' };
const NO_RULE = {
  status: 'disabled',
  enabled: false,
  threshold: null,
  on: null,
  amount: null,
  target: null,
  package: null,
  price: null,
  price_per_credit: null,
  currency: null,
  provider: null,
  payment_method: null,
  customer: null,
  cooldown: null,
  max_per_period: null,
  declines: 0,
  next_attempt_at: null,
  under_way: null,
};

let service: TestService;
let second: TestInstance;
let engine: Engine;
let test: ApiClient;
beforeAll(async () => {
  service = await startTestService();
  second = await service.startAnother();
  engine = new Engine({ databaseUrl: service.databaseUrl, log: () => undefined });
  ({ test } = service);
});
afterAll(async () => {
  await engine.stop();
  await service.stop();
});

interface AutoTopupView {
  readonly status: string;
  readonly declines: number;
  readonly next_attempt_at: string | null;
  readonly under_way: string | null;
}

const pathOf = (id: string): string => `/v1/accounts/${id}/auto-topup`;

async function put(id: string, rule: object = RULE, client = test): Promise<AutoTopupView> {
  const answer = await client.put(pathOf(id), rule);
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
  return answer.body as AutoTopupView;
}

async function ruleOf(id: string): Promise<AutoTopupView> {
  return (await test.get(pathOf(id))).body as AutoTopupView;
}

/** Says what has become of a payment, as the provider does. */
async function record(topup: string | null, status: PaymentResult['status']): Promise<void> {
  const id = parsePublicId('topup', topup ?? '') ?? '';
  const failure = status === 'failed' ? { code: 'card_declined', message: 'The card was declined.' } : null;
  const result = { status, reference: 'pi_1', failure };
  const answer = await engine.submit<'record_payment'>({
    command: { type: 'record_payment', purchase: { environment: 'test', id }, result },
    key: null,
    render: ({ ok }) => ({ status: ok ? 200 : 422, body: '' }),
  });
  expect(answer.status).toBe(200);
}

async function purchasesOf(id: string): Promise<string[]> {
  const { rows } = await service.pool.query<{ credits: string }>(
    'select trim_scale(credits) as credits from purchases join accounts using (account_id) where external_id = $1',
    [id],
  );
  return rows.map(({ credits }) => credits);
}

async function eventsOf(id: string, type: string): Promise<readonly unknown[]> {
  const { data } = expectList(await test.get(`/v1/events?account=${id}&type=${type}`));
  return data;
}

describe('an account’s auto top-up', () => {
  it('is set, shown, entered in the audit log, and taken away', async () => {
    const id = await openAccount(test, { credits: '100' });
    expect((await test.get(pathOf(id))).body).toEqual({ account: id, ...NO_RULE });
    const rule = {
      ...RULE,
      customer: 'cus_1',
      cooldown: 60,
      max_per_period: { period: 'month', count: 4, amount: '1000.0' },
    };
    const shown = {
      account: id,
      status: 'active',
      enabled: true,
      threshold: '20',
      on: 'available',
      amount: '100',
      target: null,
      package: null,
      price: null,
      price_per_credit: '0.01',
      currency: 'USD',
      provider: 'test',
      payment_method: 'pm_ok',
      customer: 'cus_1',
      cooldown: 60,
      max_per_period: { period: 'month', count: 4, amount: '1000' },
      declines: 0,
      next_attempt_at: null,
      under_way: null,
    };
    expect(await put(id, rule)).toEqual(shown);
    expect((await test.get(pathOf(id))).body).toEqual(shown);
    expect((await test.get(`/v1/accounts/${id}`)).body).toMatchObject({ auto_topup: 'active' });
    expect(await put(id, { ...rule, enabled: false })).toEqual({ ...shown, status: 'disabled', enabled: false });
    expect((await test.send({ method: 'DELETE', path: pathOf(id) })).body).toEqual({ account: id, ...NO_RULE });
    const { data } = expectList(await test.get(`/v1/audit-log?object=${id}`));
    expect(data.slice(0, 3)).toMatchObject([
      { after: { account: id } },
      { after: { auto_topup: { enabled: false } } },
      { after: { auto_topup: { threshold: '20', amount: '100', cooldown: 60 } } },
    ]);
  });

  it('buys a package at its price', async () => {
    const sold = await makePackage(test, { bonus_credits: '100' });
    const id = await openAccount(test);
    const rule = await put(id, { threshold: '20', package: sold.id, provider: 'manual' });
    expect(rule).toMatchObject({ package: sold.id, price: '9.5', price_per_credit: null, currency: 'USD' });
    await record(rule.under_way, 'succeeded');
    expect((await balanceOf(test, id)).posted).toBe('1100');
  });

  it('is refused with all of its faults', async () => {
    const id = await openAccount(test);
    expectFaults(await test.put(pathOf(id), {}), ['threshold', 'provider']);
    expectFaults(await test.put(pathOf(id), { threshold: '20', provider: 'manual' }), ['amount']);
    expectFaults(await test.put(pathOf(id), { ...RULE, target: '50', package: 'package_1' }), ['target', 'package']);
    expectFaults(await test.put(pathOf(id), { threshold: '20', target: '20', provider: 'manual' }), ['target']);
    expectFaults(await test.put(pathOf(id), { ...RULE, provider: 'stripe', payment_method: null }), ['payment_method']);
    expectFaults(await test.put(pathOf(id), { ...RULE, amount: '99999999999' }), ['amount']);
    expectFaults(await test.put(pathOf(id), { ...RULE, max_per_period: { period: 'month' } }), [
      'max_per_period.count',
    ]);
    expectFaults(await test.put(pathOf(id), { ...RULE, max_per_period: { period: 'month', amount: '99' } }), [
      'max_per_period.amount',
    ]);
    const unknown = { threshold: '20', package: 'package_01m7xxdjs0e0094rhh148wft1b', provider: 'manual' };
    expectProblem(await test.put(pathOf(id), unknown), 404, 'credit_package_not_found');
    expectProblem(await test.put(pathOf('nobody'), RULE), 404, 'account_not_found');
    expectProblem(await test.get(pathOf('nobody')), 404, 'account_not_found');
  });

  it('by the provider for tests pays unless its payment method says otherwise', async () => {
    const id = await openAccount(test, { credits: '100' });
    expect(await put(id, { ...RULE, payment_method: null })).toMatchObject({ payment_method: 'pm_ok' });
  });

  it('has no price where nobody has set one, and no provider in live that moves no money', async () => {
    const id = await openAccount(service.live);
    expectProblem(await service.live.put(pathOf(id), RULE), 422, 'provider_not_allowed');
    const rule = { threshold: '20', amount: '100', provider: 'manual' };
    expectProblem(await service.live.put(pathOf(id), rule), 422, 'no_credit_price');
    const byCard = { ...rule, provider: 'stripe', payment_method: 'pm_card_visa' };
    expectProblem(await service.live.put(pathOf(id), byCard), 422, 'no_credit_price');
    await service.live.put('/v1/settings', { price_per_credit: '0.02', currency: 'EUR' });
    expect(await put(id, rule, service.live)).toMatchObject({ price_per_credit: '0.02', currency: 'EUR' });
  });

  it('begins one purchase, however many commits bring the balance below the threshold at once', async () => {
    const id = await openAccount(test, { credits: '1000' });
    await put(id, { ...RULE, on: 'posted', threshold: '500', amount: '5000' });
    const holds = await Promise.all(Array.from({ length: 200 }, () => authorize(test, id, '5')));
    const commits = holds.map((hold, at) => {
      const client = at % 2 === 0 ? second.test : test;
      return client.post(`/v1/authorizations/${hold.id}/commit`);
    });
    for (const { status } of await Promise.all(commits)) expect(status).toBe(200);
    expect(await purchasesOf(id)).toEqual(['5000']);
    const { under_way: topup } = await ruleOf(id);
    await Promise.all([1, 2, 3].map(() => record(topup, 'succeeded')));
    expect((await balanceOf(test, id)).posted).toBe('5000');
    expect(await purchasesOf(id)).toEqual(['5000']);
    expect(await eventsOf(id, 'topup.succeeded')).toHaveLength(1);
  });

  it('backs off after a decline, is suspended after three, and is enabled again', async () => {
    const id = await openAccount(test);
    let rule = await put(id);
    for (let declines = 1; declines <= 3; declines += 1) {
      await record(rule.under_way, 'failed');
      rule = await ruleOf(id);
      expect(rule).toMatchObject({ declines, under_way: null });
      if (declines === 3) break;
      expect(rule.next_attempt_at).not.toBeNull();
      expect(await eventsOf(id, 'topup.failed')).toHaveLength(declines);
      await test.post('/v1/test-clock/advance', { seconds: HOUR });
      // Whoever meets the account first lets it try again.
      expectProblem(await test.post('/v1/charges', { account: id, amount: '1' }), 402, 'insufficient_credits');
      rule = await ruleOf(id);
      expect(rule.next_attempt_at).toBeNull();
      expect(rule.under_way).not.toBeNull();
    }
    expect(rule).toMatchObject({ status: 'suspended', next_attempt_at: null });
    expect(await eventsOf(id, 'topup.suspended')).toHaveLength(1);
    expect((await test.get(`/v1/accounts/${id}`)).body).toMatchObject({ auto_topup: 'suspended' });
    expect(await pagesOf(test, '/v1/accounts?auto_topup=suspended', 10)).toEqual([[id]]);
    expect((await pagesOf(test, '/v1/accounts?auto_topup=active', 100)).flat()).not.toContain(id);
    expect(await put(id)).toMatchObject({ status: 'active', declines: 0, under_way: expect.stringMatching(/^top_/) });
    expect(await purchasesOf(id)).toHaveLength(4);
  });

  it('buys no more than its cap allows for, and says so once', async () => {
    const id = await openAccount(test);
    let rule = await put(id, { ...RULE, max_per_period: { period: 'month', count: 2 } });
    for (let paid = 0; paid < 2; paid += 1) {
      await record(rule.under_way, 'succeeded');
      await charge(test, id, (await balanceOf(test, id)).available);
      rule = await ruleOf(id);
    }
    expect(rule).toMatchObject({ status: 'active', under_way: null, next_attempt_at: expect.stringMatching(/-01T00/) });
    expect(await purchasesOf(id)).toEqual(['100', '100']);
    expect(await eventsOf(id, 'topup.cap_reached')).toMatchObject([
      { data: { cap: 'count', limit: '2', bought: '2' } },
    ]);
  });
});
