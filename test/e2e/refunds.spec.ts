import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/api-client.ts';
import { ahead, reach } from '../support/clock.ts';
import {
  expectAuthorization,
  expectFaults,
  expectGrants,
  expectProblem,
  expectTransfers,
} from '../support/expect-answer.ts';
import { authorize, balanceOf, charge, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

function refund(id: string, body?: unknown, key?: string): Promise<Answer> {
  return service.live.post(`/v1/authorizations/${id}/refund`, body, key === undefined ? {} : { key });
}

async function remainingOf(account: string): Promise<Record<string, string>> {
  const grants = expectGrants(await service.live.get(`/v1/accounts/${account}/grants`));
  return Object.fromEntries(grants.map(({ id, remaining }) => [id, remaining]));
}

describe('refunding committed usage', () => {
  it('gives it back to the grants it came from, last drawn first, by correcting transfers', async () => {
    const account = await openAccount(service.live);
    const first = await grantCredits(service.live, account, '4');
    const next = await grantCredits(service.live, account, '10');
    const { id } = await charge(service.live, account, '6');
    expect(await remainingOf(account)).toEqual({ [first.id]: '0', [next.id]: '8' });

    const refunded = expectAuthorization(await refund(id, { amount: '3', reason: 'wrong model' }), 200);
    expect(refunded).toMatchObject({ id, status: 'committed', committed: '6', refunded: '3' });
    expect(refunded.balance).toMatchObject({ posted: '11', available: '11' });
    expect(await remainingOf(account)).toEqual({ [first.id]: '1', [next.id]: '10' });

    const transfers = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers`));
    const usage = transfers.find(({ kind }) => kind === 'usage');
    const back = transfers.filter(({ kind }) => kind === 'refund').toReversed();
    expect(back).toMatchObject([
      { debit_account: 'usage', grant: next.id, amount: '2', authorization: id, corrects: usage?.transaction_id },
      { debit_account: 'usage', grant: first.id, amount: '1', authorization: id, corrects: usage?.transaction_id },
    ]);
  });

  it('in parts, and then all that is left where no amount is given, is never more than was committed', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await charge(service.live, account, '6');
    expectAuthorization(await refund(id, { amount: '1.5' }), 200);
    expectProblem(await refund(id, { amount: '4.6' }), 409, 'refund_exceeds_committed');
    expect(expectAuthorization(await refund(id), 200)).toMatchObject({ refunded: '6' });
    expectProblem(await refund(id), 409, 'refund_exceeds_committed');
    expectProblem(await refund(id, { amount: '0.000000000001' }), 409, 'refund_exceeds_committed');
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10', held: '0' });
  });

  it('reduces debt first', async () => {
    const account = await openAccount(service.live, { credits: '4', overdraft_limit: '5' });
    const { id } = await charge(service.live, account, '7');
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '-3', debt: '3' });
    expectAuthorization(await refund(id, { amount: '5' }), 200);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '2', debt: '0' });
  });

  it('of a grant that has expired since does not bring the credits back to life', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '5', { expires_at: ahead(1000) });
    const { id } = await charge(service.live, account, '5');
    await reach(grant.expires_at);
    expect(expectAuthorization(await refund(id), 200)).toMatchObject({ refunded: '5' });

    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0', available: '0' });
    expectProblem(await service.live.post('/v1/charges', { account, amount: '1' }), 402, 'insufficient_credits');
  });

  it('gives back once, however many requests come at once without a key', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await charge(service.live, account, '6');
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(id, { amount: '2' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, ...Array<number>(17).fill(409)]);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10' });
  });

  it('with one key happens once', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await charge(service.live, account, '6');
    const first = await refund(id, { amount: '2' }, 'refund-1');
    const again = await refund(id, { amount: '2' }, 'refund-1');
    expect(again).toMatchObject({ status: 200, text: first.text, headers: { 'idempotency-replayed': 'true' } });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '6' });
  });

  it('is 409 while the authorization is open, and where nothing was ever committed', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const open = await authorize(service.live, account, '1');
    expectProblem(await refund(open.id), 409, 'authorization_open');
    await service.live.post(`/v1/authorizations/${open.id}/void`);
    expectProblem(await refund(open.id), 409, 'refund_exceeds_committed');
  });

  it.each([
    ['amount', { amount: '0' }],
    ['amount', { amount: '-1' }],
    ['amount', { amount: 1 }],
    ['reason', { reason: 5 }],
    ['grant', { grant: 'grant_1' }],
  ])('refuses a malformed %s', async (field, body) => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await charge(service.live, account, '6');
    expectFaults(await refund(id, body), [field]);
  });

  it('is 404 for an authorization of the other environment', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await charge(service.live, account, '6');
    expectProblem(await service.test.post(`/v1/authorizations/${id}/refund`), 404, 'authorization_not_found');
  });
});
