import type { Pass } from '../pass.ts';
import { ACCOUNT_NOW } from './shares.ts';

/** Authorizations by the period in which they were made, which is that of what they are charged. */
const MADE = `
  select p.account_id, p.period_start, p.period_end, z.id, z.spent
  from commitment_periods p join (
    select account_id, id, created_at, committed - refunded as spent from authorizations
    union all
    select account_id, id, created_at, committed from holds
  ) z on z.account_id = p.account_id and z.created_at >= p.period_start and z.created_at < p.period_end and z.id > p.id`;

/** Shortfalls by the transaction that booked them, with what was refunded of it: each period has one. */
const BOOKED = `
  select account_id, transaction_id, sum(booked) as booked, sum(refunded) as refunded,
    min(charged_at) as first_at, max(charged_at) as last_at
  from (
    select account_id, transaction_id, amount as booked, 0 as refunded, created_at as charged_at
    from transfers where kind = 'commitment'
    union all
    select account_id, corrects, 0, amount, null from transfers where kind = 'refund' and authorization_id is null
  ) of_shortfalls
  group by account_id, transaction_id`;

const DRAWN = `
  select p.*, (draws -> 0 ->> 2)::uuid as transaction_id,
    lead(period_start) over (partition by account_id order by period_start) as next_start,
    (select coalesce(sum((draw ->> 1)::numeric), 0) from jsonb_array_elements(draws) draw) as charged,
    (select coalesce(sum((draw ->> 3)::numeric), 0) from jsonb_array_elements(draws) draw) as set_off
  from commitment_periods p`;

export const commitments: Pass = {
  subject: 'periods of commitments',
  rows: `
    select coalesce(p.account_id, b.account_id) as account_id,
      p.period_start, p.period_end, p.next_start, p.amount, p.spent, p.settled, p.uncollected,
      coalesce(p.charged, 0) as charged,
      coalesce(p.set_off, 0) as set_off,
      coalesce(b.booked, 0) as booked,
      b.first_at,
      b.last_at,
      coalesce(b.refunded, 0) as refunded,
      coalesce(m.spent, 0) as spent_by_all,
      coalesce(l.refunded_later, 0) as refunded_later,
      greatest(0, p.amount - p.spent) as missing,
      ${ACCOUNT_NOW} as now
    from (${DRAWN}) p
    full join (${BOOKED}) b on b.account_id = p.account_id and b.transaction_id = p.transaction_id
    cross join clock
    left join ahead on ahead.account_id = p.account_id
    left join (
      select account_id, period_start, sum(spent) as spent from (${MADE}) made group by account_id, period_start
    ) m on m.account_id = p.account_id and m.period_start = p.period_start
    left join (
      select made.account_id, made.period_start, sum(t.amount) as refunded_later
      from (${MADE}) made join transfers t on t.account_id = made.account_id and t.authorization_id = made.id
      where t.kind = 'refund' and t.created_at >= made.period_end
      group by made.account_id, made.period_start
    ) l on l.account_id = p.account_id and l.period_start = p.period_start`,
  objects: [],
  checks: [
    {
      name: 'What is spent in a period of a commitment is what its authorizations committed less refunds',
      section: '§9.2',
      holds: 'period_start is null or spent = spent_by_all',
      expected: `format('%s in the period from %s', trim_scale(spent_by_all), period_start)`,
      found: 'trim_scale(spent)',
    },
    {
      name: "What is charged for a commitment's shortfall is booked, as of the last instant of its period",
      section: '§2',
      holds: `charged = booked and (booked = 0
        or first_at = last_at and last_at = period_end - interval '1 millisecond')`,
      expected: `format('%s as of the end of %s', trim_scale(charged), coalesce(period_end::text, 'a period'))`,
      found: `format('%s from %s to %s', trim_scale(booked), first_at, last_at)`,
    },
    {
      name: "What is set off against a commitment's shortfall is refunded",
      section: '§2',
      holds: 'set_off = refunded and set_off <= charged',
      expected: `format('%s, of %s charged', trim_scale(set_off), trim_scale(charged))`,
      found: 'trim_scale(refunded)',
    },
    {
      // What is refunded after a period was settled doesn't raise its shortfall.
      name: "A commitment's shortfall is what was missing when its period was settled, less what landed late",
      section: '§2',
      holds: `period_start is null or case when settled
          then charged - set_off + uncollected between greatest(0, missing - refunded_later) and missing
          else charged = 0 and uncollected = 0 end`,
      expected: `format('%s in the period from %s', trim_scale(missing), period_start)`,
      found: `format('%s charged, %s uncollected', trim_scale(charged - set_off), trim_scale(uncollected))`,
    },
    {
      name: 'No instant belongs to two periods of a commitment, and only the last one runs',
      section: '§2',
      holds: `next_start is null or period_end <= next_start and settled`,
      expected: `format('a settled end at %s at the latest', next_start)`,
      found: `format('%s end at %s', case when settled then 'a settled' else 'an unsettled' end, period_end)`,
    },
    {
      name: 'A period of a commitment that has ended is settled (it is when the account is next written)',
      section: '§2',
      severity: 'notice',
      holds: 'period_start is null or settled or period_end > now',
      expected: `'settled'`,
      found: `format('open since its end at %s', period_end)`,
    },
  ],
};
