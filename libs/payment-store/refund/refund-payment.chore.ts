import type { QueuedChore } from '#background';
import type { PaymentWork } from '../payment-work.ts';
import { dueRefunds } from '../waking/due-payments.ts';
import type { RefundJob } from './refund-job.ts';
import { refundPayment } from './refund-payment.ts';

const CONCURRENCY = 8;

/** Returns the money of refunds that were asked for, a job for each. */
export function refundPaymentChore(work: PaymentWork): QueuedChore<RefundJob> {
  return {
    kind: 'queued',
    name: 'refund_payment',
    concurrency: CONCURRENCY,
    attempts: 3,
    idOf: ({ refund }) => refund,
    due: (limit) => dueRefunds(work.pool, limit),
    handle: (refund) => refundPayment(work, refund),
  };
}
