import { Amount } from '#amounts';
import { publicId } from '#ledger';
import type { PaymentResult } from '#payments';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PaymentFixture } from '../testing/payment-fixture.ts';
import type { PaymentDifference } from './compare-payment.ts';
import { reconcilePayments, type Reconciled } from './reconcile-payments.ts';

let fixture: PaymentFixture;
beforeAll(async () => {
  fixture = await PaymentFixture.open();
});
afterAll(() => fixture.close());

/** Has the provider take 10 USD, while the ledger hears nothing of it. */
function ask(purchase: string, account: string): Promise<PaymentResult> {
  return fixture.provider.collect({
    purchase,
    account,
    environment: 'test',
    price: { amount: new Amount(10), currency: 'USD' },
    paymentMethod: 'pm_ok',
    customer: null,
    description: '',
    begunAt: new Date(),
  });
}

/** Has the provider give back a part of a purchase, while the ledger hasn't heard yet that it did. */
async function giveBackUnsettled(id: string): Promise<void> {
  const purchase = { environment: 'test', id };
  const [credits, minorUnit] = [new Amount(40), new Amount('0.01')];
  const { refund } = await fixture.do({ type: 'refund_purchase', purchase, origin: 'asked', credits, minorUnit });
  const result = await fixture.provider.refund({
    refund: refund ?? '',
    purchase: publicId('purchase', id),
    environment: 'test',
    reference: null,
    money: { amount: new Amount(4), currency: 'USD' },
    begunAt: new Date(),
  });
  expect(result.status).toBe('succeeded');
}

async function reconcile(
  onProgress: (compared: Reconciled) => void = () => undefined,
): Promise<Reconciled & { found: Pick<PaymentDifference, 'kind' | 'purchase'>[] }> {
  const found: Pick<PaymentDifference, 'kind' | 'purchase'>[] = [];
  const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)];
  const onDifference = ({ kind, purchase }: PaymentDifference): void => void found.push({ kind, purchase });
  const options = { environment: 'test', from, to, onDifference, onProgress };
  return { ...(await reconcilePayments(fixture.pool, fixture.provider, options)), found };
}

it('finds nothing where the provider and the ledger agree', async () => {
  const [one] = [await fixture.begin('one', 'pm_ok'), await fixture.begin('two', 'pm_ok')];
  await fixture.begin('declined', 'pm_declined');
  await fixture.begin('action', 'pm_requires_action');
  await fixture.begin('refunded', 'pm_refunded');
  await fixture.collectAll();
  await fixture.provider.reportAll();
  await giveBackUnsettled(one);
  expect(await reconcile()).toEqual({ payments: 3, purchases: 3, differences: 0, found: [] });
  await fixture.collectAll();
  expect(await reconcile()).toMatchObject({ differences: 0 });
});

it('compares more than a page, and says how far it is', async () => {
  const names = Array.from({ length: 1_000 }, (_, at) => `many-${at}`);
  const purchases = await Promise.all(names.map((name) => fixture.begin(name, 'pm_ok')));
  await Promise.all(purchases.map((id, at) => ask(publicId('purchase', id), names[at] ?? '')));
  await Promise.all(
    purchases.map((id) => {
      const result = { status: 'succeeded', reference: `test_${publicId('purchase', id)}` } as const;
      return fixture.do({ type: 'record_payment', purchase: { environment: 'test', id }, result });
    }),
  );
  const progress: Reconciled[] = [];
  const all = await reconcile((compared) => progress.push(compared));
  expect(all).toEqual({ payments: 1_003, purchases: 1_003, differences: 0, found: [] });
  expect(progress.length).toBeGreaterThanOrEqual(20);
  expect(progress.at(0)).toEqual({ payments: 100, purchases: 0, differences: 0 });
  expect(progress.at(-1)).toEqual({ payments: 1_003, purchases: 1_000, differences: 0 });
}, 60_000);

it('finds what only one of them has, and what they have otherwise', async () => {
  const unrecorded = publicId('purchase', await fixture.begin('unrecorded', 'pm_ok'));
  await ask(unrecorded, 'unrecorded');
  const lost = publicId('purchase', await fixture.begin('lost', 'pm_declined')).replace(/.$/, '0');
  await ask(lost, 'lost');
  const untaken = await fixture.begin('untaken', 'pm_ok');
  await fixture.do({
    type: 'record_payment',
    purchase: { environment: 'test', id: untaken },
    result: { status: 'succeeded', reference: 'test_never' },
  });
  const differing = publicId('purchase', await fixture.begin('differing', 'pm_ok'));
  await ask(differing, 'differing');
  await fixture.provider.refund({
    refund: 'at-the-provider',
    purchase: differing,
    environment: 'test',
    reference: `test_${differing}`,
    money: { amount: new Amount(3), currency: 'USD' },
    begunAt: new Date(),
  });
  const id = (
    await fixture.pool.query<{ id: string }>(`select p.id from purchases p join accounts a using (account_id)
    where a.external_id = 'differing'`)
  ).rows[0]?.id;
  const result = { status: 'succeeded', reference: `test_${differing}` } as const;
  await fixture.do({ type: 'record_payment', purchase: { environment: 'test', id: id ?? '' }, result });
  const { found } = await reconcile();
  expect(found).toHaveLength(4);
  expect(found).toEqual(
    expect.arrayContaining([
      { kind: 'payment_not_recorded', purchase: unrecorded },
      { kind: 'purchase_missing', purchase: lost },
      { kind: 'payment_missing', purchase: publicId('purchase', untaken) },
      { kind: 'refunds_differ', purchase: differing },
    ]),
  );
});
