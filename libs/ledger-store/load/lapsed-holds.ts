import { Amount } from '#amounts';
import type { AccountKey, Lapsed } from '#ledger';
import { arrayOf, type Statement } from '../statement.ts';
import { everExpires, firstHolds, openHolds, type FirstHolds } from './first-holds.ts';
import { AUTHORIZATIONS, type ClosedAuthorizationRow } from '../tables/authorizations.ts';
import type { HoldRow } from '../tables/holds.ts';

/** What lapsed holds let go: `[["<grant>" or null for the overdraft, <milliseconds since 1970>, "<amount>"], …]`. */
type ShareList = readonly (readonly [grantId: string | null, at: number, amount: string])[];

/** What they had reserved of counters: `[["<counter>", <start of the window, milliseconds since 1970>, "<amount>"], …]`. */
type ReservationList = readonly (readonly [counter: string, windowStart: number, amount: string])[];

/** Lapsed holds, with two times in milliseconds since 1970: `[["<authorization>", <expiry>, "<held>", <creation>], …]`. */
type HoldList = readonly (readonly [authorizationId: string, at: number, held: string, createdAt: number])[];

/** What time it is for an account, and which of its holds expire first. */
export interface FirstHoldsRow {
  /** Real time, by the database's clock. */
  now: Date;
  /** `null` in the one row of a reading of no accounts. */
  account_id: string | null;
  /** How far the account's test clock is ahead, in milliseconds; absent where none was looked at. */
  ahead_ms?: string | null;
  /** `null` where none is open, and where nobody asked. */
  first_holds: FirstHolds | null;
  /** How many holds are open, as far as they were counted. */
  open_holds: number;
}

/** The same of an account whose lapsed holds were looked at. */
export interface ClockRow extends FirstHoldsRow {
  lapsed: ShareList | null;
  reservations: ReservationList | null;
  /** The holds themselves, oldest expiry first, where they were moved. */
  holds: HoldList | null;
  /** Whether there are lapsed holds left that were not moved. */
  more: boolean;
}

export interface HoldQuestions {
  /** Whether any of the accounts may have a test clock. Those that need none don't pay for the look. */
  readonly clocks: boolean;
  /** Up to how many open holds to count; 0 where nobody asks. */
  readonly countMax: number;
}

/** So that no number of holds takes longer than a statement may, and no account is locked for long. */
export const MOVED_MAX = 5000;

/**
 * Reads the one clock, under the locks, and makes every hold of the accounts that has lapsed by then an expired
 * authorization. A hundred thousand may lapse at once, so the rows never come here; their sums do.
 *
 */
export function moveLapsedHolds(keys: readonly AccountKey[], { clocks, countMax }: HoldQuestions): Statement {
  const values = [arrayOf(keys), countMax];
  return clocks
    ? { name: 'move_lapsed_holds_by_clocks', text: MOVE_LAPSED_BY_CLOCKS, values }
    : { name: 'move_lapsed_holds', text: MOVE_LAPSED, values };
}

/** The same without changing anything, for readings that hold no locks. */
export function findLapsedHolds(keys: readonly AccountKey[], { clocks, countMax }: HoldQuestions): Statement {
  const values = [arrayOf(keys), countMax];
  return clocks
    ? { name: 'find_lapsed_holds_by_clocks', text: FIND_LAPSED_BY_CLOCKS, values }
    : { name: 'find_lapsed_holds', text: FIND_LAPSED, values };
}

/**
 * Reads the one clock without locks, and of each account the holds that expire first, lapsed ones among them.
 */
export function findFirstHolds(keys: readonly AccountKey[], { clocks, countMax }: HoldQuestions): Statement {
  const values = [arrayOf(keys), countMax];
  return clocks
    ? { name: 'find_first_holds_by_clocks', text: FIND_FIRST_BY_CLOCKS, values }
    : { name: 'find_first_holds', text: FIND_FIRST, values };
}

export function lapsedFromRows(rows: readonly ClockRow[]): Lapsed {
  const ofAccounts = rows.flatMap((row) => (row.account_id === null ? [] : [{ ...row, accountKey: row.account_id }]));
  return {
    shares: ofAccounts.flatMap(({ accountKey, lapsed }) =>
      (lapsed ?? []).map(([grantId, at, amount]) => ({ accountKey, grantId, amount: new Amount(amount), at })),
    ),
    reservations: ofAccounts.flatMap(({ accountKey, reservations }) =>
      (reservations ?? []).map(([counter, windowStart, amount]) => ({
        accountKey,
        counter,
        windowStart,
        amount: new Amount(amount),
      })),
    ),
    holds: ofAccounts.flatMap(({ accountKey, holds }) =>
      (holds ?? []).map(([authorizationId, at, held, createdAt]) => ({
        accountKey,
        authorizationId,
        held: new Amount(held),
        createdAt,
        at,
      })),
    ),
    isPart: rows.some(({ more }) => more),
  };
}

/** Where the accounts are, and what time it is for each. */
interface Times {
  readonly common: string;
  /** The accounts, as `a`. */
  readonly accounts: string;
  /** The time of `a`. */
  readonly now: string;
  /** What else is answered about `a`. */
  readonly more: string;
}

/** Read once, so that the index can be asked for what lies before it. Expiries are whole milliseconds. */
const CLOCK = `clock as materialized (select date_trunc('milliseconds', clock_timestamp()) as now)`;

const REAL: Times = { common: CLOCK, accounts: 'unnest($1::bigint[]) a (account_id)', now: 'clock.now', more: '' };

