import type { Pool } from '#database';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from './attempt-read.ts';

export class OpenHoldsReader {
  constructor(private readonly pool: Pool) {}

  /**
   * About how many holds are open, as Postgres's own statistics have it: they lag behind by some seconds. Counting a
   * million rows for every scrape would take a good part of a second.
   *
   * @throws {LedgerUnavailable} where the database isn't there.
   */
  estimate(): Promise<number> {
    return attemptRead(async () => {
      const { rows } = await ofConnection(
        this.pool.query<{ count: string }>({
          name: 'estimate_open_holds',
          text: `select pg_stat_get_live_tuples('holds'::regclass) as count`,
        }),
      );
      return Number(rows[0]?.count ?? 0);
    });
  }
}
