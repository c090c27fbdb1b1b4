import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeBudget, readBudget } from '../support/budget-steps.ts';
import { eventually } from '../support/eventually.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { charge, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';

let service: TestService;
let second: TestInstance;
beforeAll(async () => {
  service = await startTestService();
  second = await service.startAnother();
});
afterAll(() => service.stop());

const put = (name: string, terms: Readonly<Record<string, unknown>> = {}, client = service.live) =>
  client.put(`/v1/budgets/${name}`, { amount: '10', period: 'day', ...terms });
const remove = (name: string) => service.live.send({ method: 'DELETE', path: `/v1/budgets/${name}` });
const spend = (client: TestInstance['live'], account: string, amount: string, user = 'u') =>
  client.post('/v1/charges', { account, amount, tags: { user } });

describe('a budget that every account has', () => {
  it('is each account’s own, in this process at once and in others within a second', async () => {
    const [one, other] = [
      await openAccount(service.live, { credits: '100' }),
      await openAccount(service.live, { credits: '100' }),
    ];
    await charge(second.live, one, '1');
    expect(await put('each')).toMatchObject({ status: 201, body: { name: 'each', amount: '10', mode: 'hard' } });
    expectProblem(await spend(service.live, one, '11'), 402, 'budget_exceeded');
    expect((await spend(service.live, one, '10')).status).toBe(201);
    expect((await spend(service.live, other, '10')).status).toBe(201);
    await eventually(
      'the other process knows it',
      async () => (await spend(second.live, other, '0.01')).status === 402,
    );
    await remove('each');
    expect((await spend(service.live, one, '11')).status).toBe(201);
    await eventually('it is gone there too', async () => (await spend(second.live, other, '0.01')).status === 201);
  });

  it('keeps its id when it is replaced, and goes on', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const made = await put('replaced');
    await charge(service.live, account, '7');
    const again = await put('replaced', { amount: '20', mode: 'soft' });
    const { id, created_at } = made.body as { id: string; created_at: string };
    expect(again).toMatchObject({ status: 200, body: { id, created_at, amount: '20', mode: 'soft' } });
    expect(await readBudget(service.live, account, 'replaced')).toMatchObject({
      inherited: true,
      windows: [{ spent: '7', remaining: '13' }],
    });
    expect(await readBudget(service.live, account, id)).toMatchObject({ name: 'replaced' });
    await remove('replaced');
  });

  it('gives way to an account’s own of the same name, and is changed for no single account', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    await put('own', { per: 'user' });
    const changed = await service.live.patch(`/v1/accounts/${account}/budgets/own`, { amount: '50' });
    expect(expectProblem(changed, 404, 'budget_not_found').detail).toContain('PUT /v1/budgets/{name}');
    await makeBudget(service.live, account, 'own', { amount: '50', per: 'user' });
    expect((await spend(service.live, account, '40')).status).toBe(201);
    const { data } = (await service.live.get(`/v1/accounts/${account}/budgets`)).body as { data: unknown[] };
    expect(data).toMatchObject([
      { name: 'own', amount: '50', inherited: false, windows: [{ value: 'u', spent: '40' }] },
    ]);
    await remove('own');
  });

  it('is one of 50 at most, listed page by page, and belongs to its environment', async () => {
    for (let at = 0; at < 50; at += 1) expect((await put(`b${String(at)}`)).status).toBe(201);
    expectProblem(await put('more'), 409, 'too_many_budgets');
    const pages = await pagesOf(service.live, '/v1/budgets', 30);
    expect(pages.map(({ length }) => length)).toEqual([30, 20]);
    expect((await service.test.get('/v1/budgets')).body).toEqual({ data: [], next_cursor: null });
    expectProblem(await service.test.get('/v1/budgets/b1'), 404, 'budget_not_found');
    for (let at = 0; at < 50; at += 1) await remove(`b${String(at)}`);
  });

  it('is checked like any, and found only where it is', async () => {
    expectFaults(await put('x', { amount: '-1', period: 'year', owner: 'customer', color: 'red' }), [
      'amount',
      'period',
      'owner',
      'color',
    ]);
    expectFaults(await put('two%20words'), ['name']);
    expectFaults(await put('x', { period: 'total', anchor: '2026-01-01T00:00:00Z' }), ['anchor']);
    expectProblem(await service.live.get('/v1/budgets/nothing'), 404, 'budget_not_found');
    expectProblem(await remove('nothing'), 404, 'budget_not_found');
  });

  it('stands in the audit log', async () => {
    const { body } = await put('audited');
    await put('audited', { amount: '20' });
    await put('audited', { amount: '20.0' });
    await remove('audited');
    const { id } = body as { id: string };
    const log = (await service.live.get(`/v1/audit-log?object=${id}`)).body as { data: unknown[] };
    expect(log.data).toMatchObject([
      { call: 'DELETE /v1/budgets/{name}', before: { amount: '20' }, after: null },
      { call: 'PUT /v1/budgets/{name}', before: { amount: '10' }, after: { amount: '20' } },
      { call: 'PUT /v1/budgets/{name}', before: null, after: { name: 'audited', amount: '10' } },
    ]);
  });
});
