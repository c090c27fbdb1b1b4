import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { makeKey } from '../support/access-steps.ts';
import { makeBudget, readBudget } from '../support/budget-steps.ts';
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

const RAISE = { amount: '30', until: '2099-01-01T00:00:00.000Z', reason: 'Launch week' };

interface RequestView {
  readonly id: string;
  readonly status: string;
}

const ask = (account: string, client = service.live, terms = {}): Promise<Answer> =>
  client.post(`/v1/accounts/${account}/budgets/day/raise-requests`, { ...RAISE, ...terms });
const decide = (id: string, decision: 'approve' | 'deny', body = {}, client = service.live) =>
  client.post(`/v1/raise-requests/${id}/${decision}`, body);

async function asked(account: string): Promise<string> {
  const { status, body } = await ask(account);
  expect(status).toBe(201);
  return (body as RequestView).id;
}

async function budgetedAccount(): Promise<string> {
  const account = await openAccount(service.live, { credits: '1000' });
  await makeBudget(service.live, account, 'day', { amount: '10' });
  return account;
}

describe('a request for a raise', () => {
  it('is asked for by a customer’s key, and decided by an operator', async () => {
    const account = await budgetedAccount();
    const { key, id: keyId } = await makeKey(service.live, { scopes: ['authorize', 'read'], account });
    const customer = new ApiClient(service.url, key);
    const made = await ask(account, customer);
    expect(made).toMatchObject({
      status: 201,
      body: {
        id: expect.stringMatching(/^raise_/),
        account,
        name: 'day',
        ...RAISE,
        status: 'pending',
        requested_by: keyId,
        decided_by: null,
        decided_at: null,
        denial: null,
      },
    });
    const { id } = made.body as RequestView;
    expectProblem(await decide(id, 'approve', {}, customer), 403, 'scope_missing');
    expect((await customer.get('/v1/raise-requests')).body).toMatchObject({ data: [made.body] });
    expect(await readBudget(service.live, account, 'day')).toMatchObject({ raise: null });

    const approved = await decide(id, 'approve');
    expect(approved).toMatchObject({ status: 200, body: { id, status: 'approved', decided_at: expect.any(String) } });
    expect(await readBudget(customer, account, 'day')).toMatchObject({ raise: RAISE, windows: [{ remaining: '30' }] });
    await charge(service.live, account, '30');

    const other = await openAccount(service.live);
    expectProblem(await ask(other, customer), 404, 'account_not_found');
    expectProblem(await customer.get(`/v1/raise-requests?account=${other}`), 404, 'account_not_found');
    await customer.close();
  });

  it('is decided once, and the same again is the same', async () => {
    const account = await budgetedAccount();
    const [one, two] = [await asked(account), await asked(account)];
    const approved = await decide(one, 'approve');
    expect(await decide(one, 'approve')).toMatchObject({ status: 200, body: approved.body as object });
    expectProblem(await decide(one, 'deny'), 409, 'raise_request_decided');
    const denied = await decide(two, 'deny', { reason: 'No' });
    expect(denied.body).toMatchObject({ status: 'denied', denial: 'No' });
    expect(await decide(two, 'deny', { reason: 'Never' })).toMatchObject({ status: 200, body: denied.body as object });
    expectFaults(
      await service.live.post(`/v1/raise-requests/${two}/deny`, {}, { headers: { 'idempotency-key': '' } }),
      ['Idempotency-Key'],
    );
    expectProblem(await decide(two, 'approve'), 409, 'raise_request_decided');
  });

  it('is decided once by many at once, in two processes', async () => {
    const account = await budgetedAccount();
    const id = await asked(account);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        decide(id, at % 2 === 0 ? 'approve' : 'deny', {}, at % 4 < 2 ? service.live : second.live),
      ),
    );
    const decided = answers.filter(({ status }) => status === 200).map(({ body }) => (body as RequestView).status);
    expect(new Set(decided).size).toBe(1);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const { raise } = await readBudget(service.live, account, 'day');
    expect(raise).toEqual(decided[0] === 'approved' ? RAISE : null);
    const events = await service.live.get(`/v1/events?account=${account}`);
    const { data } = events.body as { data: { type: string }[] };
    expect(data.filter(({ type }) => /^budget\.raise_(?:approved|denied)$/.test(type))).toHaveLength(1);
  });

  it('is asked for once under an idempotency key', async () => {
    const account = await budgetedAccount();
    const path = `/v1/accounts/${account}/budgets/day/raise-requests`;
    const first = await service.live.post(path, RAISE, { key: 'once' });
    const again = await service.live.post(path, RAISE, { key: 'once' });
    expect(again).toMatchObject({ status: 201, text: first.text });
    expect((await pagesOf(service.live, `/v1/raise-requests?account=${account}`, 10)).flat()).toHaveLength(1);
  });

  it('is listed, the newest first, by account and status', async () => {
    const account = await budgetedAccount();
    const ids = [await asked(account), await asked(account), await asked(account)];
    await decide(ids[1] ?? '', 'deny');
    const path = `/v1/raise-requests?account=${account}`;
    expect(await pagesOf(service.live, path, 2)).toEqual([[ids[2], ids[1]], [ids[0]]]);
    expect((await pagesOf(service.live, `${path}&status=pending`, 10)).flat()).toEqual([ids[2], ids[0]]);
    expect((await pagesOf(service.live, `${path}&status=approved`, 10)).flat()).toEqual([]);
    expectFaults(await service.live.get('/v1/raise-requests?status=open'), ['status']);
    expect((await service.test.get('/v1/raise-requests')).body).toEqual({ data: [], next_cursor: null });
  });

  it('ends with its budget', async () => {
    const account = await budgetedAccount();
    const id = await asked(account);
    await service.live.send({ method: 'DELETE', path: `/v1/accounts/${account}/budgets/day` });
    expectProblem(await decide(id, 'approve'), 409, 'raise_request_decided');
    const { body } = await service.live.get(`/v1/raise-requests?account=${account}`);
    expect(body).toMatchObject({ data: [{ id, status: 'canceled' }] });
  });

  it('is one of 20 that wait', async () => {
    const account = await budgetedAccount();
    for (let at = 0; at < 20; at += 1) await asked(account);
    const more = await ask(account);
    expectProblem(more, 409, 'too_many_raise_requests');
    expect(more.body).toMatchObject({ account, limit: 20 });
  });

  it('stands in the audit log at every step', async () => {
    const account = await budgetedAccount();
    const id = await asked(account);
    await decide(id, 'approve');
    const { body } = await service.live.get(`/v1/audit-log?object=${account}&limit=2`);
    const pending = [{ raise_request: id, name: 'day', ...RAISE }];
    expect(body).toMatchObject({
      data: [
        {
          call: 'POST /v1/raise-requests/{id}/approve',
          before: { raise_requests: pending, budgets: [{ raise: null }] },
          after: { budgets: [{ raise: RAISE }] },
        },
        { call: 'POST /v1/accounts/{id}/budgets/{budget}/raise-requests', after: { raise_requests: pending } },
      ],
    });
  });

  it('is checked, and found only in its environment', async () => {
    const account = await budgetedAccount();
    expectFaults(await ask(account, service.live, { amount: 7, until: 'soon', reason: '', color: 'red' }), [
      'amount',
      'until',
      'reason',
      'color',
    ]);
    const id = await asked(account);
    expectFaults(await decide(id, 'deny', { reason: 5 }), ['reason']);
    expectFaults(await decide(id, 'approve', { amount: '5' }), ['amount']);
    for (const unknown of [id.replace(/.$/, (last) => (last === '0' ? '1' : '0')), 'raise_1'])
      expectProblem(await decide(unknown, 'approve'), 404, 'raise_request_not_found');
    expectProblem(await decide(id, 'approve', {}, service.test), 404, 'raise_request_not_found');
    const none = await service.live.post(`/v1/accounts/${account}/budgets/week/raise-requests`, RAISE);
    expectProblem(none, 404, 'budget_not_found');
  });
});
