import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import { keyOf } from './attempt-ref.ts';
import type { ClaimedAttempt } from './claim-attempt.ts';

export interface Postponement {
  readonly delayMs: number;
  /** Why the outcome isn't known, for operators; null: the provider has taken it on, and says so later. */
  readonly failure: string | null;
}

/**
 * Gives back an attempt whose outcome isn't known, for another one later.
 *
 * @throws {LedgerUnavailable} where the database isn't there; the lease's end makes it due then
 */
export async function postponeAttempt(
  pool: Pool,
  { ref, lease }: ClaimedAttempt,
  { delayMs, failure }: Postponement,
): Promise<void> {
  await attemptRead(() => queryable(pool).query(POSTPONE, [...keyOf(ref), lease, delayMs, failure]));
}

const POSTPONE = `
  update payment_attempts set lease = null, tries = tries + 1, failure = $5, processing = $5::text is null,
    next_attempt_at = clock_timestamp() + $4 * interval '1 ms'
  where account_id = $1 and id = $2 and lease = $3`;
