import { publicId, type PaymentResult } from '#ledger';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { collectPayment } from '../collect/collect-payment.ts';
import { PaymentFixture } from '../testing/payment-fixture.ts';
import { PaymentCanceler } from './payment-canceler.ts';

let fixture: PaymentFixture;
let canceler: PaymentCanceler;
beforeAll(async () => {
  fixture = await PaymentFixture.open();
  canceler = new PaymentCanceler(fixture.work);
});
afterAll(() => fixture.close());

const ref = (id: string) => ({ environment: 'test', id });

it('ends what waits for its customer, who can pay no more', async () => {
  const purchase = await fixture.begin('waits', 'pm_requires_action');
  await fixture.collectAll();
  expect((await fixture.stateOf(purchase)).status).toBe('requires_action');
  expect(await canceler.cancel(purchase)).toBe('canceled');
  await fixture.do({ type: 'cancel_purchase', purchase: ref(purchase) });
  const paid: PaymentResult | null = await fixture.provider.complete(publicId('purchase', purchase), 'succeeded');
  expect(paid).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
  expect(await fixture.stateOf(purchase)).toMatchObject({ status: 'failed', grants: 0, charges: 0 });
});

it('ends what no worker has come for, and no worker charges it later', async () => {
  const purchase = await fixture.begin('early', 'pm_ok');
  expect(await canceler.cancel(purchase)).toBe('canceled');
  await collectPayment(fixture.work, purchase);
  expect(await fixture.stateOf(purchase)).toMatchObject({ status: 'failed', grants: 0, charges: 0, attempts: 0 });
  expect(await canceler.cancel(purchase)).toBe('ended');
});

it('records what was paid before', async () => {
  const purchase = await fixture.begin('late', 'pm_requires_action');
  await fixture.collectAll();
  await fixture.provider.complete(publicId('purchase', purchase), 'succeeded');
  expect(await canceler.cancel(purchase)).toBe('ended');
  expect(await fixture.stateOf(purchase)).toMatchObject({ status: 'succeeded', grants: 1, charges: 1 });
});

it('charges once or never, where a worker collects at the same time', async () => {
  const names = Array.from({ length: 10 }, (_, at) => `race-${at}`);
  const purchases = await Promise.all(names.map((name) => fixture.begin(name, 'pm_ok')));
  const outcomes = await Promise.all(
    purchases.map(async (purchase) => {
      const [outcome] = await Promise.all([canceler.cancel(purchase), collectPayment(fixture.work, purchase)]);
      return outcome;
    }),
  );
  for (const [at, purchase] of purchases.entries()) {
    if (outcomes[at] === 'canceled')
      await fixture.do({ type: 'record_payment', purchase: ref(purchase), result: FAILED });
    const { status, charges, grants } = await fixture.stateOf(purchase);
    expect({ charges, grants, status }).toEqual(
      outcomes[at] === 'canceled'
        ? { charges: 0, grants: 0, status: 'failed' }
        : { charges: 1, grants: 1, status: 'succeeded' },
    );
  }
});

const FAILED: PaymentResult = {
  status: 'failed',
  reference: null,
  failure: { code: 'canceled', message: 'The payment was canceled.' },
};
