import { renewLease } from '#background';
import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import { IS_DELIVERY, type ClaimedDelivery } from './claim-delivery.ts';
import { keyOf } from './delivery-ref.ts';

/** Renews the lease of a delivery, as long as it is the caller's, until that is disposed of. */
export function keepLease(pool: Pool, { ref, lease }: ClaimedDelivery, leaseMs: number): AsyncDisposable {
  return renewLease(leaseMs, () => attemptRead(() => queryable(pool).query(RENEW, [...keyOf(ref), lease, leaseMs])));
}

const RENEW = `update webhook_deliveries set next_attempt_at = clock_timestamp() + $5 * interval '1 ms'
  where ${IS_DELIVERY} and lease = $4`;