/** An account's clock is looked up here, under its lock, and not with its row: what waited for that lock read the past. */
const BY_CLOCKS: Times = {
  common: `${CLOCK},
  times as materialized (
    select wanted.account_id, ahead.ms as ahead_ms, clock.now + ahead.ms * interval '1 millisecond' as now
    from clock cross join unnest($1::bigint[]) wanted (account_id) cross join lateral (
      select coalesce((
        select c.ahead_ms from
          lateral (select environment, test_clock from accounts where account_id = wanted.account_id limit 1) own,
          lateral (select ahead_ms from test_clocks where environment = own.environment and number = own.test_clock limit 1) c
      ), 0) as ms
    ) ahead
  )`,
  accounts: 'times a',
  now: 'a.now',
  more: ', a.ahead_ms',
};

// `hasLapsed` of the ledger, in SQL. The second condition is always true, and names the index that is meant.
const hasLapsed = ({ now }: Times): string => `account_id = a.account_id and expires_at <= ${now} and ${everExpires}`;

/** `lapsed` has the rows, `due` how many they are. Amounts are text, so that no JSON number rounds them. */
const answer = ({ accounts, now, more }: Times, holds: string, first: string): string => `
  shares as (
    select h.account_id, (share ->> 0)::uuid as grant_id, h.expires_at as at, sum((share ->> 1)::numeric) as amount
    from lapsed h cross join lateral jsonb_array_elements(h.allocations) share group by 1, 2, 3
    union all
    select account_id, null, expires_at, sum(overdraft_held) from lapsed group by account_id, expires_at
    having sum(overdraft_held) > 0
    union all
    select account_id, null, max(expires_at), 0 from lapsed group by account_id
  ),
  let_go as materialized (
    select account_id,
      json_agg(json_build_array(grant_id, (extract(epoch from at) * 1000)::bigint, amount::text) order by at) as shares
    from shares group by account_id
  ),
  freed as materialized (
    select account_id, json_agg(json_build_array(counter, window_start, amount::text)) as reservations
    from (
      select h.account_id, part ->> 0 as counter, part -> 1 as window_start, sum((part ->> 2)::numeric) as amount
      from lapsed h cross join lateral jsonb_array_elements(h.reservations) part group by 1, 2, 3
    ) windows where amount > 0 group by account_id
  )
  select clock.now, a.account_id, (select count(*) from due) = ${MOVED_MAX} as more,
    (select shares from let_go where account_id = a.account_id) as lapsed,
    (select reservations from freed where account_id = a.account_id) as reservations, ${holds} as holds,
    ${first} as first_holds, ${openHolds(now, '$2::integer')} as open_holds${more}
  from clock left join ${accounts} on true`;

type NotOfHold = Exclude<keyof ClosedAuthorizationRow, keyof HoldRow>;

/** What `asOf` of the ledger makes of a lapsed hold, in the columns that a hold doesn't have, and in the one that it changes. */
const OF_LAPSED: Readonly<Record<NotOfHold | 'reservations', string>> = {
  status: `'expired'`,
  refunded: '0',
  late: 'false',
  held_at_close: 'held',
  final_amount: 'null',
  committed_at: 'null',
  closed_at: 'expires_at',
  reservations: `case when reservations = '[]' then reservations else (
      select jsonb_agg(jsonb_set(part, '{2}', '"0"') order by place)
      from jsonb_array_elements(reservations) with ordinality parts (part, place)
    ) end`,
};
const CHANGED_COLUMNS: ReadonlyMap<string, string> = new Map(Object.entries(OF_LAPSED));
const CLOSED_COLUMNS = AUTHORIZATIONS.written.map(({ column }) => column.name);

// The account's lock keeps everyone else from moving a row.
const moveLapsed = (times: Times): string => `
  with ${times.common},
  due as materialized (
    select h.address from clock cross join ${times.accounts} cross join lateral (
      select ctid as address from holds where ${hasLapsed(times)} order by expires_at offset 0
    ) h limit ${MOVED_MAX}
  ),
  lapsed as (delete from holds h using due where h.ctid = due.address returning h.*),
  closed as (
    insert into authorizations (${CLOSED_COLUMNS.join(', ')})
    select ${CLOSED_COLUMNS.map((name) => CHANGED_COLUMNS.get(name) ?? name).join(', ')} from lapsed
  ),
  gone as materialized (
    select account_id,
      json_agg(json_build_array(id, (extract(epoch from expires_at) * 1000)::bigint, held::text,
        (extract(epoch from created_at) * 1000)::bigint) order by expires_at, id) as holds
    from lapsed group by account_id
  ),${answer(times, '(select holds from gone where account_id = a.account_id)', firstHolds(times.now))}`;

const findLapsed = (times: Times): string => `
  with ${times.common},
  due as (select where false),
  lapsed as materialized (
    select h.* from clock cross join ${times.accounts} cross join lateral (
      select account_id, allocations, overdraft_held, reservations, expires_at from holds where ${hasLapsed(times)} offset 0
    ) h
  ),${answer(times, 'null::json', 'null::json')}`;

const findFirst = ({ common, accounts, now, more }: Times): string => `
  with ${common}
  select clock.now, a.account_id, ${firstHolds("'-infinity'")} as first_holds,
    ${openHolds(now, '$2::integer')} as open_holds${more}
  from clock left join ${accounts} on true`;

const FIND_FIRST = findFirst(REAL);
const FIND_FIRST_BY_CLOCKS = findFirst(BY_CLOCKS);
const MOVE_LAPSED = moveLapsed(REAL);
const MOVE_LAPSED_BY_CLOCKS = moveLapsed(BY_CLOCKS);
const FIND_LAPSED = findLapsed(REAL);
const FIND_LAPSED_BY_CLOCKS = findLapsed(BY_CLOCKS);
