import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import type { PaymentJob } from '../collect/payment-job.ts';
import type { RefundJob } from '../refund/refund-job.ts';

/**
 * Payments to be collected: those that were never attempted, and those whose next attempt is due, whatever became of their jobs.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export function duePayments(pool: Pool, limit: number): Promise<PaymentJob[]> {
  return attemptRead(async () => (await queryable(pool).query<PaymentJob>(PAYMENTS, [limit])).rows);
}

/** The same of refunds whose money is to be returned. */
export function dueRefunds(pool: Pool, limit: number): Promise<RefundJob[]> {
  return attemptRead(async () => (await queryable(pool).query<RefundJob>(REFUNDS, [limit])).rows);
}

// A payment that wasn't attempted before is as old as its purchase by the account's clock, which may be a test clock. So the new
// ones come first: there are never many, because each that is attempted is new no longer.
const PAYMENTS = `
  (
    select p.id as purchase from purchases p
    where p.status = 'pending' and p.provider <> 'manual'
      and not exists (select from payment_attempts a where a.account_id = p.account_id and a.id = p.id)
    limit $1
  ) union all (
    select id from payment_attempts where id = purchase_id and next_attempt_at <= clock_timestamp()
    order by next_attempt_at limit $1
  ) limit $1`;

const REFUNDS = `
  (
    select p.id as purchase, refund ->> 'id' as refund from purchases p cross join jsonb_array_elements(p.refunds) refund
    where p.refunds @> '[{"status": "pending"}]' and refund ->> 'status' = 'pending'
      and not exists (select from payment_attempts a where a.account_id = p.account_id and a.id = (refund ->> 'id')::uuid)
    limit $1
  ) union all (
    select purchase_id, id::text from payment_attempts where id <> purchase_id and next_attempt_at <= clock_timestamp()
    order by next_attempt_at limit $1
  ) limit $1`;
