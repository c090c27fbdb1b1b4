import type { AccountKey } from '#ledger';
import { arrayOf, type Statement } from '../statement.ts';

export interface Closing {
  readonly accounts: readonly AccountKey[];
  /** Only what was made before this instant of real time is closed. */
  readonly before: Date;
  /** The most transfers, and the most authorizations, that one closing adds to the one before it. */
  readonly rowsMax: number;
}

export interface ClosedRow {
  account_id: AccountKey;
  /** Whether the account has more to close. */
  more: boolean;
}

/**
 * Makes the next closing of each of these accounts that has anything to close, and returns a row per account.
 *
 * It takes no lock. The ids of an account rise with every decision, and each decision is committed before the next one can be
 * written. So a snapshot that shows the account's version shows everything with a smaller id, and nothing is ever added to
 * what was closed. What is booked later as of an earlier instant has a larger id, so it isn't part of the closing.
 */
export function closeAccounts({ accounts, before, rowsMax }: Closing): Statement {
  return { name: 'close_accounts', text: CLOSE_ACCOUNTS, values: [arrayOf(accounts), before, rowsMax] };
}

const NO_ID = `'00000000-0000-0000-0000-000000000000'::uuid`;

/** No id of the account is larger than this, as long as its version is what it is. */
const LAST_ID = `(lpad(to_hex(id_clock >> 12), 12, '0') || '7' || lpad(to_hex(id_clock & 4095), 3, '0') || 'ffffffffffffffff')::uuid`;

/** Each account's last closing, and how far the account could be closed. */
const LAST = `last as materialized (
    select a.account_id, coalesce(c.through_id, ${NO_ID}) as after_id, least(uuid_at($2), a.last_id) as until_id,
      c.credits, c.scheduled_at, c.scheduled_credits, c.debt, c.open_authorizations, c.latest_at, c.rest_from
    from unnest($1::bigint[]) wanted (account_id)
      cross join lateral (
        select account_id, ${LAST_ID} as last_id from accounts where account_id = wanted.account_id limit 1
      ) a
      left join lateral (
        select * from closings where account_id = wanted.account_id order by through_id desc limit 1
      ) c on true
  )`;

const isNext = (table: string): string =>
  `${table}.account_id = due.account_id and ${table}.id > due.after_id and ${table}.id <= due.through_id`;

/** The id of the last row that fits into one closing; NULL if all of them do. */
const lastOf = (table: string): string =>
  `(select id from ${table} where account_id = last.account_id and id > last.after_id and id <= last.until_id
      order by id offset $3::integer - 1 limit 1)`;

const DUE = `due as materialized (
    select last.*, least(until_id, ${lastOf('transfers')}, ${lastOf('authorizations')}) as through_id
    from last where until_id > after_id
  )`;

const BOOKED = `booked as materialized (
    select due.account_id, sums.*
    from due cross join lateral (
      select grant_id, min(created_at) as earliest, max(created_at) as latest,
        sum(case when credit = debit then 0 when credit = 'grant' then amount when debit = 'grant' then -amount else 0 end) as credits,
        sum(case when debit = 'debt' then amount when credit = 'debt' then -amount else 0 end) as debt
      from transfers where ${isNext('transfers')} group by grant_id
    ) sums
  )`;

const DECIDED = `decided as materialized (
    select due.account_id, times.*
    from due cross join lateral (
      select min(created_at) as earliest, max(created_at) as latest from authorizations where ${isNext('authorizations')}
    ) times
  )`;

/**
 * An authorization is created at the time of its decision, and what was due by then is booked before. So nothing that is
 * decided later took effect earlier, unless somebody has set the database's clock back. It may be set back by this much.
 */
const SET_BACK_MAX = `interval '1 hour'`;

/** The closing that each account gets; none if there is nothing to close. */
const NEXT = `next as materialized (
    select due.account_id, after_id, through_id, credits, scheduled_at, scheduled_credits, open_authorizations,
      coalesce(due.debt, 0) + coalesce(sums.debt, 0) as debt,
      least(sums.earliest, decided.earliest) as earliest,
      greatest(due.latest_at, sums.latest, decided.latest) as latest_at,
      greatest(due.rest_from, decided.latest - ${SET_BACK_MAX}, '-infinity') as rest_from
    from due join decided using (account_id)
      left join (
        select account_id, min(earliest) as earliest, max(latest) as latest, sum(debt) as debt from booked group by account_id
      ) sums using (account_id)
    where sums.latest is not null or decided.latest is not null
  )`;

/** Credits by the instant from which they count, and then those that count by the time of the closing. */
const CREDITS = `counting as (
    select account_id, effective_at, sum(credits) as credits
    from (
      select account_id, g.effective_at, b.credits
      from booked b cross join lateral (
        select effective_at from grants where account_id = b.account_id and id = b.grant_id limit 1
      ) g
      union all
      select account_id, scheduled.* from next cross join lateral unnest(scheduled_at, scheduled_credits) scheduled
    ) parts
    group by account_id, effective_at
  ),
  credits as (
    select account_id,
      sum(c.credits) filter (where effective_at <= latest_at) as credits,
      array_agg(effective_at order by effective_at) filter (where effective_at > latest_at and c.credits <> 0) as scheduled_at,
      array_agg(c.credits order by effective_at) filter (where effective_at > latest_at and c.credits <> 0) as scheduled_credits
    from next join counting c using (account_id) group by account_id
  )`;

/** What is in "holds" now will be among the authorizations later, under the id that it has. */
const OPEN = `array(
      select id from holds where account_id = next.account_id and id <= next.through_id and expires_at > next.latest_at
      union all
      select id from authorizations
      where account_id = next.account_id and id > next.after_id and id <= next.through_id and closed_at > next.latest_at
      union all
      select found.id from unnest(next.open_authorizations) earlier (id), lateral (
        select id from authorizations
        where account_id = next.account_id and id = earlier.id and closed_at > next.latest_at limit 1
      ) found
      order by id
    )`;

const CLOSE_ACCOUNTS = `
  with ${[LAST, DUE, BOOKED, DECIDED, NEXT, CREDITS].join(',\n  ')},
  closed as (
    insert into closings (account_id, through_id, credits, scheduled_at, scheduled_credits, debt, open_authorizations, latest_at, rest_from)
    select account_id, through_id, coalesce(next.credits, 0) + coalesce(c.credits, 0),
      coalesce(c.scheduled_at, '{}'), coalesce(c.scheduled_credits, '{}'), debt, ${OPEN}, latest_at, rest_from
    from next left join credits c using (account_id)
  ),
  -- If the clock was set back further than that, the earlier closings are corrected here.
  corrected as (
    update closings c set rest_from = next.earliest from next
    where c.account_id = next.account_id and c.rest_from > next.earliest
  )
  select account_id, through_id < until_id as more from due`;
