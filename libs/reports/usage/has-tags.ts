import type { AccountKey } from '#ledger';
import type { Queryable } from '#ledger-store';

export interface TaggedUsage {
  readonly environment: string;
  /** The one account that is asked about; `null`: all of them. */
  readonly account: AccountKey | null;
  readonly tags: readonly string[];
}

/** Whether all that is rolled up is so by these tags too. Of a tag that the settings report since lately, accounts follow one by one. */
export async function hasTags(database: Queryable, { environment, account, tags }: TaggedUsage): Promise<boolean> {
  const { rows } = await database.query(
    `select from rollup_cursors c join accounts a using (account_id)
    where a.environment = $1 and ($2::bigint is null or c.account_id = $2) and c.stamp > 0 and not c.tags @> $3::text[] limit 1`,
    [environment, account, tags],
  );
  return rows.length === 0;
}
