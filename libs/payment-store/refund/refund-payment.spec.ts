import { Amount } from '#amounts';
import { ProviderUnavailable, type PaymentProvider } from '#payments';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PaymentFixture } from '../testing/payment-fixture.ts';
import { dueRefunds } from '../waking/due-payments.ts';
import { refundPayment } from './refund-payment.ts';

let fixture: PaymentFixture;
beforeAll(async () => {
  fixture = await PaymentFixture.open();
});
afterAll(() => fixture.close());

/** A purchase that is paid, and all of which is to be refunded. */
async function refunded(account: string): Promise<string> {
  const id = await fixture.begin(account, 'pm_ok');
  await fixture.collectAll();
  await fixture.do({
    type: 'refund_purchase',
    purchase: { environment: 'test', id },
    origin: 'asked',
    credits: null,
    minorUnit: new Amount('0.01'),
  });
  return id;
}

async function refundsOf(purchase: string): Promise<{ ours: unknown; providers: unknown }> {
  const { rows } = await fixture.pool.query<{ ours: unknown; providers: unknown }>(
    `select p.refunds -> 0 ->> 'status' as ours, jsonb_array_length(t.refunds) as providers
    from purchases p, test_payments t where p.id = $1 and t.account = (select external_id from accounts a where a.account_id = p.account_id)`,
    [purchase],
  );
  return rows[0] ?? { ours: null, providers: null };
}

async function unspent(purchase: string): Promise<unknown> {
  const { rows } = await fixture.pool.query<{ unspent: string }>(
    'select trim_scale(sum(remaining))::text as unspent from grants where purchase_id = $1',
    [purchase],
  );
  return rows[0]?.unspent;
}

describe('a refund that was asked for', () => {
  it('is paid by the provider once, by whichever worker, and then confirmed', async () => {
    const purchase = await refunded('once');
    const [refund] = await dueRefunds(fixture.pool, 10);
    if (!refund) throw new Error('a refund is due');
    await Promise.all(Array.from({ length: 8 }, () => refundPayment(fixture.work, refund)));
    expect(await refundsOf(purchase)).toEqual({ ours: 'succeeded', providers: 1 });
    expect(await refundPayment(fixture.work, refund)).toBeNull();
    expect(await refundsOf(purchase)).toEqual({ ours: 'succeeded', providers: 1 });
    expect(await dueRefunds(fixture.pool, 10)).toEqual([]);
  });

  it('is asked for again with the same key until its outcome is known', async () => {
    const purchase = await refunded('unknown');
    const [refund] = await dueRefunds(fixture.pool, 10);
    if (!refund) throw new Error('a refund is due');
    const { provider } = fixture;
    const loses: PaymentProvider = Object.assign(Object.create(provider) as PaymentProvider, {
      refund: async (request: Parameters<PaymentProvider['refund']>[0]) => {
        await provider.refund(request);
        throw new ProviderUnavailable('The answer was lost.');
      },
    });
    const providers = { test: provider, find: () => loses };
    expect(await refundPayment({ ...fixture.work, providers }, refund)).not.toBeNull();
    expect(await refundsOf(purchase)).toEqual({ ours: 'pending', providers: 1 });
    await fixture.collectAll();
    expect(await refundsOf(purchase)).toEqual({ ours: 'succeeded', providers: 1 });
  });

  it('of a payment that an operator has confirmed without a reference is given by that operator', async () => {
    const first = await fixture.begin('manual', 'pm_ok');
    await fixture.collectAll();
    const id = await fixture.beginAgain('manual', '', 'manual');
    const purchase = { environment: 'test', id };
    await fixture.do({ type: 'record_payment', purchase, result: { status: 'succeeded', reference: null } });
    const minorUnit = new Amount('0.01');
    await fixture.do({ type: 'refund_purchase', purchase, origin: 'asked', credits: null, minorUnit });
    await fixture.collectAll();
    expect(await unspent(id)).toBe('0');
    expect(await refundsOf(id)).toEqual({ ours: 'succeeded', providers: 0 });
    expect(await fixture.stateOf(id)).toMatchObject({ status: 'refunded', attempts: 0 });
    expect(await fixture.stateOf(first)).toMatchObject({ status: 'succeeded' });
  });

  it('gives the credits again where the provider refuses it', async () => {
    const purchase = await refunded('refused');
    const [refund] = await dueRefunds(fixture.pool, 10);
    if (!refund) throw new Error('a refund is due');
    const { provider } = fixture;
    const failure = { code: 'charge_already_refunded', message: 'The charge has already been refunded.' };
    const refuses: PaymentProvider = Object.assign(Object.create(provider) as PaymentProvider, {
      refund: () => Promise.resolve({ status: 'failed', reference: null, failure }),
    });
    expect(await unspent(purchase)).toBe('0');
    expect(
      await refundPayment({ ...fixture.work, providers: { test: provider, find: () => refuses } }, refund),
    ).toBeNull();
    expect(await refundsOf(purchase)).toEqual({ ours: 'failed', providers: 0 });
    expect(await unspent(purchase)).toBe('100');
    expect(await fixture.stateOf(purchase)).toMatchObject({ status: 'succeeded', attempts: 0 });
    expect(await dueRefunds(fixture.pool, 10)).toEqual([]);
  });
});
