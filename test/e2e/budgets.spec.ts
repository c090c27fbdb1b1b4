import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../support/api-client.ts';
import { makeKey } from '../support/access-steps.ts';
import { makeBudget, readBudget } from '../support/budget-steps.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, charge, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const path = (account: string, budget = ''): string => `/v1/accounts/${account}/budgets${budget && `/${budget}`}`;
const remove = (account: string, budget: string) =>
  service.live.send({ method: 'DELETE', path: path(account, budget) });
const LATER = '2099-01-01T00:00:00.000Z';

describe('a budget', () => {
  it('is shown with all that was said of it, and its current window', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const body = {
      name: 'red-team',
      amount: '50.0',
      expected: '30',
      period: 'month',
      mode: 'soft',
      scope: { 'tag.team': ['red', 'blue'], model: 'gpt-5' },
      thresholds: [100, 80],
      time_zone: 'Europe/Berlin',
      anchor: '2026-01-31T12:00:00Z',
      until: LATER,
      owner: 'customer',
    };
    const made = await service.live.post(path(account), body);
    expect(made).toMatchObject({ status: 201 });
    expect(made.body).toEqual({
      id: expect.stringMatching(/^bud_/),
      account,
      ...body,
      amount: '50',
      per: null,
      scope: { model: ['gpt-5'], team: ['blue', 'red'] },
      thresholds: [80, 100],
      anchor: '2026-01-31T12:00:00.000Z',
      raise: null,
      inherited: false,
      created_at: expect.any(String),
      windows: [
        {
          value: null,
          start: expect.any(String),
          resets_at: expect.any(String),
          spent: '0',
          held: '0',
          remaining: '50',
        },
      ],
    });
    expect(await readBudget(service.live, account, 'red-team')).toEqual(made.body);
    const { id } = made.body as { id: string };
    expect(await readBudget(service.live, account, id)).toEqual(made.body);
  });

  it('counts from its creation, and shows what is spent and held', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    await charge(service.live, account, '10');
    await makeBudget(service.live, account, 'day', { amount: '50' });
    await charge(service.live, account, '7.5');
    await authorize(service.live, account, '2');
    const { windows } = await readBudget(service.live, account, 'day');
    expect(windows).toMatchObject([{ value: null, spent: '7.5', held: '2', remaining: '40.5' }]);
  });

  it('is made once: again with the same body it is returned, with another it is refused', async () => {
    const account = await openAccount(service.live);
    const body = { name: 'day', amount: '10', period: 'day', scope: { team: ['a', 'b'], user: 'u' } };
    const made = await service.live.post(path(account), body);
    expect(made.status).toBe(201);
    const same = { ...body, amount: '10.00', scope: { user: ['u'], 'tag.team': ['b', 'a'] }, mode: null };
    const again = await service.live.post(path(account), same);
    expect(again).toMatchObject({ status: 200, body: made.body as object });
    const differs = await service.live.post(path(account), { ...body, amount: '11', per: 'user' });
    expectProblem(differs, 409, 'budget_exists');
    expect(differs.body).toMatchObject({ errors: [{ field: 'amount' }, { field: 'per' }] });
  });

  it('is answered again under an idempotency key, and not made twice', async () => {
    const account = await openAccount(service.live);
    const body = { name: 'day', amount: '10', period: 'day' };
    const made = await service.live.post(path(account), body, { key: 'budget' });
    const again = await service.live.post(path(account), body, { key: 'budget' });
    expect(again).toMatchObject({ status: 201, text: made.text, headers: { 'idempotency-replayed': 'true' } });
    const other = await service.live.post(path(account), { ...body, amount: '11' }, { key: 'budget' });
    expectProblem(other, 422, 'idempotency_key_reused');
  });

  it('is changed field by field, and goes on', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const { id } = await makeBudget(service.live, account, 'day', { per: 'user', expected: '5', scope: { team: 'a' } });
    const { status, body } = await service.live.patch(path(account, id), {
      amount: '20',
      per: null,
      expected: null,
      scope: null,
      mode: null,
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { id, amount: '20', per: null, expected: null, scope: {}, mode: 'hard', thresholds: [50, 75, 90, 100] },
    });
    await charge(service.live, account, '5');
    await service.live.patch(path(account, 'day'), { amount: '30' });
    expect(await readBudget(service.live, account, 'day')).toMatchObject({
      amount: '30',
      windows: [{ spent: '5', remaining: '25' }],
    });
  });

  it('is taken away, and made again it goes on with what was spent', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    await makeBudget(service.live, account, 'day', { amount: '10' });
    await charge(service.live, account, '6');
    expect(await remove(account, 'day')).toMatchObject({
      status: 200,
      body: { name: 'day', windows: [{ spent: '6' }] },
    });
    expectProblem(await remove(account, 'day'), 404, 'budget_not_found');
    expectProblem(await service.live.get(path(account, 'day')), 404, 'budget_not_found');
    await charge(service.live, account, '20');
    const made = await makeBudget(service.live, account, 'day', { amount: '10' });
    expect(made.windows).toMatchObject([{ spent: '6', remaining: '4' }]);
  });

  it('is one of at most 50, listed page by page, the newest first', async () => {
    const account = await openAccount(service.live);
    for (let at = 0; at < 50; at += 1) await makeBudget(service.live, account, `b${String(at)}`);
    const one = await service.live.post(path(account), { name: 'more', amount: '1', period: 'day' });
    expectProblem(one, 409, 'too_many_budgets');
    expect(one.body).toMatchObject({ account, limit: 50 });
    const pages = await pagesOf(service.live, path(account), 20);
    expect(pages.map((page) => page.length)).toEqual([20, 20, 10]);
    expect(new Set(pages.flat()).size).toBe(50);
    expect(pages.flat()).toEqual(pages.flat().toSorted().toReversed());
  });

  it('of each user shows the users with the most spent and held, and any user that is asked for', async () => {
    const account = await openAccount(service.live, { credits: '1000' });
    await makeBudget(service.live, account, 'user', { amount: '10', per: 'tag.user' });
    for (let at = 1; at <= 22; at += 1) {
      const tags = { user: `u${String(at)}` };
      await service.live.post('/v1/charges', { account, amount: (at / 4).toFixed(2), tags });
    }
    await service.live.post('/v1/authorizations', { account, amount: '6' });
    const { windows } = await readBudget(service.live, account, 'user');
    expect(windows).toHaveLength(20);
    expect(windows.slice(0, 2)).toMatchObject([
      { value: '(none)', spent: '0', held: '6', remaining: '4' },
      { value: 'u22', spent: '5.5', held: '0', remaining: '4.5' },
    ]);
    const first = await readBudget(service.live, account, 'user?value=u1');
    expect(first.windows).toMatchObject([{ value: 'u1', spent: '0.25', remaining: '9.75' }]);
    const nobody = await readBudget(service.live, account, 'user?value=nobody');
    expect(nobody.windows).toEqual([{ ...first.windows[0], value: 'nobody', spent: '0', remaining: '10' }]);
  });
});

