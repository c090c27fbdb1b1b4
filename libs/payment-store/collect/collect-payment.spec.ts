import { publicId } from '#ledger';
import { ProviderUnavailable, type PaymentProvider } from '#payments';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import type { PaymentWork } from '../payment-work.ts';
import { PaymentFixture } from '../testing/payment-fixture.ts';
import { duePayments } from '../waking/due-payments.ts';
import { collectPayment } from './collect-payment.ts';

let fixture: PaymentFixture;
beforeAll(async () => {
  fixture = await PaymentFixture.open();
});
afterAll(() => fixture.close());

describe('a payment', () => {
  it.each([
    ['pm_ok', 'succeeded', 1],
    ['pm_slow', 'succeeded', 1],
    ['pm_declined', 'failed', 0],
    ['pm_requires_action', 'requires_action', 0],
  ])('by %s ends as its provider says: %s', async (method, status, times) => {
    const purchase = await fixture.begin(`by-${method}`, method);
    await fixture.collectAll();
    expect(await fixture.stateOf(purchase)).toEqual({
      status,
      grants: times,
      requests: 1,
      charges: times,
      attempts: 0,
    });
  });

  it.each([
    ['pm_double_webhook', 'succeeded', 1],
    ['pm_refunded', 'refunded', 1],
    ['pm_disputed', 'disputed', 1],
  ])('by %s ends as its provider reports, before or after it answers: %s', async (method, status, times) => {
    const purchase = await fixture.begin(`by-${method}`, method);
    await fixture.collectAll();
    await eventually(`it is ${status}`, async () => (await fixture.stateOf(purchase)).status === status);
    await fixture.provider.reportAll();
    expect(await fixture.stateOf(purchase)).toEqual({
      status,
      grants: times,
      requests: 1,
      charges: times,
      attempts: 0,
    });
  });

  it('whose answer is lost is asked for again with the same key, and charged once', async () => {
    const purchase = await fixture.begin('lost', 'pm_lost_response');
    await fixture.collectAll();
    const once = { status: 'succeeded', grants: 1, requests: 2, charges: 1, attempts: 0 };
    expect(await fixture.stateOf(purchase)).toEqual(once);
  });

  it('is asked for by one of many workers, and by nobody when it has ended', async () => {
    const purchase = await fixture.begin('many', 'pm_slow');
    await Promise.all(Array.from({ length: 12 }, () => collectPayment(fixture.work, purchase)));
    await eventually('it has ended', async () => (await fixture.stateOf(purchase)).attempts === 0);
    expect(await collectPayment(fixture.work, purchase)).toBeNull();
    expect(await fixture.stateOf(purchase)).toEqual({
      status: 'succeeded',
      grants: 1,
      requests: 1,
      charges: 1,
      attempts: 0,
    });
  });

  it('that an operator confirms is collected by no worker', async () => {
    const purchase = await fixture.begin('first', 'pm_ok');
    await fixture.collectAll();
    const manual = await fixture.beginAgain('first', '', 'manual');
    expect(await duePayments(fixture.pool, 100)).toEqual([]);
    expect(await collectPayment(fixture.work, manual)).toBeNull();
    expect((await fixture.stateOf(manual)).status).toBe('pending');
    expect((await fixture.stateOf(purchase)).status).toBe('succeeded');
  });
});

describe('a payment whose outcome isn’t known', () => {
  const away = (): PaymentWork['providers'] => ({
    test: fixture.provider,
    find: () =>
      Object.assign(Object.create(fixture.provider) as PaymentProvider, {
        collect: () => Promise.reject(new ProviderUnavailable('The provider is away.')),
      }),
  });

  it('stays pending, is due again after a while, and is logged when it takes long', async () => {
    const purchase = await fixture.begin('unknown', 'pm_ok');
    const work = { ...fixture.work, providers: away() };
    for (let tries = 0; tries < 3; tries++)
      expect(await collectPayment(work, purchase)).toBeLessThanOrEqual(Date.now());
    expect(await fixture.stateOf(purchase)).toMatchObject({ status: 'pending', charges: 0, attempts: 1 });
    expect(await duePayments(fixture.pool, 100)).toEqual([{ purchase }]);
    expect(fixture.log).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^The payment of ${publicId('purchase', purchase)} has had no known outcome .* The provider is away\\.$`,
        ),
      ),
    );
    await fixture.collectAll();
    expect(await fixture.stateOf(purchase)).toMatchObject({ status: 'succeeded', grants: 1, charges: 1, attempts: 0 });
  });

  it('because this worker has no credentials is left pending too', async () => {
    const purchase = await fixture.begin('no-credentials', 'pm_ok');
    await collectPayment(
      { ...fixture.work, providers: { test: fixture.provider, find: () => 'provider_not_configured' } },
      purchase,
    );
    const { rows } = await fixture.pool.query('select failure from payment_attempts where id = $1', [purchase]);
    expect(rows).toEqual([{ failure: expect.stringContaining('provider_not_configured') }]);
    await fixture.collectAll();
    expect((await fixture.stateOf(purchase)).status).toBe('succeeded');
  });
});
