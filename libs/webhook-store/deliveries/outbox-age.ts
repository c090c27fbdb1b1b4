import type { Pool } from '#database';
import { queryable, attemptRead } from '#ledger-store';

/**
 * How long the oldest event waits to be relayed, in milliseconds; 0 where none waits.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export function outboxAge(pool: Pool): Promise<number> {
  return attemptRead(async () => {
    const { rows } = await queryable(pool).query<{ age: number }>(
      `select coalesce(extract(epoch from clock_timestamp() - min(recorded_at)) * 1000, 0)::float8 as age
      from events where relayed_at is null`,
      [],
    );
    return Math.max(0, rows[0]?.age ?? 0);
  });
}
