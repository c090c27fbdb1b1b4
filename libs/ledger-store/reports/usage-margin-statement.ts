import type { Statement } from '../statement.ts';
import { isUsageField, type MarginGroup } from './margin-group.ts';

/** What the groups are named that no usage names. */
const NONE = '(none)';
const OTHER = '(other)';
/** What no usage is behind has a row of its own. */
const DEBT_REPAID = '(debt repaid)';
const COMMITMENT = '(commitment)';

export interface MarginTerms {
  readonly environment: string;
  readonly from: Date;
  readonly to: Date;
  readonly currency: string;
  /** Money for a credit of a paid grant that doesn't say what it cost; `null`: none. */
  readonly pricePerCredit: string | null;
  /** Whether grants are paid in that currency. */
  readonly isPaidInCurrency: boolean;
  readonly group: MarginGroup;
  /** The name of the tag, where it groups by one. */
  readonly tag: string | null;
  /** As many groups are shown by themselves. */
  readonly groupsMax: number;
}

/**
 * Credits and money are those of the transfers that took effect in the range, costs those of the usage that was stated in it.
 * Where the usage of an authorization is in several groups, its credits are shared by what each part was priced at; every part
 * is rounded together with those before it, so that they make the whole.
 */
export function usageMargin(terms: MarginTerms): Statement {
  const { group } = terms;
  const tables = [
    ...[FIRST, MOVED, BOOKED, ADJUSTED, history(group), stated(group), IN_SCOPE, recorded(group)],
    ...[owners(group), shares(group), PARTS, GROUPED],
  ];
  return {
    name: `usage_margin_${group}`,
    text: `with ${tables.join(',\n')}\n${ROWS}`,
    values: [
      terms.environment,
      terms.from,
      terms.to,
      terms.currency,
      terms.pricePerCredit,
      terms.isPaidInCurrency,
      terms.groupsMax,
      // Postgres takes no value that the statement doesn't use.
      ...(group === 'tag' ? [terms.tag] : []),
    ],
  };
}

// What takes effect in live is booked then or later, and ids tell when, since 1970. A test clock is ahead of the ids.
const FIRST = `
first as materialized (
  select case when $1 = 'live' then uuid_at(greatest($2::timestamptz - interval '1 hour', to_timestamp(0)))
    else '00000000-0000-0000-0000-000000000000'::uuid end as id
)`;

// Paid grants that name one purchase share what was paid for all of them.
const MOVED = `
moved as materialized (
  select t.account_id, a.unit, t.authorization_id, t.kind,
    case when t.kind = 'debt_repayment' then '${DEBT_REPAID}' when t.authorization_id is null then '${COMMITMENT}' end as apart,
    case t.kind when 'refund' then -t.amount else t.amount end as credits,
    case when $6::boolean and g.category = 'paid' then coalesce(shared.price, g.cost_basis, $5::numeric, 0) else 0 end as price
  from transfers t
  join accounts a on a.account_id = t.account_id and a.environment = $1
  left join grants g on g.account_id = t.account_id and g.id = t.grant_id
  left join lateral (
    select sum(s.amount_paid) / sum(s.amount) as price from grants s
    where g.purchase_reference is not null and s.account_id = g.account_id and s.purchase_reference = g.purchase_reference
      and s.category = 'paid'
  ) shared on true
  where t.kind::text in ('usage', 'refund', 'debt_repayment', 'commitment') and t.id >= (select id from first)
    and t.created_at >= $2 and t.created_at < $3
)`;

const BOOKED = `
booked as materialized (
  select account_id, unit, authorization_id, sum(credits) as credits, round(sum(credits * price), 12) as revenue,
    bool_or(kind = 'usage') as is_used
  from moved where apart is null
  group by account_id, unit, authorization_id
)`;

const ADJUSTED = `
adjusted as materialized (
  select distinct account_id, authorization_id from usage_records
  where environment = $1 and kind = 'adjustment' and id >= (select id from first) and created_at >= $2 and created_at < $3
)`;

/** What each record says that the report shows. */
function columns(group: MarginGroup): string {
  const value = isUsageField(group) ? `coalesce(r.usage ->> '${group}', '${NONE}')` : 'null::text';
  return `r.account_id, r.authorization_id, ${value} as value, r.cost, r.cost_currency`;
}

/**
 * All usage of what was adjusted in the range, with the number of adjustments up to each record. An adjustment of several usages
 * counts by its first record, which gave the statement its id.
 */
function history(group: MarginGroup): string {
  return `
history as (
  select ${columns(group)}, r.kind = 'adjustment' as is_adjustment,
    r.id >= (select id from first) and r.created_at >= $2 and r.created_at < $3 as is_in_range,
    count(*) filter (where r.kind = 'adjustment' and r.id = r.statement_id)
      over (partition by account_id, authorization_id order by r.statement_id) as adjustments
  from adjusted join usage_records r using (account_id, authorization_id)
),
replaced as (
  -- Each by the next adjustment, which windows find in one pass where a join would look at all of them.
  select *, bool_or(is_adjustment and is_in_range) over (
    partition by account_id, authorization_id order by adjustments groups between 1 following and 1 following
  ) as is_replaced from history
)`;
}

/** Usage that was stated in the range, and, the other way, what adjustments of the range have replaced. */
function stated(group: MarginGroup): string {
  return `
stated as materialized (
  select ${columns(group)}, 1 as sign, r.kind <> 'adjustment' as is_used from usage_records r
  where r.environment = $1 and r.id >= (select id from first) and r.created_at >= $2 and r.created_at < $3
  union all
  select account_id, authorization_id, value, cost, cost_currency, -1, false from replaced where is_replaced
)`;
}

