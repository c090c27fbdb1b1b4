import { Amount } from '#amounts';
import type { Wake } from '#background';
import { publicId } from '#ledger';
import { TestProvider } from '#payments';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectPaymentChore } from '../collect/collect-payment.chore.ts';
import { receiveTestEvents } from '../events/receive-test-events.ts';
import { refundPaymentChore } from '../refund/refund-payment.chore.ts';
import { PaymentFixture } from '../testing/payment-fixture.ts';
import { wakePaymentsChore } from './wake-payments.chore.ts';

let fixture: PaymentFixture;
beforeAll(async () => {
  fixture = await PaymentFixture.open();
});
afterAll(() => fixture.close());

/** One run of the chore. @returns the jobs that it wakes */
async function wakeAll(): Promise<object[]> {
  const { work } = fixture;
  const woken: object[] = [];
  const chores = { collect: collectPaymentChore(work), refund: refundPaymentChore(work) };
  const wake: Wake = (_chore, jobs) => {
    woken.push(...jobs);
    return Promise.resolve();
  };
  await wakePaymentsChore(work, chores).run(wake);
  return woken;
}

/** Has a payment made by a process that is killed before it reports it. */
async function takeUnreported(purchase: string, account: string, paymentMethod: string): Promise<void> {
  // It has nobody to report to.
  const killed = new TestProvider(fixture.pool, { log: (line) => fixture.log.push(line) });
  await killed.collect({
    purchase: publicId('purchase', purchase),
    account,
    environment: 'test',
    price: { amount: new Amount(10), currency: 'USD' },
    paymentMethod,
    customer: null,
    description: '100 credits',
    begunAt: new Date(),
  });
}

describe('waking payments', () => {
  it('finds payments and refunds that nobody has added jobs for', async () => {
    const paid = await fixture.begin('paid', 'pm_ok');
    await fixture.collectAll();
    const { refund } = await fixture.do({
      type: 'refund_purchase',
      purchase: { environment: 'test', id: paid },
      origin: 'asked',
      credits: null,
      minorUnit: new Amount('0.01'),
    });
    const purchase = await fixture.begin('pending', 'pm_ok');
    expect(await wakeAll()).toEqual([{ purchase }, { purchase: paid, refund }]);
    await fixture.collectAll();
    expect(await wakeAll()).toEqual([]);
  });

  it('reports what a killed process of the test provider has left unreported', async () => {
    const purchase = await fixture.begin('unreported', 'pm_refunded');
    await takeUnreported(purchase, 'unreported', 'pm_refunded');
    expect((await fixture.stateOf(purchase)).status).toBe('pending');
    await wakeAll();
    expect(await fixture.stateOf(purchase)).toMatchObject({ status: 'refunded', grants: 1, charges: 1 });
  });

  it('isn’t held up by an event of the test provider that can’t be recorded', async () => {
    const { work, log } = fixture;
    const unrecordable = await fixture.begin('unrecordable', 'pm_double_webhook');
    const other = await fixture.begin('recordable', 'pm_double_webhook');
    const engine: typeof work.engine = {
      submit: (request) =>
        JSON.stringify(request.command).includes(unrecordable)
          ? Promise.reject(new Error('It can’t be decided.'))
          : work.engine.submit(request),
    };
    await takeUnreported(unrecordable, 'unrecordable', 'pm_double_webhook');
    await takeUnreported(other, 'recordable', 'pm_double_webhook');
    receiveTestEvents({ ...work, engine });
    await wakeAll();
    receiveTestEvents(work);
    expect(await fixture.stateOf(other)).toMatchObject({ status: 'succeeded', grants: 1 });
    expect(log).toContain('Error: It can’t be decided. It isn’t reported again.');
  });
});
