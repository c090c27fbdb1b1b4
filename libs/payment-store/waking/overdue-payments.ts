import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';

/** A provider answers within seconds. */
const OVERDUE_MS = 60_000;

/**
 * How many payments and refunds were attempted first more than a minute ago, and have no outcome yet. What a provider has taken on,
 * like a direct debit, isn't among them.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function overduePayments(pool: Pool): Promise<number> {
  const { rows } = await attemptRead(() => queryable(pool).query<{ readonly count: number }>(OVERDUE, [OVERDUE_MS]));
  return rows[0]?.count ?? 0;
}

const OVERDUE = `
  select count(*)::float8 as count from payment_attempts
  where first_at < clock_timestamp() - $1 * interval '1 ms' and not processing`;
