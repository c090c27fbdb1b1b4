import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectAccount, expectAuthorization, expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { authorize, charge, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

async function kindsOf(account: string): Promise<string[]> {
  const transfers = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers`));
  return transfers.map(({ kind, amount }) => `${kind} ${amount}`);
}

describe('closing an account', () => {
  it('answers with the closed account: what was left is breakage, scheduled grants included', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    await grantCredits(service.live, id, '5', { effective_at: '2999-01-01T00:00:00Z' });
    const closed = expectAccount(await service.live.post(`/v1/accounts/${id}/close`), 200);
    expect(closed).toMatchObject({
      id,
      status: 'closed',
      remainder: 'breakage',
      closed_at: expect.stringMatching(/Z$/),
      erasing: false,
      erased_at: null,
      balance: { posted: '0', held: '0', available: '0', debt: '0' },
    });
    expect(expectAccount(await service.live.get(`/v1/accounts/${id}`), 200)).toMatchObject({ status: 'closed' });
    expect((await kindsOf(id)).slice(0, 2).sort()).toEqual(['breakage 10', 'breakage 5']);
  });

  it('returns what is left, if that is asked for', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    const { id: grant } = await grantCredits(service.live, id, '5', { category: 'promotional' });
    await service.live.post(`/v1/accounts/${id}/close`, { remainder: 'return' });
    expect((await kindsOf(id)).slice(0, 2).sort()).toEqual(['grant_void 10', 'grant_void 5']);
    expect((await service.live.get(`/v1/grants/${grant}`)).body).toMatchObject({ status: 'voided', remaining: '0' });
  });

  it('is 409 account_has_open_holds while an authorization is open, and changes nothing', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    const hold = await authorize(service.live, id, '4');
    const refused = expectProblem(await service.live.post(`/v1/accounts/${id}/close`), 409, 'account_has_open_holds');
    expect(refused).toMatchObject({ account: id });
    expect(expectAccount(await service.live.get(`/v1/accounts/${id}`), 200)).toMatchObject({
      status: 'active',
      balance: { posted: '10' },
    });
    await service.live.post(`/v1/authorizations/${hold.id}/void`);
    expectAccount(await service.live.post(`/v1/accounts/${id}/close`), 200);
  });

  it('again gives the same, and emits account.closed once', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    const first = expectAccount(await service.live.post(`/v1/accounts/${id}/close`, { remainder: 'return' }), 200);
    for (const body of [{ remainder: 'return' }, {}]) {
      const again = expectAccount(await service.live.post(`/v1/accounts/${id}/close`, body), 200);
      expect({ ...again, balance: null }).toEqual({ ...first, balance: null });
    }
    const { body } = await service.live.get(`/v1/events?account=${id}&type=account.closed`);
    expect(body).toMatchObject({
      data: [
        { type: 'account.closed', data: { account: id, status: 'closed', remainder: 'return', amount_left: '10' } },
      ],
    });
    expect((body as { data: unknown[] }).data).toHaveLength(1);
  });

  it('is entered in the audit log, and is 404 for an account that is not there', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    await service.live.post(`/v1/accounts/${id}/close`);
    const { body } = await service.live.get(`/v1/audit-log?object=${id}&limit=1`);
    expect(body).toMatchObject({
      data: [{ before: { status: 'active' }, after: { status: 'closed', remainder: 'breakage' } }],
    });
    expectProblem(await service.live.post('/v1/accounts/nobody/close'), 404, 'account_not_found');
    expectProblem(await service.test.post(`/v1/accounts/${id}/close`), 404, 'account_not_found');
  });
});

describe('a closed account', () => {
  it('declines everything new with 402 account_closed', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    await service.live.post(`/v1/accounts/${id}/close`);
    const spend = { account: id, amount: '1' };
    const asked = [
      service.live.post('/v1/authorizations', spend),
      service.live.post('/v1/charges', spend),
      service.live.post('/v1/authorizations/batch', { items: [spend] }),
      service.live.post('/v1/charges/batch', { items: [spend] }),
      service.live.post(`/v1/accounts/${id}/grants`, { amount: '1' }),
      service.live.patch(`/v1/accounts/${id}`, { name: 'x' }),
      service.live.post(`/v1/accounts/${id}/suspend`),
      service.live.post(`/v1/accounts/${id}/resume`),
      service.live.put(`/v1/accounts/${id}/alerts`, {}),
    ];
    for (const answer of await Promise.all(asked))
      expect(expectProblem(answer, 402, 'account_closed')).toMatchObject({ account: id });
    expect(expectAccount(await service.live.get(`/v1/accounts/${id}`), 200).balance.posted).toBe('0');
  });

  it('still takes refunds: the credits go where the rest went, and the balance stays zero', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    const { id: charged } = await charge(service.live, id, '6');
    await service.live.post(`/v1/accounts/${id}/close`, { remainder: 'return' });
    const refunded = expectAuthorization(await service.live.post(`/v1/authorizations/${charged}/refund`), 200);
    expect(refunded).toMatchObject({ refunded: '6', balance: { posted: '0', available: '0' } });
    expect((await kindsOf(id)).slice(0, 2)).toEqual(['grant_void 6', 'refund 6']);
  });

  it('still takes late commits', async () => {
    const id = await openAccount(service.test, { credits: '10' });
    const hold = await authorize(service.test, id, '4', { expires_in: 1 });
    await service.test.post('/v1/test-clock/advance', { seconds: 60 });
    expectAccount(await service.test.post(`/v1/accounts/${id}/close`), 200);
    const late = expectAuthorization(await service.test.post(`/v1/authorizations/${hold.id}/commit`), 200);
    expect(late).toMatchObject({ status: 'committed', late: true, committed: '0', uncollected: '4' });
  });
});
