import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { balanceOf, charge, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { makePlan } from '../support/plan-steps.ts';
import { chatPrices, makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const DAY = 24 * 60 * 60;
const UNKNOWN = `plan_${'0'.repeat(26)}`;

let service: TestService;
let test: ApiClient;
beforeAll(async () => {
  service = await startTestService();
  ({ test } = service);
});
afterAll(() => service.stop());

function plan(amount: string, terms: Readonly<Record<string, unknown>> = {}) {
  return makePlan(test, { recurring_grants: [{ name: 'allowance', amount, interval: 'day', every: 4 }], ...terms });
}

async function put(account: string, body: Readonly<Record<string, unknown>>) {
  const answer = await test.put(`/v1/accounts/${account}/plan`, body);
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
  return answer.body as { readonly plan: unknown; readonly next: unknown };
}

async function pass(days: number): Promise<void> {
  expect((await test.post('/v1/test-clock/advance', { seconds: days * DAY })).status).toBe(200);
}

async function available(account: string): Promise<string> {
  return (await balanceOf(test, account)).available;
}

async function changesOf(account: string): Promise<unknown[]> {
  const { body } = await test.get(`/v1/events?account=${account}&type=plan.changed`);
  return (body as { data: { data: unknown }[] }).data.map(({ data }) => data);
}

describe('an account on a plan', () => {
  it('has what the plan brings, by one call, and keeps what it had of its own for later', async () => {
    const { id: card } = await makeRateCard(test, { prices: chatPrices('1', '2') });
    const pro = await plan('100', {
      budgets: [{ name: 'day', amount: '50', period: 'day' }],
      rate_card: card,
      overdraft_limit: '10',
      alerts: { percent: [90] },
    });
    const account = await openAccount(test, { credits: '5' });
    const made = await test.put(`/v1/accounts/${account}/plan`, { plan: pro.id });
    expect(made).toMatchObject({ status: 200, body: { plan: { id: pro.id, version: 1 }, next: null } });
    expect((await test.get(`/v1/accounts/${account}/plan`)).text).toBe(made.text);
    expect(await available(account)).toBe('105');
    const path = `/v1/accounts/${account}`;
    expect((await test.get(path)).body).toMatchObject({ plan: pro.id, rate_card: card, overdraft_limit: '10' });
    expect(await pagesOf(test, `/v1/accounts?plan=${pro.id}`, 10)).toEqual([[account]]);
    expect((await test.get(`${path}/budgets`)).body).toMatchObject({ data: [{ name: 'day', amount: '50' }] });
    expect((await test.get(`${path}/alerts`)).body).toMatchObject({ percent: [90] });
    expect((await test.get(`${path}/plan`)).body).toMatchObject({ account, plan: { name: 'Pro', rate_card: card } });

    expect((await test.send({ method: 'DELETE', path: `${path}/plan` })).body).toEqual({
      account,
      plan: null,
      next: null,
    });
    expect((await test.get(path)).body).toMatchObject({ plan: null, rate_card: null, overdraft_limit: '0' });
    expect((await pagesOf(test, `/v1/accounts?plan=${pro.id}`, 10)).flat()).toEqual([]);
    expect((await test.get(`${path}/budgets`)).body).toMatchObject({ data: [] });
    expect(await available(account)).toBe('105');
    expect(await changesOf(account)).toMatchObject([
      { plan: null, previous: pro.id },
      { plan: pro.id, name: 'Pro', version: 1, previous: null, taken_back: '0', granted: '0' },
    ]);
    const log = (await test.get('/v1/audit-log')).body as { readonly data: readonly unknown[] };
    expect(log.data[0]).toMatchObject({ object: account, before: { plan: { plan: pro.id } }, after: { plan: null } });
  });

  it('is upgraded in the middle of a period, and downgraded at its end', async () => {
    const [starter, pro] = [await plan('1000'), await plan('2000')];
    const account = await openAccount(test);
    await put(account, { plan: starter.id });
    await charge(test, account, '300');
    await pass(2);
    await put(account, { plan: pro.id, prorate: true });
    const [upgrade] = (await changesOf(account)) as { taken_back: string; granted: string }[];
    // Half of the period is left, but for the seconds that the test takes.
    expect(Number(upgrade?.taken_back)).toBeCloseTo(500, -1);
    expect(Number(upgrade?.granted)).toBeCloseTo(1000, -1);
    expect(Number(await available(account))).toBeCloseTo(1200, -1);
    expect(await put(account, { plan: starter.id, effective: 'next_period' })).toMatchObject({
      plan: { id: pro.id },
      next: { plan: starter.id },
    });
    await pass(2);
    expect(await available(account)).toBe('1000');
    expect((await test.get(`/v1/accounts/${account}/plan`)).body).toMatchObject({
      plan: { id: starter.id },
      next: null,
    });
    await put(account, { plan: null, effective: 'next_period' });
    await pass(4);
    expect(await available(account)).toBe('0');
  });

  it('takes a change of its plan with its next period, where that is said, and else keeps what it has', async () => {
    const starter = await plan('1000');
    const account = await openAccount(test);
    await put(account, { plan: starter.id });
    const path = `/v1/plans/${starter.id}`;
    const grants = (amount: string) => [{ name: 'allowance', amount, interval: 'day', every: 4 }];
    await test.patch(path, { recurring_grants: grants('1200') });
    await pass(4);
    expect(await available(account)).toBe('1000');
    const applied = await test.patch(path, { name: 'More', apply: 'existing_from_next_period' });
    expect(applied).toMatchObject({ status: 200, body: { version: 3 } });
    expect(await available(account)).toBe('1000');
    await pass(4);
    expect(await available(account)).toBe('1200');
    expect((await test.get(`/v1/accounts/${account}/plan`)).body).toMatchObject({ plan: { name: 'More', version: 3 } });
    await charge(test, account, '1');
    expect(await changesOf(account)).toMatchObject([
      { plan: starter.id, previous: starter.id, version: 3 },
      { plan: starter.id, previous: null, version: 1 },
    ]);
  });

  it('keeps what was bought, and pays with its allowance first', async () => {
    const starter = await plan('100');
    const account = await openAccount(test);
    await grantCredits(test, account, '40');
    await put(account, { plan: starter.id });
    await charge(test, account, '110');
    expect(await available(account)).toBe('30');
    await pass(4);
    expect(await available(account)).toBe('130');
  });
});

describe('putting an account on a plan', () => {
  it('is refused for what there isn’t, and with all faults at once', async () => {
    const { id } = await plan('1');
    const account = await openAccount(test);
    const path = `/v1/accounts/${account}/plan`;
    expectProblem(await test.put(path, { plan: UNKNOWN }), 404, 'plan_not_found');
    expectProblem(await service.live.put(path, { plan: id }), 404, 'plan_not_found');
    expectProblem(await test.put('/v1/accounts/nobody/plan', { plan: id }), 404, 'account_not_found');
    expectProblem(await test.get('/v1/accounts/nobody/plan'), 404, 'account_not_found');
    expectFaults(await test.put(path, { plan: 'pro', effective: 'soon', prorate: 'yes' }), [
      'plan',
      'effective',
      'prorate',
    ]);
    expectFaults(await test.put(path, {}), ['plan']);
    expectFaults(await test.put(path, { plan: id, effective: 'next_period', prorate: true }), ['prorate']);
    const { id: card } = await makeRateCard(test, { unit: 'tokens' });
    const { id: priced } = await makePlan(test, { rate_card: card });
    expectProblem(await test.put(path, { plan: priced }), 422, 'unit_mismatch');
    await test.post(`/v1/rate-cards/${card}/archive`);
    expectProblem(await test.put(path, { plan: priced }), 409, 'rate_card_archived');
    await test.post(`/v1/accounts/${account}/close`, {});
    expectProblem(await test.put(path, { plan: id }), 402, 'account_closed');
  });

  it('is refused to apply to periods that a plan doesn’t have', async () => {
    const { id } = await makePlan(test);
    expectFaults(await test.patch(`/v1/plans/${id}`, { name: 'x', apply: 'existing_from_next_period' }), ['apply']);
  });
});
