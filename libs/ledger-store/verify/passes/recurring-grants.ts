import type { Pass } from '../pass.ts';
import { ACCOUNT_NOW } from './shares.ts';

const at = (milliseconds: string): string => `to_timestamp((${milliseconds})::bigint / 1000.0)`;

/** Grants of periods, each with the one before it of the same name. */
const OF_PERIODS = `
  select account_id, period ->> 'name' as name, id, effective_at,
    (period ->> 'start')::bigint as period_start, (period ->> 'end')::bigint as period_end,
    (period ->> 'previous')::bigint as previous,
    lag((period ->> 'start')::bigint) over following as start_before,
    lag((period ->> 'end')::bigint) over following as end_before,
    lead(id) over following is null as is_last
  from grants where period is not null and period ->> 'from' is null and (period ->> 'periods')::integer > 0
  window following as (partition by account_id, period ->> 'name' order by (period ->> 'start')::bigint, id)`;

/** Recurring grants as their accounts have them. What was granted for the rest of a period is no grant of a period. */
const RECURRING = `
  select r.account_id, one ->> 'name' as name,
    (one #>> '{last,start}')::bigint as last_start, (one #>> '{last,end}')::bigint as last_end,
    case when part.id is null then (one #>> '{last,grant}')::uuid end as last_grant,
    (one #>> '{next,at}')::bigint as next_at
  from account_refills r cross join lateral jsonb_array_elements(r.recurring) one
  left join grants part on part.account_id = r.account_id and part.id = (one #>> '{last,grant}')::uuid
    and (part.period ->> 'periods')::integer = 0`;

export const recurringGrants: Pass = {
  subject: 'periods of recurring grants',
  rows: `
    select coalesce(g.account_id, r.account_id) as account_id, g.id, g.effective_at, g.period_start, g.period_end, g.previous,
      g.start_before, g.end_before, g.is_last, r.last_start, r.last_end, r.last_grant, r.next_at, ${ACCOUNT_NOW} as now
    from (${OF_PERIODS}) g
    full join (${RECURRING}) r on r.account_id = g.account_id and r.name = g.name and (g.is_last or g.id is null)
    cross join clock
    left join ahead on ahead.account_id = coalesce(g.account_id, r.account_id)`,
  objects: [{ kind: 'grant', column: 'id' }],
  checks: [
    {
      name: 'A period of a recurring grant is granted at most once, as of its instant, and no two overlap',
      section: '§7',
      holds: `id is null or period_start < period_end and effective_at = ${at('period_start')}
        and coalesce(end_before <= period_start, true)`,
      expected: `format('a period from %s', ${at('coalesce(end_before, period_start)')})`,
      found: `format('from %s to %s, in effect at %s', ${at('period_start')}, ${at('period_end')}, effective_at)`,
    },
    {
      name: 'No period of a recurring grant is missing between two that were granted',
      section: '§7',
      holds: 'id is null or previous is null or previous = start_before',
      expected: `format('a period that begins at %s', ${at('previous')})`,
      found: `format('one that begins at %s', ${at('start_before')})`,
    },
    {
      name: 'The last period that a recurring grant has granted is there, and the next one begins after it',
      section: '§7',
      holds: `last_grant is null or last_grant is not distinct from id and last_start = period_start
        and coalesce(next_at >= last_end, true)`,
      expected: `format('a grant of the period from %s', ${at('last_start')})`,
      found: `format('one of the period from %s', ${at('period_start')})`,
    },
    {
      name: 'A period that has begun is granted (it is when the account is next written)',
      section: '§7',
      severity: 'notice',
      holds: `next_at is null or ${at('next_at')} > now`,
      expected: `'granted'`,
      found: `format('due since %s', ${at('next_at')})`,
    },
  ],
};

/** What has rolled over, by the grant that it comes from. */
const ROLLED = `
  select i.account_id, (i.period ->> 'from')::uuid as from_id, i.period ->> 'name' as name,
    sum(i.amount) as amount, sum(i.repaid) as repaid
  from grants i where i.period ->> 'from' is not null group by i.account_id, i.period ->> 'from', i.period ->> 'name'`;

export const rollovers: Pass = {
  subject: 'rollovers',
  rows: `
    select coalesce(r.account_id, t.account_id) as account_id, coalesce(r.from_id, t.from_id) as id, r.amount, r.repaid, r.name,
      t.booked, g.amount as granted, g.period
    from (${ROLLED}) r
    full join (
      select account_id, grant_id as from_id, sum(amount) as booked from transfers where kind::text = 'rollover'
      group by account_id, grant_id
    ) t on t.account_id = r.account_id and t.from_id = r.from_id
    left join grants g on g.account_id = coalesce(r.account_id, t.account_id) and g.id = coalesce(r.from_id, t.from_id)`,
  objects: [{ kind: 'grant', column: 'id' }],
  checks: [
    {
      name: 'What rolls over of a period is booked, is no more than the period brought, and repays no debt',
      section: '§7',
      holds: 'amount = booked and booked <= granted and repaid = 0',
      expected: `format('%s, of %s', trim_scale(booked), trim_scale(granted))`,
      found: `format('%s, of which %s has repaid debt', trim_scale(amount), trim_scale(repaid))`,
    },
    {
      name: 'Only the rest of a period rolls over, into grants of the same recurring grant',
      section: '§7',
      holds: `period ->> 'name' = name and period ->> 'from' is null and period -> 'rollover' <> 'null'`,
      expected: `'a grant of a period that rolls over'`,
      found: `coalesce(period::text, 'none')`,
    },
  ],
};
