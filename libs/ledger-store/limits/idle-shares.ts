import { Amount, formatAmount, ZERO } from '#amounts';
import type { AccountKey, AccountRef, Exhausted } from '#ledger';
import type { Queryable } from '../queryable.ts';
import { arrayOf } from '../statement.ts';
import { lockLimit } from './lock-limit.ts';

/** A share of which something is neither used nor reserved. */
export interface IdleShare {
  readonly account: AccountRef;
  /** The number of its last lease. */
  readonly lease: number;
  readonly idle: Amount;
}

interface Window {
  readonly limit: string;
  readonly windowStart: number;
}

/** What is left of a window, and where: in the limit, or with accounts that don't use it. */
export interface WindowNow extends Exhausted {
  /** Those with the most idle, first. */
  readonly idleShares: readonly IdleShare[];
  /** Of all shares, listed or not. */
  readonly idle: Amount;
  /** Whether some of it is leased to accounts that haven't taken it yet: in a moment it is known what they leave. */
  readonly isMoving: boolean;
  /** Whether shares of which something is kept have more of it than is used: once the requests are decided that it is kept for, it is known. */
  readonly awaitsDecisions: boolean;
  /** How many accounts have a share: how long the look takes depends on it. */
  readonly shares: number;
}

/** So many are taken back at a time. */
export const LISTED_MAX = 200;

/** A lease that its account hasn't taken after this time never will be: its process has ended. Should it be alive, it asks again. */
const TAKEN_WITHIN = `interval '250 milliseconds'`;

/** What shares of a window were leased, and what their accounts have used and reserved. */
export const SHARES_OF_WINDOW = `
  select s.account_id, s.granted as leased, s.lease, s.leased_at, coalesce(c.used, 0) as used, coalesce(c.reserved, 0) as reserved,
    c.lease is distinct from s.lease and s.leased_at > clock_timestamp() - ${TAKEN_WITHIN} as on_its_way
  from span_limit_shares s left join lateral (
    select used, reserved, lease from counters
    where account_id = s.account_id and counter = s.limit_id and window_start = s.window_start limit 1
  ) c on true
  where s.limit_id = $1 and s.window_start = $2`;

interface WindowRow {
  readonly amount: string | null;
  readonly window_end: Date | null;
  readonly granted: string;
  readonly spent: string;
  readonly held: string;
  readonly is_moving: boolean;
  readonly awaits_decisions: boolean;
  readonly idle: string;
  readonly shares: string;
  readonly idle_shares: readonly (readonly [
    environment: string,
    id: string,
    key: string,
    lease: string,
    idle: string,
  ])[];
}

/** What of an account's share is spoken for, whether its account has taken it yet or not. */
export interface KeptShare {
  readonly accountKey: AccountKey;
  readonly kept: Amount;
}

export interface IdleOptions {
  /** Shares of which only what is beyond that counts as idle. */
  readonly kept?: readonly KeptShare[];
  /** Only shares that had no lease for so long count as idle. */
  readonly unleasedMs?: number;
}

/** Looks at a window in one snapshot, so that what is moved meanwhile is seen once. @returns `null` where the limit is none any more */
export async function readWindow(
  database: Queryable,
  { limit, windowStart }: Window,
  { kept = [], unleasedMs = 0 }: IdleOptions = {},
): Promise<WindowNow | null> {
  const { rows } = await database.query<WindowRow>(
    `with shares as materialized (${SHARES_OF_WINDOW}),
      kept as materialized (select * from unnest($4::bigint[], $5::numeric[]) k (account_id, kept)),
      idle as materialized (
        select account_id, lease, leased - greatest(used + reserved, kept) as idle from shares left join kept using (account_id)
        where leased > greatest(used + reserved, kept) and (kept is not null or not on_its_way)
          and leased_at <= clock_timestamp() - $3 * interval '1 millisecond'
      ),
      first as (
        select a.environment, a.external_id, a.account_id, i.lease, i.idle
        from (select * from idle order by idle desc, account_id limit ${LISTED_MAX}) i,
          lateral (select environment, external_id, account_id from accounts where account_id = i.account_id limit 1) a
      )
    select l.amount, w.window_end, w.granted,
      (select coalesce(sum(used), 0) from shares) as spent, (select coalesce(sum(reserved), 0) from shares) as held,
      exists (select from shares join kept using (account_id) where leased > used + reserved) as awaits_decisions,
      exists (select from shares where on_its_way and account_id not in (select account_id from kept)) as is_moving,
      (select coalesce(sum(idle), 0) from idle) as idle, (select count(*) from shares) as shares,
      (select coalesce(json_agg(json_build_array(
        environment, external_id, account_id::text, lease::text, idle::text) order by idle desc), '[]') from first) as idle_shares
    from span_limit_windows w join span_limits l on l.id = w.limit_id
    where w.limit_id = $1 and w.window_start = $2`,
    [
      limit,
      new Date(windowStart),
      unleasedMs,
      arrayOf(kept.map(({ accountKey }) => accountKey)),
      arrayOf(kept.map((one) => formatAmount(one.kept))),
    ],
  );
  const [row] = rows;
  if (!row || row.amount === null) return null;
  const amount = new Amount(row.amount);
  return {
    limit,
    amount,
    window: { start: windowStart, end: row.window_end?.getTime() ?? null },
    left: Amount.max(amount.minus(row.granted), ZERO),
    spent: new Amount(row.spent),
    held: new Amount(row.held),
    isMoving: row.is_moving,
    awaitsDecisions: row.awaits_decisions,
    shares: Number(row.shares),
    idle: new Amount(row.idle),
    idleShares: row.idle_shares.map(([environment, id, key, lease, idle]) => ({
      account: { environment, id, key },
      lease: Number(lease),
      idle: new Amount(idle),
    })),
  };
}

/** A share that its account has made smaller. */
export interface SmallerShare {
  readonly share: IdleShare;
  readonly granted: Amount;
}

/**
 * Gives back to a limit what accounts have let go. A share that was leased more meanwhile keeps it: nobody knows whether its
 * account has taken that by now. Call it in a transaction of its own, once the accounts' decisions are durable.
 */
export async function giveBack(
  database: Queryable,
  { limit, windowStart }: Window,
  shares: readonly SmallerShare[],
): Promise<void> {
  await lockLimit(database, limit);
  await database.query(
    `with smaller as materialized (
        select s.account_id, v.granted, s.granted - v.granted as given_back
        from unnest($3::bigint[], $4::bigint[], $5::numeric[]) v (account_id, lease, granted)
          join span_limit_shares s on s.limit_id = $1 and s.window_start = $2 and s.account_id = v.account_id
        where s.lease = v.lease and s.granted > v.granted
      ), written as (
        update span_limit_shares s set granted = smaller.granted from smaller
        where s.limit_id = $1 and s.window_start = $2 and s.account_id = smaller.account_id
      )
    update span_limit_windows w set granted = w.granted - total.given_back,
      "limit" = greatest((select coalesce(amount, 0) from span_limits where id = $1), w.granted - total.given_back)
    from (select sum(given_back) as given_back from smaller) total
    where w.limit_id = $1 and w.window_start = $2 and total.given_back > 0`,
    [
      limit,
      new Date(windowStart),
      arrayOf(shares.map(({ share }) => share.account.key)),
      arrayOf(shares.map(({ share }) => share.lease)),
      arrayOf(shares.map(({ granted }) => formatAmount(granted))),
    ],
  );
}