describe('a raise', () => {
  it('holds until its end, is replaced by another, and can be ended', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    await makeBudget(service.live, account, 'day', { amount: '10' });
    const raise = { amount: '30', until: LATER, reason: 'Launch' };
    const raised = await service.live.post(path(account, 'day/raise'), raise);
    expect(raised).toMatchObject({ status: 200, body: { amount: '10', raise, windows: [{ remaining: '30' }] } });
    await service.live.post(path(account, 'day/raise'), { ...raise, amount: '40' });
    expect(await readBudget(service.live, account, 'day')).toMatchObject({ raise: { amount: '40' } });
    expect(await remove(account, 'day/raise')).toMatchObject({ status: 200, body: { raise: null } });
    expectProblem(await service.live.post(path(account, 'month/raise'), raise), 404, 'budget_not_found');
  });

  it('is audited, with its reason', async () => {
    const account = await openAccount(service.live);
    await makeBudget(service.live, account, 'day');
    await service.live.post(path(account, 'day/raise'), { amount: '30', until: LATER, reason: 'Launch' });
    const { body } = await service.live.get(`/v1/audit-log?object=${account}&limit=1`);
    expect(body).toMatchObject({
      data: [
        {
          call: 'POST /v1/accounts/{id}/budgets/{budget}/raise',
          before: { budgets: [{ name: 'day', raise: null }] },
          after: { budgets: [{ name: 'day', raise: { amount: '30', until: LATER, reason: 'Launch' } }] },
        },
      ],
    });
  });
});

