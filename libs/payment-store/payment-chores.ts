import type { Chore } from '#background';
import { collectPaymentChore } from './collect/collect-payment.chore.ts';
import { receiveTestEvents } from './events/receive-test-events.ts';
import type { PaymentWork } from './payment-work.ts';
import { refundPaymentChore } from './refund/refund-payment.chore.ts';
import { wakePaymentsChore } from './waking/wake-payments.chore.ts';

/** Everything that workers do for payments. */
export function paymentChores(work: PaymentWork): readonly Chore[] {
  receiveTestEvents(work);
  const collect = collectPaymentChore(work);
  const refund = refundPaymentChore(work);
  return [collect, refund, wakePaymentsChore(work, { collect, refund })];
}
