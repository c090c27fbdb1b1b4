import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { attemptRead } from '#ledger-store';
import { idAfter } from '../facts/version-of.ts';

/** A decision makes its ids before it is committed, which may take so long. */
const COMMIT_MS_MAX = 10_000;

const STALE = `(c.stamp is null or c.stamp <> a.id_clock or not (c.tags @> t.tags and t.tags @> c.tags))`;

/** Without settings of its own, an environment has the default. */
const WITH_CURSORS = `
  left join rollup_cursors c on c.account_id = a.account_id
  cross join lateral (
    select coalesce((select reported_tags from settings s where s.environment = a.environment), '{user,feature,team}') as tags
  ) t`;

/**
 * Accounts that were written since, and aren't rolled up yet. They are found at the end of the journal. One that was written
 * without a transfer and without usage is found by {@link findStale}.
 *
 * @param since real time, in milliseconds since 1970
 */
export async function findWritten(pool: Pool, since: number, limit: number): Promise<AccountKey[]> {
  const { rows } = await pool.query<{ account_id: AccountKey }>(
    `with written as materialized (
      select account_id from transfers where id > $1 union select account_id from usage_records where id > $1
    )
    select a.account_id from written w join accounts a on a.account_id = w.account_id ${WITH_CURSORS}
    where ${STALE} order by c.stamp nulls first limit $2`,
    [writtenSince(since), limit],
  );
  return rows.map(({ account_id }) => account_id);
}

/** Whether an account isn't rolled up. */
export async function isStale(pool: Pool, account: AccountKey): Promise<boolean> {
  const { rowCount } = await attemptRead(() =>
    pool.query(`select from accounts a ${WITH_CURSORS} where a.account_id = $1 and ${STALE}`, [account]),
  );
  return rowCount !== 0;
}

/** Accounts that aren't rolled up, of one environment or of all, by looking at each of them. Those that wait longest come first. */
export async function findStale(
  pool: Pool,
  { environment = null, limit }: { readonly environment?: string | null; readonly limit: number },
): Promise<AccountKey[]> {
  const { rows } = await pool.query<{ account_id: AccountKey }>(
    `select a.account_id from accounts a ${WITH_CURSORS}
    where ($1::text is null or a.environment = $1) and ${STALE} order by c.stamp nulls first limit $2`,
    [environment, limit],
  );
  return rows.map(({ account_id }) => account_id);
}

/** The id after which the rows of an account's journal aren't rolled up, see `idAfter`. */
const AFTER_CURSOR = `(lpad(to_hex(coalesce(c.stamp, 0) >> 12), 12, '0') || '7' || lpad(to_hex(coalesce(c.stamp, 0) & 4095), 3, '0')
  || repeat('f', 16))::uuid`;

/**
 * How long the account that waits longest has waited to be rolled up, in seconds: since the first row of the journal that isn't. Asked are
 * the accounts that were written last, and those that are known to wait: what looks at all of them would take too long for a metric.
 *
 * @param since real time, in milliseconds since 1970: accounts that were written later are asked
 * @param waiting accounts that are asked too
 */
export async function rollupLag(pool: Pool, since: number, waiting: readonly AccountKey[]): Promise<number> {
  const { rows } = await pool.query<{ lag: number }>(
    `with asked as materialized (
      select unnest($2::bigint[]) as account_id union
      select account_id from transfers where id > $1 union select account_id from usage_records where id > $1
    )
    select coalesce(max(extract(epoch from clock_timestamp()) - first.ms / 1000.0), 0)::float8 as lag
    from asked join accounts a using (account_id) left join rollup_cursors c on c.account_id = a.account_id
    cross join lateral (
      select ('x' || lpad(replace(left(id::text, 13), '-', ''), 16, '0'))::bit(64)::bigint as ms from (
        (select id from transfers where account_id = a.account_id and id > ${AFTER_CURSOR} order by id limit 1)
        union all
        (select id from usage_records where account_id = a.account_id and id > ${AFTER_CURSOR} order by id limit 1)
      ) own order by id limit 1
    ) first
    where c.stamp is distinct from a.id_clock`,
    [writtenSince(since), waiting],
  );
  return Math.max(0, rows[0]?.lag ?? 0);
}

function writtenSince(ms: number): string {
  return idAfter(BigInt(Math.max(0, ms - COMMIT_MS_MAX)) * 4096n);
}
