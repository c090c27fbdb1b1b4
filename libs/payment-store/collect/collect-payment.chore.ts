import type { QueuedChore } from '#background';
import type { PaymentWork } from '../payment-work.ts';
import { duePayments } from '../waking/due-payments.ts';
import { collectPayment } from './collect-payment.ts';
import type { PaymentJob } from './payment-job.ts';

/** Most of the time of a payment is waiting for the provider, which allows some tens of requests a second. */
const CONCURRENCY = 16;

/** Collects payments that are pending, a job for each. */
export function collectPaymentChore(work: PaymentWork): QueuedChore<PaymentJob> {
  return {
    kind: 'queued',
    name: 'collect_payment',
    concurrency: CONCURRENCY,
    attempts: 3,
    idOf: ({ purchase }) => purchase,
    due: (limit) => duePayments(work.pool, limit),
    handle: ({ purchase }) => collectPayment(work, purchase),
  };
}
