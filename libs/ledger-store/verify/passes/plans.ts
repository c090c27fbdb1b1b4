import type { Pass } from '../pass.ts';

/** The plans that accounts are on, and what they have of them. */
export const plans: Pass = {
  subject: 'plans of accounts',
  rows: `
    select r.account_id,
      (r.plan -> 'current' ->> 'plan')::uuid as plan,
      (r.plan -> 'current' ->> 'version')::integer as version,
      v.version as found_version,
      v.terms::jsonb as terms,
      r.plan -> 'current' -> 'terms' as taken_terms,
      brought.names as brought,
      brought.plans as brought_by
    from account_refills r
    left join plan_versions v
      on v.plan = (r.plan -> 'current' ->> 'plan')::uuid and v.version = (r.plan -> 'current' ->> 'version')::integer
    cross join lateral (
      select coalesce(array_agg(one ->> 'name' order by one ->> 'name'), '{}') as names,
        coalesce(array_agg(distinct (one ->> 'plan')::uuid), '{}') as plans
      from jsonb_array_elements(r.recurring) one
      where one ->> 'plan' is not null and one ->> 'deletedAt' is null
    ) brought
    where r.plan is not null or brought.names <> '{}'`,
  objects: [],
  checks: [
    {
      name: 'The version of the plan that an account is on is there',
      section: '§7',
      holds: 'plan is null or found_version is not null',
      expected: `'version ' || version || ' of the plan ' || plan`,
      found: `'no such version'`,
    },
    {
      name: 'An account has what the version of its plan says, without a rate card in another unit',
      section: '§7',
      holds: `plan is null or found_version is null or taken_terms - 'rate_card' = terms - 'rate_card'`,
      expected: 'terms::text',
      found: 'taken_terms::text',
    },
    {
      name: 'The recurring grants that a plan has brought are those of the plan that the account is on',
      section: '§7',
      holds: `brought_by <@ case when plan is null then '{}' else array[plan] end`,
      expected: `coalesce('of the plan ' || plan, 'none')`,
      found: `array_to_string(brought, ', ')`,
    },
    {
      name: 'A plan has brought no recurring grant that it doesn’t have',
      section: '§7',
      holds: `plan is null or brought <@ coalesce(
        (select array_agg(one ->> 'name') from jsonb_array_elements(taken_terms -> 'recurring_grants') one), '{}')`,
      expected: `(taken_terms -> 'recurring_grants')::text`,
      found: `array_to_string(brought, ', ')`,
    },
  ],
};
