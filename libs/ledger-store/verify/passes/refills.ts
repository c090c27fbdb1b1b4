import type { Pass } from '../pass.ts';

/** How accounts are refilled: whether their rows know of it, when something of it is due, and what is under way. */
export const refills: Pass = {
  subject: 'refills of accounts',
  rows: `
    select coalesce(r.account_id, a.account_id) as account_id, coalesce(a.has_refills, false) as has_refills,
      r.account_id is not null as is_there, r.due_at,
      to_timestamp(least(
        (r.auto_topup ->> 'waitsUntil')::bigint,
        (r.plan #>> '{next,at}')::bigint,
        (select min((one #>> '{next,at}')::bigint) from jsonb_array_elements(r.recurring) one)
      ) / 1000.0) as next_at,
      r.under_way is not null as is_buying, (r.under_way ->> 'credits')::numeric as credits,
      p.credits + p.bonus_credits as purchased
    from account_refills r
    full join (select account_id, has_refills from accounts where has_refills) a on a.account_id = r.account_id
    left join purchases p on p.account_id = r.account_id and p.id = (r.under_way ->> 'purchase')::uuid`,
  objects: [],
  checks: [
    {
      name: 'An account says that it has refills exactly where it has',
      section: '§7',
      holds: 'has_refills = is_there',
      expected: `case when is_there then 'refills' else 'none' end`,
      found: `case when has_refills then 'refills' else 'none' end`,
    },
    {
      name: 'Refills of an account are due when the first of them is',
      section: '§7',
      holds: 'due_at is not distinct from next_at',
      expected: `coalesce(next_at::text, 'never')`,
      found: `coalesce(due_at::text, 'never')`,
    },
    {
      name: 'What an account knows as under way is a purchase of its own, with its bonus',
      section: '§7',
      holds: 'not is_buying or coalesce(credits = purchased, false)',
      expected: `coalesce(trim_scale(purchased)::text, 'a purchase of its own')`,
      found: 'trim_scale(credits)',
    },
  ],
};
