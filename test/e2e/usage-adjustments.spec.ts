import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectAuthorization, expectFaults, expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { authorize, balanceOf, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { adjust, authorizeUsage, chargeUsage, chat, commit, found, openPricedAccount } from '../support/usage-steps.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const tryAdjust = (id: string, body: unknown, key?: string) =>
  service.live.post(`/v1/authorizations/${id}/adjust`, body, key === undefined ? {} : { key });
const tryRefund = (id: string, amount: string) => service.live.post(`/v1/authorizations/${id}/refund`, { amount });

async function committed(terms: Readonly<Record<string, unknown>> = {}, usage: unknown = chat()): Promise<string> {
  const account = await openPricedAccount(service.live, terms);
  const { id } = await authorizeUsage(service.live, account);
  await commit(service.live, id, { usage });
  return id;
}

describe('an adjustment', () => {
  it('down refunds the difference, and states all that was used anew', async () => {
    const id = await committed();
    const adjusted = await adjust(service.live, id, { usage: chat(500, 150), reason: 'The log says 500.' });
    expect(adjusted).toMatchObject({ status: 'committed', committed: '0.027', refunded: '0.003', settlement: 'exact' });
    expect(adjusted).toMatchObject({ usage: [chat(500, 150)], amounts: ['0.024'] });
    expect(adjusted.lines).toMatchObject([{ count: '500', amount: '0.015' }, { count: '150' }]);
    expect(adjusted.balance).toMatchObject({ posted: '99.976' });
    expect(await found(service.live, id)).toEqual(adjusted);
    const [transfer] = expectTransfers(await service.live.get(`/v1/accounts/${adjusted.account}/transfers?limit=1`));
    expect(transfer).toMatchObject({ kind: 'refund', amount: '0.003', authorization: id });
  });

  it('up charges the difference', async () => {
    const id = await committed();
    const adjusted = await adjust(service.live, id, { usage: chat(700, 150) });
    expect(adjusted).toMatchObject({ committed: '0.03', refunded: '0', uncollected: '0' });
    expect(await adjust(service.live, id, { amount: '0.05' })).toMatchObject({ committed: '0.05' });
  });

  it('is absolute: up and down again end where they began', async () => {
    const id = await committed();
    for (const amount of ['0.04', '0.01', '0.2', '0', '0.027']) await adjust(service.live, id, { amount });
    const { account, committed: charged, refunded } = await found(service.live, id);
    expect({ charged, refunded }).toEqual({ charged: '0.257', refunded: '0.23' });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '99.973' });
    expect(await adjust(service.live, id, { amount: '0.027' })).toMatchObject({ committed: '0.257', refunded: '0.23' });
  });

  it.each([
    ['cap', {}, '0.05', '0.077'],
    ['reject', {}, '0.05', '0.077'],
    ['debt', { overdraft_limit: '0.04' }, '0.09', '0.037'],
  ])(
    'up beyond the credits is charged as the policy %s says, and never refused',
    async (overage, terms, charged, uncollected) => {
      const id = await committed({ credits: '0.05', overage, ...terms });
      const adjusted = await adjust(service.live, id, { amount: '0.127' });
      expect(adjusted).toMatchObject({ committed: charged, uncollected });
      const down = await adjust(service.live, id, { amount: '0.1' });
      expect(down).toMatchObject({ committed: charged, refunded: '0' });
    },
  );

  it('down takes off what was not collected first', async () => {
    const id = await committed({ credits: '0.03' }, chat(600, 650));
    expect(await found(service.live, id)).toMatchObject({ committed: '0.03', uncollected: '0.027' });
    expect(await adjust(service.live, id, { amount: '0.04' })).toMatchObject({ uncollected: '0.01', refunded: '0' });
    expect(await adjust(service.live, id, { amount: '0.02' })).toMatchObject({ uncollected: '0', refunded: '0.01' });
  });

  it('leaves a refund of goodwill out of what was stated', async () => {
    const id = await committed();
    expectAuthorization(await tryRefund(id, '0.02'), 200);
    expect(await adjust(service.live, id, { amount: '0.027' })).toMatchObject({ committed: '0.027', refunded: '0.02' });
    // Of 0.017 that it is less, 0.007 are left to give back.
    expect(await adjust(service.live, id, { amount: '0.01' })).toMatchObject({ committed: '0.027', refunded: '0.027' });
    // What couldn't be given back then isn't charged now.
    expect(await adjust(service.live, id, { amount: '0.012' })).toMatchObject({
      committed: '0.027',
      refunded: '0.027',
    });
    expect(await adjust(service.live, id, { amount: '0.022' })).toMatchObject({
      committed: '0.029',
      refunded: '0.027',
    });
    expectProblem(await tryRefund(id, '0.003'), 409, 'refund_exceeds_committed');
  });

  it('happens once per key, and the same key with another truth is refused', async () => {
    const id = await committed();
    const body = { amount: '0.03' };
    const first = await tryAdjust(id, body, `${id}-bill`);
    const again = await tryAdjust(id, body, `${id}-bill`);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expectProblem(await tryAdjust(id, { amount: '0.031' }, `${id}-bill`), 422, 'idempotency_key_reused');
    const { rows } = await service.pool.query<{ count: string }>(
      `select count(*) from idempotency_keys_kept where account_id = (select account_id from accounts where external_id = $1)`,
      [(first.body as { account: string }).account],
    );
    expect(rows).toEqual([{ count: '1' }]);
  });

  it('settles what was estimated or unknown', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    await commit(service.live, id, { settlement: 'unknown' });
    const adjusted = await adjust(service.live, id, { usage: chat(600, 50) });
    expect(adjusted).toMatchObject({ refunded: '0.006', settlement: 'exact' });
  });

  it('of usage that had no price takes an amount only', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    await commit(service.live, id, { usage: { event: 'image.generated', images: 1 } });
    expectProblem(await tryAdjust(id, { usage: chat() }), 409, 'adjusted_after_unpriced');
    const adjusted = await adjust(service.live, id, { amount: '0.02', usage: { event: 'image.generated', images: 2 } });
    expect(adjusted).toMatchObject({ refunded: '0.007', usage: [{ images: 2 }] });
    expectProblem(await tryAdjust(id, { usage: chat() }), 409, 'adjusted_after_unpriced');
  });

  it('by usage is at the prices that were fixed, with all of the parts in one', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    await commit(service.live, id, { usage: chat(300, 0), final: false });
    await commit(service.live, id, { usage: chat(300, 150) });
    const adjusted = await adjust(service.live, id, { usage: chat(600, 100) });
    expect(adjusted).toMatchObject({ committed: '0.027', refunded: '0.003', usage: [chat(600, 100)] });
    const unpriced = { usage: [chat(), { event: 'image.generated', images: 1 }] };
    expect(expectProblem(await tryAdjust(id, unpriced), 422, 'unpriced_usage')).toMatchObject({ usage: [1] });
  });

  it('is of charges, too', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await chargeUsage(service.live, account);
    expect(await adjust(service.live, id, { usage: chat(600, 100) })).toMatchObject({ refunded: '0.003' });
  });

  it('is of what was committed', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    expectProblem(await tryAdjust(id, { amount: '1' }), 409, 'authorization_open');
    await service.live.post(`/v1/authorizations/${id}/void`);
    expectProblem(await tryAdjust(id, { amount: '1' }), 409, 'authorization_voided');
    expectProblem(await tryAdjust(`auth_${'0'.repeat(26)}`, { amount: '1' }), 404, 'authorization_not_found');
    const plain = await openAccount(service.live, { credits: '3' });
    const byAmount = await authorize(service.live, plain, '2');
    await commit(service.live, byAmount.id, {});
    expectProblem(await tryAdjust(byAmount.id, { usage: chat() }), 422, 'no_rate_card');
    expect(await adjust(service.live, byAmount.id, { amount: '1.5' })).toMatchObject({ refunded: '0.5' });
  });

  it('states something', async () => {
    const id = await committed();
    expectFaults(await tryAdjust(id, {}), ['amount']);
    expectFaults(await tryAdjust(id, { amount: '-1' }), ['amount']);
    expectFaults(await tryAdjust(id, { usage: { vendor: 'openai', raw: {} } }), ['usage.raw']);
  });

  it('gives back to the grants that paid', async () => {
    const account = await openPricedAccount(service.live, { credits: null });
    const gift = await grantCredits(service.live, account, '0.02');
    const paid = await grantCredits(service.live, account, '1');
    const { id } = await chargeUsage(service.live, account);
    await adjust(service.live, id, { amount: '0.015' });
    expect((await service.live.get(`/v1/grants/${gift.id}`)).body).toMatchObject({ remaining: '0.005' });
    expect((await service.live.get(`/v1/grants/${paid.id}`)).body).toMatchObject({ remaining: '1' });
  });
});