const IN_SCOPE = `
in_scope as materialized (
  select account_id, authorization_id from booked union select account_id, authorization_id from stated
)`;

/** All usage of what is in scope that no adjustment has replaced. Ids of records are later than those of their authorizations. */
function recorded(group: MarginGroup): string {
  const value = isUsageField(group) ? `coalesce(r.usage ->> '${group}', '${NONE}')` : 'null::text';
  return `
earliest as materialized (
  select coalesce(
    (select authorization_id from in_scope order by authorization_id limit 1), 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  ) as id
),
last_adjusted as materialized (
  select distinct on (account_id, authorization_id) account_id, authorization_id, statement_id from usage_records
  where environment = $1 and kind = 'adjustment' and id > (select id from earliest)
  order by account_id, authorization_id, statement_id desc
),
recorded as materialized (
  select r.account_id, r.authorization_id, ${value} as value, sum(coalesce(r.amount, 0)) as part
  from usage_records r left join last_adjusted l using (account_id, authorization_id)
  where r.environment = $1 and r.id > (select id from earliest)
    and (l.statement_id is null or r.statement_id >= l.statement_id)
  group by 1, 2, 3
)`;
}

/** The group that an authorization as a whole is in. */
function owners(group: MarginGroup): string {
  const value = ownValue(group);
  return `
owners as materialized (
  select s.account_id, s.authorization_id, a.unit, coalesce(o.value, '${NONE}') as value
  from in_scope s
  join accounts a on a.account_id = s.account_id
  left join lateral (
    select ${value} as value from holds h where h.account_id = s.account_id and h.id = s.authorization_id
    union all
    select ${value} from authorizations h where h.account_id = s.account_id and h.id = s.authorization_id
  ) o on true
)`;
}

function ownValue(group: MarginGroup): string {
  switch (group) {
    case 'account':
      return 'a.external_id';
    case 'key':
      return 'h.key_id::text';
    case 'tag':
      return `coalesce(h.tags ->> $8, h.additions -> 'tags' ->> $8)`;
    default:
      return `h.usage -> 0 ->> '${group}'`;
  }
}

/** What groups have of an authorization's credits: those between two sums of parts, of the total. */
function shares(group: MarginGroup): string {
  if (isUsageField(group)) return SHARES_OF_USAGE;
  return `
shares as materialized (
  select account_id, authorization_id, unit, value, 1::numeric as part, 1::numeric as upto, 1::numeric as total from owners
)`;
}

const SHARES_OF_USAGE = `
weighed as (
  select account_id, authorization_id, o.unit, r.value,
    case when sum(r.part) over same = 0 then 1 else r.part end as part
  from owners o join recorded r using (account_id, authorization_id)
  window same as (partition by account_id, authorization_id)
),
shares as materialized (
  select *, sum(part) over (same order by value) as upto, sum(part) over same as total from weighed
  window same as (partition by account_id, authorization_id)
  union all
  -- By an amount: what was named when it was authorized.
  select account_id, authorization_id, unit, value, 1, 1, 1 from owners o where not exists (
    select from recorded r where r.account_id = o.account_id and r.authorization_id = o.authorization_id
  )
)`;

const PARTS = `
parts as (
  select s.value, s.unit, s.account_id, s.authorization_id, b.is_used,
    round(b.credits * s.upto / s.total, 12) - round(b.credits * (s.upto - s.part) / s.total, 12) as credits,
    round(b.revenue * s.upto / s.total, 12) - round(b.revenue * (s.upto - s.part) / s.total, 12) as revenue,
    0 as cost, 0 as unknown_costs
  from booked b join shares s using (account_id, authorization_id)
  union all
  select coalesce(t.value, o.value), o.unit, o.account_id, o.authorization_id, t.is_used, 0, 0,
    case when t.cost_currency = $4 then t.sign * t.cost else 0 end,
    case when t.cost_currency is distinct from $4 then t.sign else 0 end
  from stated t join owners o using (account_id, authorization_id)
  union all
  -- Nothing was stated, so nothing tells what it has cost.
  select o.value, o.unit, o.account_id, o.authorization_id, false, 0, 0, 0, 1
  from booked b join owners o using (account_id, authorization_id)
  where b.is_used and not exists (
    select from recorded r where r.account_id = b.account_id and r.authorization_id = b.authorization_id
  )
  union all
  -- Repaid debt was used when it was made.
  select apart, unit, account_id, null, false, sum(case when apart = '${COMMITMENT}' then credits else 0 end),
    round(sum(credits * price), 12), 0, 0
  from moved where apart is not null
  group by apart, unit, account_id
)`;

const GROUPED = `
sums as (
  select value, unit, sum(credits) as credits from parts group by value, unit
),
places as (
  select value, unit, row_number() over (order by credits desc, value, unit) as place from sums
),
grouped as (
  select case when place <= $7 then p.value else '${OTHER}' end as value, p.unit, min(place) as place,
    count(distinct (p.account_id, p.authorization_id)) filter (where p.is_used) as requests,
    sum(p.credits) as credits, sum(p.revenue) as revenue, sum(p.cost) as cost, sum(p.unknown_costs) as unknown_costs
  from parts p join places using (value, unit)
  group by case when place <= $7 then p.value else '${OTHER}' end, p.unit
)`;

const ROWS = `
select value, unit, requests::text, credits::text, revenue::text, cost::text, unknown_costs::text,
  (select count(distinct (account_id, authorization_id)) filter (where is_used) from parts)::text as all_requests
from grouped order by place`;
