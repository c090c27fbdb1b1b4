import { Repeater } from '#background';
import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import { keyOf } from './attempt-ref.ts';
import type { ClaimedAttempt } from './claim-attempt.ts';

/** How often a lease is renewed in the time that it lasts. */
const RENEWALS = 4;

/** Renews the lease of an attempt, as long as it is the caller's, until that is disposed of. */
export function keepLease(pool: Pool, { ref, lease }: ClaimedAttempt, leaseMs: number): AsyncDisposable {
  const everyMs = leaseMs / RENEWALS;
  const renewal = new Repeater({
    title: 'Renewing a lease',
    everyMs,
    retryMs: everyMs,
    task: async () => {
      await attemptRead(() => queryable(pool).query(RENEW, [...keyOf(ref), lease, leaseMs]));
      return false;
    },
    // Where the database is away, whatever else needs it says so.
    log: () => undefined,
  });
  renewal.start(everyMs);
  return { [Symbol.asyncDispose]: () => renewal.stop() };
}

const RENEW = `
  update payment_attempts set next_attempt_at = clock_timestamp() + $4 * interval '1 ms'
  where account_id = $1 and id = $2 and lease = $3`;
