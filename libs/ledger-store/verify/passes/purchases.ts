import type { Pass } from '../pass.ts';

const IS_PAID = `status in ('succeeded', 'refunded', 'disputed')`;
const IS_DISPUTED = `disputes @> '[{"state": "opened"}]'`;

/** What was sold: its grants, what went back of it, and whether the account knows that it is under way. */
export const purchases: Pass = {
  subject: 'purchases',
  rows: `
    select p.*,
      coalesce(g.number, 0) as brought, coalesce(g.unnamed, 0) as unnamed, coalesce(g.frozen, 0) as frozen_grants,
      g.amount as granted, g.amount_paid as grants_paid, coalesce(b.taken, 0) as booked_back,
      coalesce(r.money, 0) as money_back, coalesce(r.credits, 0) as credits_back,
      coalesce(k.is_known, false) as is_known
    from purchases p
    left join (
      select g.account_id, g.purchase_id as id, count(*) as number, sum(g.amount) as amount, sum(g.amount_paid) as amount_paid,
        count(*) filter (where p.grants is null or not p.grants ? g.id::text) as unnamed,
        count(*) filter (where g.frozen_at is not null) as frozen
      from grants g left join purchases p on p.account_id = g.account_id and p.id = g.purchase_id
      where g.purchase_id is not null group by g.account_id, g.purchase_id
    ) g on g.account_id = p.account_id and g.id = p.id
    left join (
      select g.account_id, g.purchase_id as id, sum(case when t.debit = 'grant' then t.amount else -t.amount end) as taken
      from transfers t join grants g on g.account_id = t.account_id and g.id = t.grant_id
      where t.kind = 'purchase_refund' group by g.account_id, g.purchase_id
    ) b on b.account_id = p.account_id and b.id = p.id
    left join lateral (
      select sum((refund ->> 'money')::numeric) as money, sum((refund ->> 'credits')::numeric) as credits
      from jsonb_array_elements(p.refunds) refund where refund ->> 'status' <> 'failed'
    ) r on true
    left join (
      select account_id, (under_way ->> 'purchase')::uuid as id, true as is_known from account_refills
      where under_way is not null
    ) k on k.account_id = p.account_id and k.id = p.id`,
  objects: [{ kind: 'purchase', column: 'id' }],
  checks: [
    {
      name: 'A purchase that is paid has brought its grants, and no other has brought any',
      section: '§7',
      holds: `brought = jsonb_array_length(grants) and unnamed = 0 and (brought > 0) = (${IS_PAID})`,
      expected: `case when ${IS_PAID} then format('the %s grants that it names', jsonb_array_length(grants)) else 'no grants' end`,
      found: `format('%s grants, %s of them not named', brought, unnamed)`,
    },
    {
      name: 'The grants of a purchase are of exactly its credits and its bonus, and share exactly its price',
      section: '§7',
      holds: 'brought = 0 or (granted = credits + bonus_credits and grants_paid = price)',
      expected: `format('%s for %s', trim_scale(credits + bonus_credits), trim_scale(price))`,
      found: `format('%s for %s', trim_scale(granted), trim_scale(grants_paid))`,
    },
    {
      name: 'What refunds have taken back of a purchase is what was booked for them',
      section: '§7',
      holds: 'refunded_credits = booked_back',
      expected: 'trim_scale(booked_back)',
      found: 'trim_scale(refunded_credits)',
    },
    {
      name: 'What went back of a purchase is the sum of its refunds, and all of its money is all of its credits',
      section: '§7',
      holds: `refunded_money = money_back and refunded_credits + lost_credits = credits_back
        and (brought = 0 or (refunded_money = price) = (credits_back = credits + bonus_credits))`,
      expected: `format('%s for %s credits', trim_scale(money_back), trim_scale(credits_back))`,
      found: `format('%s for %s credits', trim_scale(refunded_money), trim_scale(refunded_credits + lost_credits))`,
    },
    {
      name: 'Grants are frozen only while the payment of their purchase is disputed',
      section: '§7',
      holds: `frozen_grants = 0 or (${IS_DISPUTED})`,
      expected: '0',
      found: 'frozen_grants',
    },
    {
      name: 'A purchase is disputed exactly while a dispute about it is open',
      section: '§7',
      holds: `brought = 0 or (status = 'disputed') = (${IS_DISPUTED})`,
      expected: `case when ${IS_DISPUTED} then 'disputed' else 'not disputed' end`,
      found: 'status',
    },
    {
      name: 'An account knows its purchase as under way exactly as long as its payment is not decided',
      section: '§7',
      holds: `is_known = (status in ('pending', 'requires_action'))`,
      expected: `case when is_known then 'under way' else 'not under way' end`,
      found: 'status',
    },
  ],
};
