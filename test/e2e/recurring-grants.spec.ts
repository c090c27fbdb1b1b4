import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/api-client.ts';
import { expectFaults, expectGrants, expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const DAY_S = 24 * 60 * 60;

interface RecurringGrantView {
  readonly name: string;
  readonly status: string;
  readonly amount: string;
  readonly current_period: {
    readonly start: string;
    readonly end: string;
    readonly amount: string;
    readonly grant: string;
  } | null;
  readonly next_at: string | null;
}

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const pathOf = (account: string, name = 'plan'): string => `/v1/accounts/${account}/recurring-grants/${name}`;

function expectRecurring({ status, body }: Answer, expected: number): RecurringGrantView {
  expect({ status, body }).toEqual({ status: expected, body: expect.anything() });
  return body as RecurringGrantView;
}

async function put(account: string, body: object, status = 201): Promise<RecurringGrantView> {
  return expectRecurring(await service.test.put(pathOf(account), body), status);
}

describe('a recurring grant', () => {
  it('is granted at once, and shown with its running period; its grants name it', async () => {
    const account = await openAccount(service.test);
    const made = await put(account, { amount: '400', interval: 'month', rollover: { max: '500' } });
    expect(made).toMatchObject({
      name: 'plan',
      account,
      status: 'active',
      amount: '400',
      interval: 'month',
      every: 1,
      time_zone: 'UTC',
      category: 'included',
      priority: 50,
      expires: 'end_of_period',
      rollover: { max: '500', percent: null, periods: null },
      prorate_first: false,
      current_period: { amount: '400', end: made.next_at },
    });
    expect((await service.test.get(pathOf(account))).body).toEqual(made);
    expect((await service.test.get(`/v1/accounts/${account}/recurring-grants`)).body).toEqual({
      data: [made],
      next_cursor: null,
    });
    const grant = await service.test.get(`/v1/grants/${made.current_period?.grant ?? ''}`);
    expect(grant.body).toMatchObject({
      amount: '400',
      recurring_grant: { name: 'plan', period_end: made.next_at, periods: 1, rolled_over_from: null },
    });
    expect(await put(account, { amount: '400', interval: 'month', rollover: { max: '500' } }, 200)).toEqual(made);
  });

  it('is granted to whoever reads first, and rolls over', async () => {
    const account = await openAccount(service.test);
    await put(account, { amount: '10', interval: 'week', rollover: { percent: 50 } });
    expect(await service.test.post('/v1/test-clock/advance', { seconds: 8 * DAY_S })).toMatchObject({ status: 200 });
    const data = expectGrants(await service.test.get(`/v1/accounts/${account}/grants`));
    expect(data.map(({ amount, remaining }) => [amount, remaining])).toEqual([
      ['10', '10'],
      ['5', '5'],
      ['10', '0'],
    ]);
    const statement = await service.test.get(`/v1/accounts/${account}/transfers`);
    expect(statement.body).toMatchObject({
      data: [
        { kind: 'grant', amount: '10' },
        { kind: 'breakage', amount: '5' },
        {
          kind: 'rollover',
          amount: '5',
          debit_account: `grant:${data[2]?.id ?? ''}`,
          credit_account: `grant:${data[1]?.id ?? ''}`,
        },
        { kind: 'grant', amount: '10' },
      ],
    });
  });

  it('is paused, resumed and deleted', async () => {
    const account = await openAccount(service.test);
    await put(account, { amount: '10', interval: 'day' });
    const paused = await service.test.post(`${pathOf(account)}/pause`, {});
    expect(paused).toMatchObject({ status: 200, body: { status: 'paused', next_at: null } });
    const resumed = await service.test.post(`${pathOf(account)}/resume`, {});
    expect(resumed).toMatchObject({ status: 200, body: { status: 'active', paused_at: null } });
    const deleted = await service.test.send({ method: 'DELETE', path: pathOf(account) });
    expect(deleted).toMatchObject({ status: 200, body: { status: 'deleted' } });
    expectProblem(await service.test.get(pathOf(account)), 404, 'recurring_grant_not_found');
    expectProblem(
      await service.test.send({ method: 'DELETE', path: pathOf(account) }),
      404,
      'recurring_grant_not_found',
    );
    expect(await put(account, { amount: '10', interval: 'day' })).toMatchObject({ current_period: { amount: '10' } });
  });

  it.each([
    [{ amount: '0' }, ['amount']],
    [{ interval: 'fortnight' }, ['interval']],
    [{ every: 0 }, ['every']],
    [{ expires: 'never', rollover: {} }, ['rollover']],
    [{ price: '1' }, ['currency']],
    [{ amount: `1${'0'.repeat(20)}`, price: `1${'0'.repeat(20)}`, currency: 'USD' }, ['amount', 'price']],
    [{ amount: '0.000000000001', price: '1000000000000000', currency: 'USD' }, ['price']],
    [{ starts_at: '2099-01-02T00:00:00Z', ends_at: '2099-01-02T00:00:00Z' }, ['ends_at']],
  ])('is refused where its terms make no sense: %j', async (terms, fields) => {
    const account = await openAccount(service.test);
    expectFaults(await service.test.put(pathOf(account), { amount: '1', interval: 'month', ...terms }), fields);
  });

  it('is one of at most 20 of an account', async () => {
    const account = await openAccount(service.test);
    for (let number = 0; number < 20; number += 1) {
      const answer = await service.test.put(pathOf(account, `n${String(number)}`), { amount: '1', interval: 'year' });
      expect(answer.status).toBe(201);
    }
    const answer = await service.test.put(pathOf(account), { amount: '1', interval: 'year' });
    expectProblem(answer, 409, 'too_many_recurring_grants');
  });

  it('is entered in the audit log', async () => {
    const account = await openAccount(service.test);
    await put(account, { amount: '10', interval: 'day' });
    const log = await service.test.get(`/v1/audit-log?object=${account}`);
    expect(JSON.stringify(log.body)).toContain('"recurring_grants"');
  });
});
