import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/api-client.ts';
import { makeBudget, readBudget } from '../support/budget-steps.ts';
import { expectAuthorization, expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';

let service: TestService;
let second: TestInstance;
beforeAll(async () => {
  service = await startTestService();
  second = await service.startAnother();
});
afterAll(() => service.stop());

type Tags = Readonly<Record<string, string>>;

let account: string;
beforeEach(async () => {
  account = await openAccount(service.live, { credits: '1000' });
});

const spend = (amount: string, tags: Tags = {}, terms = {}): Promise<Answer> =>
  service.live.post('/v1/charges', { account, amount, tags, ...terms });
const hold = (amount: string, tags: Tags = {}, terms = {}): Promise<Answer> =>
  service.live.post('/v1/authorizations', { account, amount, tags, ...terms });

async function held(amount: string, tags: Tags = {}, terms = {}): Promise<string> {
  return expectAuthorization(await hold(amount, tags, terms), 201).id;
}

describe('a hard budget', () => {
  it('declines what it has no room for, and says why', async () => {
    const { id } = await makeBudget(service.live, account, 'day', { amount: '10' });
    await spend('4');
    await held('3');
    const declined = await hold('5', {}, {});
    expectProblem(declined, 402, 'budget_exceeded');
    expect(declined.body).toMatchObject({
      account,
      budget: id,
      name: 'day',
      value: null,
      required: '5',
      limit: '10',
      spent: '4',
      held: '3',
      retry_after: expect.any(Number),
    });
    const { retry_after } = declined.body as { retry_after: number };
    expect(declined.headers['retry-after']).toBe(String(retry_after));
    const never = await hold('7');
    expectProblem(never, 402, 'budget_exceeded');
    expect(never.body).not.toHaveProperty('retry_after');
    await held('3');
  });

  it('is asked once under an idempotency key', async () => {
    await makeBudget(service.live, account, 'day', { amount: '1' });
    const body = { account, amount: '2' };
    const first = await service.live.post('/v1/authorizations', body, { key: 'declined' });
    expect(first).toMatchObject({ status: 402, headers: { 'purser-decline-final': 'true' } });
    await service.live.patch(`/v1/accounts/${account}/budgets/day`, { amount: '5' });
    const again = await service.live.post('/v1/authorizations', body, { key: 'declined' });
    expect(again).toMatchObject({ status: 402, text: first.text });
    expect((await service.live.post('/v1/authorizations', body, { key: 'anew' })).status).toBe(201);
  });

  it('never declines a commit: what it takes beyond its hold counts, and the next request is declined', async () => {
    await makeBudget(service.live, account, 'day', { amount: '10' });
    const id = await held('8');
    const commit = await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '12' });
    expect(commit).toMatchObject({ status: 200, body: { committed: '12' } });
    expect((await readBudget(service.live, account, 'day')).windows).toMatchObject([{ spent: '12', remaining: '0' }]);
    expectProblem(await hold('0.01'), 402, 'budget_exceeded');
    await service.live.post(`/v1/authorizations/${id}/refund`, { amount: '5' });
    expect((await readBudget(service.live, account, 'day')).windows).toMatchObject([{ spent: '7', remaining: '3' }]);
    await held('3');
  });

  it('counts again what is let go of', async () => {
    await makeBudget(service.live, account, 'day', { amount: '10' });
    const id = await held('10');
    expectProblem(await hold('1'), 402, 'budget_exceeded');
    expectProblem(await service.live.post(`/v1/authorizations/${id}/extend`, { amount: '1' }), 402, 'budget_exceeded');
    await service.live.post(`/v1/authorizations/${id}/void`);
    await held('10');
  });

  it('of a user leaves other users alone, and exempts nobody', async () => {
    await makeBudget(service.live, account, 'user', { amount: '10', per: 'user' });
    expect((await spend('10', { user: 'ann' })).status).toBe(201);
    const declined = await spend('1', { user: 'ann' });
    expect(declined.body).toMatchObject({ code: 'budget_exceeded', name: 'user', value: 'ann', spent: '10' });
    expect((await spend('10', { user: 'bob' })).status).toBe(201);
    expect((await spend('10')).status).toBe(201);
    expect((await spend('1')).body).toMatchObject({ code: 'budget_exceeded', value: '(none)' });
  });

  it('is one of several, of which the first that falls short is named', async () => {
    await makeBudget(service.live, account, 'all', { amount: '20' });
    await makeBudget(service.live, account, 'red', { amount: '10', scope: { team: ['red', 'blue'] } });
    await makeBudget(service.live, account, 'user', { amount: '6', per: 'user' });
    await makeBudget(service.live, account, 'gpt', { amount: '3', scope: { model: 'gpt-5' } });
    const usage = { event: 'chat.completed', model: 'gpt-5' };
    expect((await spend('4', { team: 'red', user: 'ann' }, { usage })).body).toMatchObject({ name: 'gpt' });
    expect((await spend('6', { team: 'red', user: 'ann' })).status).toBe(201);
    expect((await spend('1', { team: 'green', user: 'ann' })).body).toMatchObject({ name: 'user', value: 'ann' });
    expect((await spend('6', { team: 'blue', user: 'bob' })).body).toMatchObject({ name: 'red', spent: '6' });
    expect((await spend('21', { team: 'blue', user: 'bob' })).body).toMatchObject({ name: 'all' });
    expect((await spend('4', { team: 'blue', user: 'bob' })).status).toBe(201);
    const { windows } = await readBudget(service.live, account, 'all');
    expect(windows).toMatchObject([{ spent: '10', held: '0' }]);
  });

  it('counts the items of a batch against each other', async () => {
    await makeBudget(service.live, account, 'day', { amount: '10' });
    const item = { account, amount: '6' };
    const all = await service.live.post('/v1/authorizations/batch', { items: [item, item] });
    expectProblem(all, 402, 'budget_exceeded');
    const each = await service.live.post('/v1/authorizations/batch', { mode: 'independent', items: [item, item] });
    expect(each).toMatchObject({ status: 200, body: { items: [{ status: 201 }, { status: 402 }] } });
  });

  it('holds under concurrent requests of two processes', async () => {
    await makeBudget(service.live, account, 'day', { amount: '10' });
    await makeBudget(service.live, account, 'user', { amount: '3', per: 'user' });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        (at % 2 === 0 ? service : second).live.post('/v1/authorizations', {
          account,
          amount: '0.5',
          tags: { user: `u${String(at % 5)}` },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    for (const { status, body } of answers) if (status !== 201) expect(body).toMatchObject({ code: 'budget_exceeded' });
    const { windows } = await readBudget(service.live, account, 'day');
    expect(windows).toMatchObject([{ spent: '0', held: '10', remaining: '0' }]);
  });
});

describe('a soft budget', () => {
  it('declines nothing', async () => {
    await makeBudget(service.live, account, 'day', { amount: '10', mode: 'soft' });
    expect((await spend('25')).status).toBe(201);
    expect((await readBudget(service.live, account, 'day')).windows).toMatchObject([{ spent: '25', remaining: '0' }]);
  });
});

describe('a raise', () => {
  it('makes room until it is over', async () => {
    await makeBudget(service.live, account, 'day', { amount: '10' });
    await spend('10');
    expectProblem(await spend('5'), 402, 'budget_exceeded');
    await service.live.post(`/v1/accounts/${account}/budgets/day/raise`, {
      amount: '15',
      until: '2099-01-01T00:00:00Z',
      reason: 'Launch',
    });
    expect((await spend('5')).status).toBe(201);
    expect((await spend('1')).body).toMatchObject({ code: 'budget_exceeded', limit: '15', spent: '15' });
    await service.live.send({ method: 'DELETE', path: `/v1/accounts/${account}/budgets/day/raise` });
    expect((await spend('1')).body).toMatchObject({ code: 'budget_exceeded', limit: '10', spent: '15' });
  });
});
