import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { findStale, isStale } from './changed-accounts.ts';
import { namedFailures, rollUpApart, type RollupFailure } from './roll-up-apart.ts';
import { RollupsIncomplete } from './rollups-incomplete.ts';

/** Of how many accounts a read rolls up what is new, before it leaves the rest to the worker. */
const STALE_MAX = 200;
const ACCOUNTS_AT_ONCE = 100;
/** So many accounts are named that can't be added up. */
const NAMED_MAX = 10;

export interface CaughtUp {
  /** Everything up to here is in the sums, in milliseconds since 1970. */
  readonly asOf: number;
  /** Whether everything is, of every account. */
  readonly isComplete: boolean;
}

/**
 * Rolls an account up to this moment: whoever reads its sums next reads all that has happened, whether or not a worker runs. Where nothing
 * is new, it waits for nobody who rolls up others with it.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 * @throws {RollupsIncomplete} where the account can't be added up
 */
export async function catchUpAccount(pool: Pool, account: AccountKey): Promise<CaughtUp> {
  const asOf = Date.now();
  if (await isStale(pool, account)) await refuseFailures(pool, await rollUpWhole(pool, [account]));
  return { asOf, isComplete: true };
}

/**
 * The same of an environment, if few of its accounts have something new. Otherwise, or where one of them can't be added up, the sums are as
 * of the worker's last pass.
 *
 * @param staleMax of how many accounts something is rolled up; `Infinity` for whoever needs all of them, such as a close
 * @throws {LedgerUnavailable} where the database isn't there
 * @throws {RollupsIncomplete} where all accounts are needed and some can't be added up: the others are by then
 */
export async function catchUpEnvironment(
  pool: Pool,
  environment: string,
  { staleMax = STALE_MAX }: { readonly staleMax?: number } = {},
): Promise<CaughtUp> {
  const asOf = Date.now();
  if (staleMax === Number.POSITIVE_INFINITY) {
    await refuseFailures(pool, await rollUpEnvironment(pool, environment));
    return { asOf, isComplete: true };
  }
  const stale = await findStale(pool, { environment, limit: staleMax + 1 });
  if (stale.length > staleMax) return { asOf: await rolledUpTo(pool, environment, asOf), isComplete: false };
  let isComplete = true;
  for (let from = 0; from < stale.length; from += ACCOUNTS_AT_ONCE) {
    const failed = await rollUpWhole(pool, stale.slice(from, from + ACCOUNTS_AT_ONCE));
    isComplete &&= failed.length === 0;
  }
  return { asOf: isComplete ? asOf : await rolledUpTo(pool, environment, asOf), isComplete };
}

/** What is written meanwhile isn't waited for: each account is taken once. */
async function rollUpEnvironment(pool: Pool, environment: string): Promise<readonly RollupFailure[]> {
  const done = new Set<AccountKey>();
  const failed: RollupFailure[] = [];
  for (;;) {
    const stale = (await findStale(pool, { environment, limit: ACCOUNTS_AT_ONCE + done.size })).filter(
      (key) => !done.has(key),
    );
    if (stale.length === 0) return failed;
    failed.push(...(await rollUpWhole(pool, stale)));
    for (const key of stale) done.add(key);
  }
}

async function rollUpWhole(pool: Pool, accounts: readonly AccountKey[]): Promise<readonly RollupFailure[]> {
  const all: RollupFailure[] = [];
  for (let rest = accounts; rest.length > 0;) {
    const { unfinished, failed } = await rollUpApart(pool, rest, { isWaiting: true });
    all.push(...failed);
    rest = unfinished;
  }
  return all;
}

async function refuseFailures(pool: Pool, failed: readonly RollupFailure[]): Promise<void> {
  const [first] = failed;
  if (first) throw new RollupsIncomplete(await namedFailures(pool, failed.slice(0, NAMED_MAX)), first.error);
}

/**
 * The earliest moment up to which some account of many is rolled up, that has something new. One that never was has nothing of its
 * journal in the sums, which is as old as itself: by real time, as the ids of its rows are.
 */
async function rolledUpTo(pool: Pool, environment: string, now: number): Promise<number> {
  const { rows } = await pool.query<{ ms: string | null }>(
    `select floor(least(
      (select min(c.stamp >> 12) from accounts a join rollup_cursors c using (account_id)
        where a.environment = $1 and c.stamp <> a.id_clock and c.stamp > 0),
      (select never.ms from (
          select a.account_id, extract(epoch from a.created_at) * 1000 - coalesce(t.ahead_ms, 0) as ms
          from accounts a left join rollup_cursors c using (account_id)
            left join test_clocks t on t.environment = a.environment and t.number = a.test_clock
          where a.environment = $1 and coalesce(c.stamp, 0) = 0
        ) never
        cross join lateral (
          (select from transfers where account_id = never.account_id limit 1)
          union all
          (select from usage_records where account_id = never.account_id limit 1)
          limit 1
        ) some_row
        order by never.ms limit 1)
    ))::text as ms`,
    [environment],
  );
  return Math.min(now, Number(rows[0]?.ms ?? now));
}
