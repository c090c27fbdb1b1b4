import { Amount } from '#amounts';
import { publicId } from '#ledger';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { PaymentFixture } from '../testing/payment-fixture.ts';
import { applyProviderEvent } from './apply-provider-event.ts';

let fixture: PaymentFixture;
beforeAll(async () => {
  fixture = await PaymentFixture.open();
});
afterAll(() => fixture.close());

it('takes back what a refund of ours gave back that the ledger has lost', async () => {
  const purchase = await fixture.begin('restored', 'pm_ok');
  await fixture.collectAll();
  const event = {
    id: 're_1_succeeded',
    type: 'refund',
    purchase: publicId('purchase', purchase),
    account: 'restored',
    environment: 'test',
    refund: randomUUID(),
    reference: 're_1',
    status: 'succeeded',
    money: { amount: new Amount(4), currency: 'USD' },
  } as const;
  for (let time = 0; time < 2; time++) {
    expect(await applyProviderEvent(fixture.work, 'stripe', event)).toBe('applied');
  }
  const { rows } = await fixture.pool.query(
    `select trim_scale(sum(remaining))::text as unspent, trim_scale(max(refunded_money))::text as refunded
    from grants g join purchases p on p.id = g.purchase_id where p.id = $1`,
    [purchase],
  );
  expect(rows).toEqual([{ unspent: '60', refunded: '4' }]);
});
