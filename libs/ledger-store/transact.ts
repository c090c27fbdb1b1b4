import type { Pool } from '#database';
import { queryable, type Queryable } from './queryable.ts';
import { committed } from './engine/commit-writes.ts';
import { ofConnection } from './engine/failures.ts';
import { BEGIN } from './engine/ledger-pool.ts';
import { attemptRead } from './read/attempt-read.ts';

/**
 * Carries out work that isn't a decision about credits, in a transaction of its own.
 *
 * @throws {LedgerUnavailable} where the database isn't there, or with `outcome_unknown` where it went away during the commit;
 * what Postgres or the work itself reports otherwise. Then nothing was changed.
 */
export function transact<T>(pool: Pool, work: (database: Queryable) => Promise<T>): Promise<T> {
  return attemptRead(async () => {
    const client = await ofConnection(pool.connect());
    let broken = true;
    try {
      await ofConnection(client.query(BEGIN));
      const result = await work(queryable(client));
      await committed([], client.query('commit'));
      broken = false;
      return result;
    } finally {
      // It may be in the middle of anything.
      client.release(broken);
    }
  });
}
