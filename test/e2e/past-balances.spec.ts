import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ahead } from '../support/clock.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, balanceOf, charge, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import type { AccountView } from '../support/views.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** Moves the test clock. */
async function advance(seconds: number): Promise<void> {
  const { status } = await service.test.post('/v1/test-clock/advance', { seconds });
  expect(status).toBe(200);
}

/** An instant so many seconds ahead of the test clock. */
async function aheadOfClock(seconds: number): Promise<string> {
  const { body } = await service.test.get('/v1/test-clock');
  return new Date(Date.parse((body as { now: string }).now) + seconds * 1000).toISOString();
}

describe('the balance at a past instant', () => {
  it('is what was reported then, through grants, holds, commits, expiries, voids, refunds and debt', async () => {
    const account = await openAccount(service.test, { overdraft_limit: '20', overage: 'debt' });
    const reported: AccountView['balance'][] = [];
    /** Does a step, and notes the balance after it, at an instant of its own. */
    const after = async <T>(step: () => Promise<T>): Promise<T> => {
      const result = await step();
      await advance(1);
      reported.push(await balanceOf(service.test, account));
      await advance(1);
      return result;
    };
    const post = (path: string, body?: unknown) => after(() => service.test.post(path, body));

    await after(() => Promise.resolve());
    const grant = await after(() => grantCredits(service.test, account, '30'));
    const [soon, later] = [await aheadOfClock(500), await aheadOfClock(1000)];
    await after(() => grantCredits(service.test, account, '5', { expires_at: later, priority: 1 }));
    await after(() => grantCredits(service.test, account, '7', { effective_at: soon }));
    const [one, two, lapsing] = [
      await after(() => authorize(service.test, account, '4')),
      await after(() => authorize(service.test, account, '6', { expires_in: 86_400 })),
      await after(() => authorize(service.test, account, '2', { expires_in: 300 })),
    ];
    await post(`/v1/authorizations/${one.id}/commit`, { amount: '1', final: false });
    await post(`/v1/authorizations/${one.id}/commit`, { amount: '2' });
    await post(`/v1/authorizations/${two.id}/extend`, { amount: '3' });
    const charged = await after(() => charge(service.test, account, '5'));
    for (const seconds of [300, 200, 500]) await after(() => advance(seconds));
    await post(`/v1/authorizations/${two.id}/void`);
    await post(`/v1/authorizations/${lapsing.id}/commit`, { amount: '60' });
    await post(`/v1/authorizations/${charged.id}/refund`, { amount: '2' });
    await after(() => grantCredits(service.test, account, '40'));
    await post(`/v1/grants/${grant.id}/void`);

    const recomputed: unknown[] = [];
    for (const { as_of } of reported)
      recomputed.push((await service.test.get(`/v1/accounts/${account}/balance?at=${as_of}`)).body);
    expect(recomputed).toEqual(reported);
    // The history was worth looking at.
    expect(new Set(reported.map(({ posted, held }) => `${posted} ${held}`)).size).toBeGreaterThan(10);
  });

  it('is zero before there was anything', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { body } = await service.live.get(`/v1/accounts/${account}/balance?at=2020-01-01T00:00:00.000Z`);
    expect(body).toEqual({
      unit: 'credits',
      posted: '0',
      held: '0',
      available: '0',
      debt: '0',
      as_of: '2020-01-01T00:00:00.000Z',
    });
  });

  it.each(['yesterday', '2026-02-31T00:00:00Z', '', ahead(3_600_000)])('is refused for “%s”', async (at) => {
    const account = await openAccount(service.live);
    expectFaults(await service.live.get(`/v1/accounts/${account}/balance?at=${at}`), ['at']);
  });

  it('is 404 for an account that is not there', async () => {
    const path = '/v1/accounts/nobody/balance?at=2026-01-01T00:00:00Z';
    expectProblem(await service.live.get(path), 404, 'account_not_found');
  });
});
