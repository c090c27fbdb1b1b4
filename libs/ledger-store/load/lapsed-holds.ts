import { Amount, type AccountKey, type LapsedShare } from '#ledger';
import { arrayOf, type Statement } from '../statement.ts';

/** What lapsed holds let go: `[["<grant>" or null for the overdraft, <milliseconds since 1970>, "<amount>"], …]`. */
type ShareList = readonly (readonly [grantId: string | null, at: number, amount: string])[];

/** An account by the database's clock. */
export interface ClockRow {
  now: Date;
  /** `null` in the one row of a reading of no accounts. */
  account_id: string | null;
  next_hold_expiry: Date | null;
  lapsed: ShareList | null;
  /** Whether there are lapsed holds left that were not moved. */
  more: boolean;
}

/** So that no number of holds takes longer than a statement may: these take about 0.2 s. */
export const MOVED_MAX = 20_000;

/**
 * Reads the one clock, under the locks, and makes every hold of the accounts that has lapsed by then an expired
 * authorization. A hundred thousand may lapse at once, so the rows never come here; their sums do.
 */
export function moveLapsedHolds(keys: readonly AccountKey[]): Statement {
  return { name: 'move_lapsed_holds', text: MOVE_LAPSED, values: [arrayOf(keys)] };
}

/** The same without changing anything, for readings that hold no locks. */
export function findLapsedHolds(keys: readonly AccountKey[]): Statement {
  return { name: 'find_lapsed_holds', text: FIND_LAPSED, values: [arrayOf(keys)] };
}

export function lapsedShares(rows: readonly ClockRow[]): LapsedShare[] {
  return rows.flatMap(({ account_id: accountKey, lapsed }) =>
    accountKey === null
      ? []
      : (lapsed ?? []).map(([grantId, at, amount]) => ({ accountKey, grantId, amount: new Amount(amount), at })),
  );
}

/** Read once, so that the index can be asked for what lies before it. Expiries are whole milliseconds. */
const CLOCK = `clock as materialized (select date_trunc('milliseconds', clock_timestamp()) as now)`;

// `hasLapsed` of the ledger, in SQL. The second condition is always true, and names the index that is meant.
const HAS_LAPSED = `account_id = a.account_id and expires_at <= clock.now and expires_at > '-infinity'`;

/** `lapsed` has the rows, `due` how many they are. Amounts are text, so that no JSON number rounds them. */
const ANSWER = `
  shares as (
    select h.account_id, (share ->> 0)::uuid as grant_id, h.expires_at as at, sum((share ->> 1)::numeric) as amount
    from lapsed h cross join lateral jsonb_array_elements(h.allocations) share group by 1, 2, 3
    union all
    select account_id, null, max(expires_at), sum(overdraft_held) from lapsed group by account_id
  ),
  let_go as materialized (
    select account_id,
      json_agg(json_build_array(grant_id, (extract(epoch from at) * 1000)::bigint, amount::text) order by at) as shares
    from shares group by account_id
  )
  select clock.now, a.account_id, (select count(*) from due) = ${MOVED_MAX} as more,
    (select shares from let_go where account_id = a.account_id) as lapsed,
    (
      select min(expires_at) from holds
      where account_id = a.account_id and expires_at > clock.now and expires_at > '-infinity'
    ) as next_hold_expiry
  from clock left join unnest($1::bigint[]) a (account_id) on true`;

// What `asOf` of the ledger makes of a lapsed hold. The account's lock keeps everyone else from moving a row from its place.
const MOVE_LAPSED = `
  with ${CLOCK},
  due as materialized (
    select h.place from clock cross join unnest($1::bigint[]) a (account_id) cross join lateral (
      select ctid as place from holds where ${HAS_LAPSED} offset 0
    ) h limit ${MOVED_MAX}
  ),
  lapsed as (delete from holds h using due where h.ctid = due.place returning h.*),
  closed as (
    insert into authorizations (account_id, id, environment, status, amount, committed, draws, steps, uncollected, refunded,
      overage, late, held_at_close, usage, tags, metadata, created_at, expires_at, closed_at, balance_posted, balance_held)
    select account_id, id, environment, 'expired', amount, committed, draws, steps, uncollected, 0,
      overage, false, held, usage, tags, metadata, created_at, expires_at, expires_at, balance_posted, balance_held
    from lapsed
  ),${ANSWER}`;

const FIND_LAPSED = `
  with ${CLOCK},
  due as (select where false),
  lapsed as materialized (
    select h.* from clock cross join unnest($1::bigint[]) a (account_id) cross join lateral (
      select account_id, allocations, overdraft_held, expires_at from holds where ${HAS_LAPSED} offset 0
    ) h
  ),${ANSWER}`;
