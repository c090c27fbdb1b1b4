import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { pagesOf } from '../support/ledger-steps.ts';
import { makePlan } from '../support/plan-steps.ts';
import { makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/plans';
const UNKNOWN = `plan_${'0'.repeat(26)}`;
const NO_CARD = `rate_${'0'.repeat(26)}`;
const ALLOWANCE = { name: 'allowance', amount: '1000.50', interval: 'month' };

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('a plan', () => {
  it('is made with its defaults, and shown as it was answered', async () => {
    const { id: card } = await makeRateCard(service.live);
    const made = await makePlan(service.live, {
      name: 'Pro',
      recurring_grants: [
        { ...ALLOWANCE, rollover: { max: '500', percent: 50 }, price: '20.00', currency: 'usd', expires: null },
        { name: 'daily', amount: '5', interval: 'day', every: 2, time_zone: 'Europe/Berlin', expires: 3600 },
        {
          ...{ name: 'calendar', amount: '7', interval: 'month', anchor: '2026-01-01T00:00:00+01:00' },
          ...{ category: 'promotional', prorate_first: true },
        },
      ],
      budgets: [{ name: 'month', amount: '100', period: 'month', scope: { team: 'red' }, thresholds: [90, 50] }],
      rate_card: card,
      overdraft_limit: '10.0',
      alerts: { percent: [90, 50] },
    });
    expect(made).toEqual({
      id: expect.stringMatching(/^plan_/),
      name: 'Pro',
      version: 1,
      recurring_grants: [
        {
          ...{ name: 'allowance', amount: '1000.5', interval: 'month', every: 1, time_zone: null, priority: 50 },
          ...{ expires: 'end_of_period', rollover: { max: '500', percent: '50', periods: null }, scope: null },
          ...{ price: '20', currency: 'USD', anchor: null, category: 'included', prorate_first: false },
        },
        {
          ...{ name: 'daily', amount: '5', interval: 'day', every: 2, time_zone: 'Europe/Berlin', priority: 50 },
          ...{ expires: 3600, rollover: null, scope: null, price: null, currency: null },
          ...{ anchor: null, category: 'included', prorate_first: false },
        },
        {
          ...{ name: 'calendar', amount: '7', interval: 'month', every: 1, time_zone: null, priority: 50 },
          ...{ expires: 'end_of_period', rollover: null, scope: null, price: null, currency: null },
          ...{ anchor: '2025-12-31T23:00:00.000Z', category: 'promotional', prorate_first: true },
        },
      ],
      budgets: [
        {
          ...{ name: 'month', amount: '100', expected: null, period: 'month', time_zone: null, mode: 'hard' },
          ...{ scope: { team: ['red'] }, per: null, thresholds: [50, 90] },
        },
      ],
      rate_card: card,
      overdraft_limit: '10',
      alerts: { percent: [50, 90], remaining: null },
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await service.live.get(`${PATH}/${made.id}`)).body).toEqual(made);
  });

  it('is made once per idempotency key', async () => {
    const first = await service.live.post(PATH, { name: 'Once' }, { key: 'a-plan' });
    const again = await service.live.post(PATH, { name: 'Once' }, { key: 'a-plan' });
    expect(first.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expectProblem(await service.live.post(PATH, { name: 'Twice' }, { key: 'a-plan' }), 422, 'idempotency_key_reused');
  });

  it('is refused with all of its faults', async () => {
    expectFaults(
      await service.live.post(PATH, {
        name: '',
        recurring_grants: [
          { name: 'a b', amount: '0', interval: 'fortnight', every: 0, expires: 'soon', rollover: { percent: '101' } },
          { amount: '1', interval: 'day', color: 'red' },
        ],
        budgets: [{ name: 'x', amount: '-1', anchor: '2026-01-01T00:00:00Z' }],
        rate_card: 'ours',
      }),
      [
        'name',
        'recurring_grants.0.name',
        'recurring_grants.0.amount',
        'recurring_grants.0.interval',
        'recurring_grants.0.every',
        'recurring_grants.0.expires',
        'recurring_grants.0.rollover.percent',
        'recurring_grants.1.color',
        'recurring_grants.1.name',
        'budgets.0.anchor',
        'budgets.0.amount',
        'budgets.0.period',
        'rate_card',
      ],
    );
    expectFaults(await service.live.post(PATH, { name: 'x', recurring_grants: [ALLOWANCE, ALLOWANCE] }), [
      'recurring_grants',
    ]);
    const mismatched = [
      { ...ALLOWANCE, price: '1' },
      { ...ALLOWANCE, name: 'b', currency: 'EUR', expires: 'never', rollover: {} },
    ];
    expectFaults(await service.live.post(PATH, { name: 'x', recurring_grants: mismatched }), [
      'recurring_grants.0.currency',
      'recurring_grants.1.price',
      'recurring_grants.1.rollover',
    ]);
  });

  it('names a rate card that accounts can get', async () => {
    expectProblem(await service.live.post(PATH, { name: 'x', rate_card: NO_CARD }), 404, 'rate_card_not_found');
    const { id: costs } = await makeRateCard(service.live, { unit: 'USD', purpose: 'cost' });
    expectProblem(await service.live.post(PATH, { name: 'x', rate_card: costs }), 422, 'rate_card_purpose_differs');
    const { id } = await makePlan(service.live);
    expectProblem(await service.live.patch(`${PATH}/${id}`, { rate_card: NO_CARD }), 404, 'rate_card_not_found');
  });

  it('is changed in what is given, and stays in the rest', async () => {
    const made = await makePlan(service.live, { recurring_grants: [ALLOWANCE], overdraft_limit: '5' });
    const renamed = await service.live.patch(`${PATH}/${made.id}`, { name: 'Max', overdraft_limit: null });
    expect(renamed).toMatchObject({
      status: 200,
      body: { id: made.id, name: 'Max', version: 2, recurring_grants: made.recurring_grants, overdraft_limit: null },
    });
    const same = await service.live.patch(`${PATH}/${made.id}`, { name: 'Max' });
    expect(same.body).toEqual(renamed.body);
    const emptied = await service.live.patch(`${PATH}/${made.id}`, { recurring_grants: [] });
    expect(emptied.body).toMatchObject({ version: 3, recurring_grants: [], name: 'Max' });
  });

  it('is its environment’s alone', async () => {
    const { id } = await makePlan(service.live);
    expectProblem(await service.test.get(`${PATH}/${id}`), 404, 'plan_not_found');
    expectProblem(await service.test.patch(`${PATH}/${id}`, { name: 'x' }), 404, 'plan_not_found');
    for (const unknown of [UNKNOWN, 'pro']) {
      expectProblem(await service.live.get(`${PATH}/${unknown}`), 404, 'plan_not_found');
    }
    const own = await makePlan(service.test, { name: 'Own' });
    expect((await service.test.get(PATH)).body).toMatchObject({ data: [own] });
  });

  it('is listed with the others, newest first, and each change stands in the audit log', async () => {
    const names = ['One', 'Two', 'Three'];
    const made = [];
    for (const name of names) made.push((await makePlan(service.live, { name })).id);
    const pages = await pagesOf(service.live, PATH, 2);
    expect(pages.flat().slice(0, 3)).toEqual(made.toReversed());
    const [id] = pages.flat();
    await service.live.patch(`${PATH}/${String(id)}`, { overdraft_limit: '7' });
    const log = (await service.live.get('/v1/audit-log')).body as { readonly data: readonly unknown[] };
    expect(log.data[0]).toMatchObject({
      object: id,
      before: { name: 'Three', version: 1, overdraft_limit: null },
      after: { name: 'Three', version: 2, overdraft_limit: '7' },
    });
  });
});