describe('a request about budgets', () => {
  it('is told all of its faults at once', async () => {
    const account = await openAccount(service.live);
    const bad = {
      name: 'two words',
      amount: 5,
      period: 'year',
      mode: 'firm',
      scope: { team: [], user: ['a', 'a'], 'tag.user': 'a', model: 7 },
      per: '',
      expected: '0',
      thresholds: [50, 50],
      time_zone: 'Mars/Base',
      anchor: 'yesterday',
      until: '2020-01-01T00:00:00Z',
      owner: 'nobody',
      color: 'red',
    };
    const fields = [
      'name',
      'amount',
      'period',
      'mode',
      'scope.team',
      'scope.user',
      'scope.tag.user',
      'scope.model',
      'per',
      'expected',
      'thresholds',
      'time_zone',
      'anchor',
      'until',
      'owner',
      'color',
    ];
    expectFaults(await service.live.post(path(account), bad), fields);
  });

  it.each([
    ['name', {}],
    ['name', { name: '.' }],
    ['name', { name: 'x'.repeat(65) }],
    ['amount', { amount: '-1' }],
    ['amount', { amount: null }],
    ['scope', { scope: [] }],
    ['scope', { scope: { '': 'a' } }],
    ['scope', { scope: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`t${String(at)}`, 'a'])) }],
    ['scope.team', { scope: { team: 'x'.repeat(257) } }],
    ['scope.team', { scope: { team: Array.from({ length: 101 }, String) } }],
    ['thresholds', { thresholds: [1001] }],
    ['thresholds', { thresholds: [1.5] }],
    ['thresholds', { thresholds: Array.from({ length: 21 }, (_, at) => at + 1) }],
    ['anchor', { period: 'total', anchor: '2026-01-01T00:00:00Z' }],
  ])('has a fault at %s', async (field, wrong) => {
    const account = await openAccount(service.live);
    const body = { ...(field === 'name' ? {} : { name: 'day' }), amount: '1', period: 'day', ...wrong };
    expectFaults(await service.live.post(path(account), body), [field]);
  });

  it('to change or raise one is checked as well', async () => {
    const account = await openAccount(service.live);
    await makeBudget(service.live, account, 'day');
    const changed = await service.live.patch(path(account, 'day'), { name: 'week', amount: 'much', per: 3 });
    expectFaults(changed, ['amount', 'name', 'per']);
    const raised = await service.live.post(path(account, 'day/raise'), { until: '2020-01-01T00:00:00Z' });
    expectFaults(raised, ['amount', 'reason', 'until']);
    const read = await service.live.get(path(account, 'day?user=u'));
    expectFaults(read, ['user']);
  });

  it('finds no account that isn’t there, and changes no closed one', async () => {
    const body = { name: 'day', amount: '1', period: 'day' };
    expectProblem(await service.live.post(path('nobody'), body), 404, 'account_not_found');
    expectProblem(await service.live.get(path('nobody')), 404, 'account_not_found');
    expectProblem(await service.live.get(path('nobody', 'day')), 404, 'account_not_found');
    const account = await openAccount(service.live);
    await makeBudget(service.live, account, 'day');
    await service.live.post(`/v1/accounts/${account}/close`);
    expectProblem(await service.live.post(path(account), body), 402, 'account_closed');
    expectProblem(await remove(account, 'day'), 402, 'account_closed');
  });

  it('of a key that is bound to the account may read them, and not change them', async () => {
    const account = await openAccount(service.live);
    await makeBudget(service.live, account, 'day', { owner: 'customer' });
    const { key } = await makeKey(service.live, { scopes: ['read', 'authorize'], account });
    const customer = new ApiClient(service.url, key);
    expect(await customer.get(path(account))).toMatchObject({ status: 200, body: { data: [{ name: 'day' }] } });
    expect((await customer.patch(path(account, 'day'), { amount: '1' })).status).toBe(403);
    const other = await openAccount(service.live);
    expectProblem(await customer.get(path(other)), 404, 'account_not_found');
    await customer.close();
  });
});
