import type { QueuedChore, TimedChore } from '#background';
import { LEASE_MS } from '../attempts/claim-attempt.ts';
import type { PaymentJob } from '../collect/payment-job.ts';
import type { PaymentWork } from '../payment-work.ts';
import type { RefundJob } from '../refund/refund-job.ts';
import { duePayments, dueRefunds } from './due-payments.ts';
import { overduePayments } from './overdue-payments.ts';

/** How long an automatic top-up waits at most before a worker comes for it. */
const EVERY_MS = 500;
/** More than one worker can ask for at once. */
const PAYMENTS_MAX = 200;

interface PaymentChores {
  readonly collect: QueuedChore<PaymentJob>;
  readonly refund: QueuedChore<RefundJob>;
}

/**
 * Wakes payments and refunds that have begun or are due again: the ledger begins purchases inside decisions, in any process, and
 * adds no jobs. After the database was away, leases get the time to be renewed first.
 */
export function wakePaymentsChore(
  { pool, providers }: Pick<PaymentWork, 'pool' | 'providers'>,
  { collect, refund }: PaymentChores,
): TimedChore {
  return {
    kind: 'timed',
    name: 'wake_payments',
    title: 'Waking payments that are due',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    retryMs: LEASE_MS,
    gauge: {
      name: 'purser_payments_overdue',
      help: 'Payments and refunds whose outcome has not been known for more than a minute.',
      read: () => overduePayments(pool),
    },
    run: async (wake) => {
      await wake(collect, await duePayments(pool, PAYMENTS_MAX), { unlessThere: true });
      await wake(refund, await dueRefunds(pool, PAYMENTS_MAX), { unlessThere: true });
      // The test provider has nobody else who would send its events again.
      await providers.test.reportAll();
      // To look again at once would only find the same.
      return false;
    },
  };
}
