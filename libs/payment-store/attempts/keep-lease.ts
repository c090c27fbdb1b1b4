import { renewLease } from '#background';
import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import { keyOf } from './attempt-ref.ts';
import type { ClaimedAttempt } from './claim-attempt.ts';

/** Renews the lease of an attempt, as long as it is the caller's, until that is disposed of. */
export function keepLease(pool: Pool, { ref, lease }: ClaimedAttempt, leaseMs: number): AsyncDisposable {
  return renewLease(leaseMs, () => attemptRead(() => queryable(pool).query(RENEW, [...keyOf(ref), lease, leaseMs])));
}

const RENEW = `
  update payment_attempts set next_attempt_at = clock_timestamp() + $4 * interval '1 ms'
  where account_id = $1 and id = $2 and lease = $3`;
