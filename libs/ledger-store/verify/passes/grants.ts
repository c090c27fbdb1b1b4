import type { Pass } from '../pass.ts';
import { ACCOUNT_NOW, PINNED_SHARES } from './shares.ts';

export const grants: Pass = {
  subject: 'grants',
  rows: `
    select g.*,
      coalesce(b.balance, 0) as balance,
      coalesce(b.issues, 0) as issues,
      b.issued,
      b.lowest_funding, b.highest_funding,
      ('funding:' || g.category)::ledger_account as own_funding,
      coalesce(p.pinned, 0) as pinned,
      g.purchase_id is null or u.id is not null as has_purchase,
      ${ACCOUNT_NOW} as now
    from clock cross join grants g
    left join ahead on ahead.account_id = g.account_id
    left join purchases u on u.account_id = g.account_id and u.id = g.purchase_id
    left join (
      select account_id, grant_id as id,
        sum(case when is_credit then amount else -amount end) as balance,
        count(*) filter (where issues) as issues,
        sum(amount) filter (where issues) as issued,
        min(case kind when 'grant' then debit when 'grant_void' then credit when 'purchase_refund' then least(debit, credit) end) as lowest_funding,
        max(case kind when 'grant' then debit when 'grant_void' then credit when 'purchase_refund' then least(debit, credit) end) as highest_funding
      from (
        select account_id, grant_id, kind, debit, credit, amount, debit <> 'grant' as is_credit, kind = 'grant' as issues
        from transfers where grant_id is not null
        union all
        select account_id, into_grant_id, kind, debit, credit, amount, true, true from transfers where into_grant_id is not null
      ) legs group by account_id, grant_id
    ) b on b.account_id = g.account_id and b.id = g.id
    left join (
      select account_id, grant_id as id, sum(amount) as pinned from (${PINNED_SHARES}) shares group by account_id, grant_id
    ) p on p.account_id = g.account_id and p.id = g.id`,
  objects: [{ kind: 'grant', column: 'id' }],
  checks: [
    {
      name: 'What remains of a grant is its credits less its debits',
      section: '§9.1',
      holds: 'remaining = balance',
      expected: 'trim_scale(balance)',
      found: 'trim_scale(remaining)',
    },
    {
      name: 'A grant is issued by one transfer, over its whole amount',
      section: '§2',
      holds: 'issues = 1 and issued = amount',
      expected: `format('1 transfer over %s', trim_scale(amount))`,
      found: `format('%s over %s', issues, coalesce(trim_scale(issued), 0))`,
    },
    {
      name: 'A grant comes from, and goes back to, the funding of its category',
      section: '§2',
      holds: `period ->> 'from' is not null and lowest_funding is null or lowest_funding = own_funding and highest_funding = own_funding`,
      expected: 'own_funding',
      found: `concat_ws(', ', lowest_funding, nullif(highest_funding, lowest_funding))`,
    },
    {
      name: 'A grant that names a purchase names one of its own account',
      section: '§7',
      holds: 'has_purchase',
      expected: `'a purchase of the account'`,
      found: 'purchase_id',
    },
    {
      name: 'What is held of a grant is what open holds have pinned of it, and what is frozen',
      section: '§9.2',
      holds: 'held = pinned + frozen',
      expected: 'trim_scale(pinned + frozen)',
      found: 'trim_scale(held)',
    },
    {
      name: '0 ≤ held ≤ remaining ≤ amount for every grant',
      section: '§9.3',
      holds: `0 <= held and held <= remaining and remaining <= amount and amount <> 'NaN'`,
      expected: `'0 ≤ held ≤ remaining ≤ amount'`,
      found: `format('held %s, remaining %s, amount %s', trim_scale(held), trim_scale(remaining), trim_scale(amount))`,
    },
    {
      name: 'A grant is open exactly while something of it remains',
      section: '§9.3',
      holds: 'open = (remaining > 0)',
      expected: `case when remaining > 0 then 'open' else 'closed' end`,
      found: `case when open then 'open' else 'closed' end`,
    },
    {
      name: 'What is frozen of a grant is everything that no hold has pinned, since some time, and as its last freeze says',
      section: '§9.2',
      holds: `(case when frozen_at is null then frozen = 0 else frozen = remaining - pinned end)
        and frozen = coalesce((freezes -> -1 ->> 1)::numeric, 0)`,
      expected: 'case when frozen_at is null then 0 else trim_scale(remaining - pinned) end',
      found: 'trim_scale(frozen)',
    },
    {
      name: 'Nothing is left of a voided grant but what holds have pinned',
      section: '§3',
      holds: 'voided_at is null or remaining = held',
      expected: 'trim_scale(held)',
      found: 'trim_scale(remaining)',
    },
    {
      name: 'The unspent rest of an expired grant is booked as breakage (it is when the account is next written)',
      section: '§3',
      severity: 'notice',
      holds: 'expires_at is null or expires_at > now or frozen_at is not null or remaining = held',
      expected: 'trim_scale(held)',
      found: 'trim_scale(remaining)',
    },
  ],
};
