import type { Pass } from '../pass.ts';
import { ALL_AUTHORIZATIONS } from './shares.ts';

/** What was stated: the last adjustment counts alone, without one all that commits said. Costs are by currency. */
const STATED = `
  select account_id, authorization_id as id,
    bool_or(is_unpriced) as is_unpriced,
    coalesce(jsonb_object_agg(cost_currency, cost) filter (where cost is not null), '{}') as costs
  from (
    select account_id, authorization_id, cost_currency,
      bool_or(settlement = 'unpriced' and kind <> 'adjustment') as is_unpriced,
      sum(cost) filter (where last_adjusted is null or statement_id = last_adjusted) as cost
    from usage_records
    left join (
      select distinct on (account_id, authorization_id) account_id, authorization_id, statement_id as last_adjusted
      from usage_records where kind = 'adjustment'
      order by account_id, authorization_id, statement_id desc
    ) adjusted using (account_id, authorization_id)
    group by account_id, authorization_id, cost_currency
  ) by_currency
  group by account_id, authorization_id`;

/** What authorizations are priced by, and what is remembered of what they have used. */
export const prices: Pass = {
  subject: 'priced authorizations',
  rows: `
    select z.account_id, z.id,
      (z.pricing -> 'price' ->> 0)::uuid as card,
      (z.pricing -> 'price' ->> 1)::integer as version,
      (z.pricing -> 'price' ->> 3)::integer as overrides,
      z.pricing ->> 'settlement' as settlement,
      (z.pricing -> 'cost' ->> 0)::numeric as cost,
      z.pricing -> 'cost' ->> 1 as currency,
      v.version as found_version,
      o.version as found_overrides,
      s.id is not null as is_stated,
      coalesce(s.is_unpriced, false) as is_unpriced,
      coalesce(s.costs, '{}') as costs
    from (${ALL_AUTHORIZATIONS}) z
    left join rate_card_versions v
      on v.rate_card = (z.pricing -> 'price' ->> 0)::uuid and v.version = (z.pricing -> 'price' ->> 1)::integer
    left join account_overrides o
      on o.account_id = z.account_id and o.version = (z.pricing -> 'price' ->> 3)::integer
    left join (${STATED}) s on s.account_id = z.account_id and s.id = z.id
    where z.pricing is not null or s.id is not null`,
  objects: [{ kind: 'authorization', column: 'id' }],
  checks: [
    {
      name: 'What an authorization is priced by is there: the version of its rate card, and that of its account’s own prices',
      section: '§4',
      holds: '(card is null or found_version is not null) and (overrides is null or found_overrides is not null)',
      expected: `concat_ws(', ', 'version ' || version || ' of the card ' || card, 'version ' || overrides || ' of own prices')`,
      found: `concat_ws(', ', 'version ' || found_version || ' of the card', 'version ' || found_overrides || ' of own prices')`,
    },
    {
      name: 'An authorization has cost what the usage that counts of it has cost',
      section: '§4',
      holds: `case when cost is null then costs = '{}' else cost = (costs ->> currency)::numeric end`,
      expected: 'costs::text',
      found: `coalesce(trim_scale(cost) || ' ' || currency, 'no cost')`,
    },
    {
      name: 'The settlement of an authorization is known where usage was stated, and unpriced where some had no price',
      section: '§4',
      holds: `(settlement is not null or not is_stated) and (settlement is not distinct from 'unpriced') = is_unpriced`,
      expected: `case when is_unpriced then 'unpriced' else 'another settlement' end`,
      found: `coalesce(settlement, 'none')`,
    },
  ],
};
