import type { Pool } from '#database';
import { queryable, type Queryable } from '#ledger-store';
import { CHAIN_DIFFERENCES_MAX, type ChainDifference, type ChainReport } from './chain-report.ts';
import { TEXT_SETTINGS } from './chained-rows.ts';
import { verifyClosings } from './verify-closings.ts';
import { verifyLinks, type AccountDifference } from './verify-links.ts';

/** Look-ups by key, however long all of them take. */
const SETTINGS = `set local jit = off; set local enable_seqscan = on; set local work_mem = '64MB'; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0; ${TEXT_SETTINGS}`;

/**
 * Computes the hash chains again from the journal, and compares: the rows of every account in the order of their ids, and what was
 * closed. It finds a row that was altered, taken away or put in, by whomever and however. It reads one snapshot, locks no row and
 * changes nothing.
 *
 * @param month only what was closed with this month, like `2026-03`; `null`: everything
 * @param pool with the rights to read all tables
 */
export async function verifyChain(pool: Pool, month: string | null = null): Promise<ChainReport> {
  const startedAt = performance.now();
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(SETTINGS);
    const report = await verifySnapshot(queryable(client), month);
    await client.query('commit');
    broken = false;
    return { ...report, ms: Math.round(performance.now() - startedAt) };
  } finally {
    client.release(broken);
  }
}

async function verifySnapshot(database: Queryable, month: string | null): Promise<Omit<ChainReport, 'ms'>> {
  const ofAccounts: AccountDifference[] = [];
  const differences: ChainDifference[] = [];
  let found = 0;
  const keep = <T>(list: T[]) => {
    return (one: T): void => {
      found += 1;
      if (list.length < CHAIN_DIFFERENCES_MAX) list.push(one);
    };
  };
  const checked = await verifyLinks(database, month, keep(ofAccounts));
  const closings = await verifyClosings(database, month, keep(differences));
  const named = await nameAccounts(database, ofAccounts);
  return {
    clean: found === 0,
    ...checked,
    closings,
    differences: [...named, ...differences].slice(0, CHAIN_DIFFERENCES_MAX),
    found,
  };
}

interface PlaceRow {
  readonly environment: string | null;
  readonly account: string;
  readonly month: string | null;
}

/** Whose they are, and with which month they were closed first. */
async function nameAccounts(
  database: Queryable,
  differences: readonly AccountDifference[],
): Promise<readonly ChainDifference[]> {
  const { rows } = await database.query<PlaceRow>(
    `select coalesce(a.environment, closed.environment) as environment, coalesce(a.external_id, d.account_id::text) as account,
      closed.month
    from unnest($1::bigint[], $2::bigint[]) with ordinality d (account_id, stamp, place)
      left join accounts a on a.account_id = d.account_id
      left join lateral (
        select c.environment, c.month from period_heads h
          join period_closings c on c.environment = h.environment and c.number = h.closing
        where h.account_id = d.account_id and h.stamp >= d.stamp order by h.closing limit 1
      ) closed on true
    order by d.place`,
    [differences.map(({ account }) => account), differences.map(({ stamp }) => String(stamp))],
  );
  return differences.map(({ kind, object, account }, at) => ({
    ...(rows[at] ?? { environment: null, account, month: null }),
    kind,
    object,
  }));
}
