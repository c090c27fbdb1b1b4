import type { Pass } from '../pass.ts';

/** The number of the closing that an id belongs to; one more than there are if it belongs to none. */
const NUMBER = `width_bucket(id, ends.ids) + case when ends.ids[width_bucket(id, ends.ids)] = id then 0 else 1 end`;

/**
 * Compares each closing with the one before it and what was booked in between, so that every transfer is read once. Whatever is
 * found here, no balance of the present is wrong, and deleting the account's closings mends it.
 */
export const closings: Pass = {
  subject: 'closings',
  rows: `
    with numbered as (
      select c.*, row_number() over accounts as number,
        coalesce(lag(credits) over accounts, 0) as earlier_credits,
        lag(scheduled_at) over accounts as earlier_at,
        lag(scheduled_credits) over accounts as earlier_scheduled,
        coalesce(lag(debt) over accounts, 0) as earlier_debt,
        coalesce(lag(latest_at) over accounts, '-infinity') as earlier_latest_at
      from closings c window accounts as (partition by account_id order by through_id)
    ),
    ends as (select account_id, array_agg(through_id order by through_id) as ids from closings group by account_id),
    sums as (
      select account_id, ${NUMBER} as number, grant_id, min(created_at) as earliest, max(created_at) as latest,
        sum(case when credit = debit then 0 when credit = 'grant' then amount when debit = 'grant' then -amount else 0 end) as credits,
        sum(case when debit = 'debt' then amount when credit = 'debt' then -amount else 0 end) as debt
      from transfers join ends using (account_id) group by 1, 2, 3
    ),
    booked as (
      select s.account_id, s.number, min(s.earliest) as earliest, max(s.latest) as latest, sum(s.debt) as debt,
        sum(s.credits) filter (where g.effective_at <= c.latest_at) as credits,
        sum(s.credits) filter (where g.effective_at > c.latest_at) as scheduled
      from sums s left join grants g on g.account_id = s.account_id and g.id = s.grant_id
        left join numbered c on c.account_id = s.account_id and c.number = s.number
      group by s.account_id, s.number
    ),
    authorized as (
      select account_id, id, ${NUMBER} as number, created_at, ends_at
      from (
        select account_id, id, created_at, closed_at as ends_at from authorizations
        union all
        select account_id, id, created_at, expires_at from holds
      ) every join ends using (account_id)
    ),
    unlisted as (
      select c.account_id, c.number, count(*) as authorizations
      from authorized a
        join numbered own on own.account_id = a.account_id and own.number = a.number and a.ends_at > own.latest_at
        join numbered c on c.account_id = a.account_id and c.number >= a.number and a.ends_at > c.latest_at
      where a.id <> all (c.open_authorizations)
      group by c.account_id, c.number
    ),
    later as (
      select account_id, number,
        min(earliest) over (partition by account_id order by number rows between 1 following and unbounded following) as earliest
      from (
        select account_id, number, min(earliest) as earliest
        from (
          select account_id, number, earliest from booked
          union all select account_id, number, min(created_at) from authorized group by account_id, number
          union all select account_id, number, null from numbered
        ) all_parts group by account_id, number
      ) parts
    )
    select c.*,
      earlier_credits + coalesce(booked.credits, 0) + before.matured as due_credits,
      before.waiting + coalesce(booked.scheduled, 0) as due_scheduled,
      earlier_debt + coalesce(booked.debt, 0) as due_debt,
      (select coalesce(sum(s), 0) from unnest(scheduled_credits) s) as scheduled,
      greatest(earlier_latest_at, booked.latest) as due_latest_at,
      later.earliest as earliest_later,
      coalesce(unlisted.authorizations, 0) as unlisted,
      (select count(*) - count(distinct o) + count(*) filter (where o > through_id) from unnest(open_authorizations) o) as strays
    from numbered c
      left join booked using (account_id, number)
      left join later using (account_id, number)
      left join unlisted using (account_id, number)
      cross join lateral (
        select coalesce(sum(credits) filter (where at <= c.latest_at), 0) as matured,
          coalesce(sum(credits) filter (where at > c.latest_at), 0) as waiting
        from unnest(earlier_at, earlier_scheduled) earlier (at, credits)
      ) before`,
  objects: [],
  checks: [
    {
      name: 'A closing has the credits of the grants in effect: those of the closing before it, and what was booked since',
      section: '§9.7',
      holds: 'credits = due_credits and scheduled = due_scheduled',
      expected: `format('%s, and %s still to come, up to %s', trim_scale(due_credits), trim_scale(due_scheduled), through_id)`,
      found: `format('%s, and %s still to come', trim_scale(credits), trim_scale(scheduled))`,
    },
    {
      name: 'A closing has the debt of the closing before it, and what was borrowed and repaid since',
      section: '§9.7',
      holds: 'debt = due_debt',
      expected: `format('%s up to %s', trim_scale(due_debt), through_id)`,
      found: 'trim_scale(debt)',
    },
    {
      name: 'A closing lists, each once, the authorizations up to it that were still open',
      section: '§9.7',
      holds: 'unlisted = 0 and strays = 0',
      expected: `format('all that were open at %s', latest_at)`,
      found: `format('%s missing, %s that do not belong there', unlisted, strays)`,
    },
    {
      name: 'Everything that a closing sums up took effect by its time, and nothing after it before the time it gives',
      section: '§9.7',
      holds: 'latest_at >= due_latest_at and rest_from <= coalesce(earliest_later, rest_from)',
      expected: `format('by %s, and from %s on', due_latest_at, earliest_later)`,
      found: `format('by %s, and from %s on', latest_at, rest_from)`,
    },
  ],
};
