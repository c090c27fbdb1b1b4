import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import { keyOf } from './attempt-ref.ts';
import type { ClaimedAttempt } from './claim-attempt.ts';

/**
 * Forgets what needs no more attempts.
 *
 * @throws {LedgerUnavailable} where the database isn't there; the next attempt finds then that nothing is to be done
 */
export async function endAttempt(pool: Pool, { ref, lease }: ClaimedAttempt): Promise<void> {
  await attemptRead(() =>
    queryable(pool).query('delete from payment_attempts where account_id = $1 and id = $2 and lease = $3', [
      ...keyOf(ref),
      lease,
    ]),
  );
}
