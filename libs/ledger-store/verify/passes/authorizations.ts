import type { Pass } from '../pass.ts';
import { ALL_AUTHORIZATIONS } from './shares.ts';

export const authorizations: Pass = {
  subject: 'authorizations',
  rows: `
    select z.*,
      a.environment as account_environment,
      coalesce(r.given_back, 0) as given_back,
      coalesce(u.amount, 0) as left_uncollected,
      case jsonb_array_length(z.draws)
        when 1 then (z.draws -> 0 ->> 1)::numeric
        when 0 then 0
        else (select sum((share ->> 1)::numeric) from jsonb_array_elements(z.draws) share)
      end as drawn
    from (${ALL_AUTHORIZATIONS}) z
    left join accounts a on a.account_id = z.account_id
    left join (
      select account_id, authorization_id as id, sum(amount) as given_back
      from transfers where kind = 'refund' group by account_id, authorization_id
    ) r on r.account_id = z.account_id and r.id = z.id
    left join (
      select account_id, authorization_id as id, sum(amount) as amount
      from uncollected_usage group by account_id, authorization_id
    ) u on u.account_id = z.account_id and u.id = z.id`,
  objects: [{ kind: 'authorization', column: 'id' }],
  checks: [
    {
      name: 'What an authorization committed is what it drew from grants and from debt',
      section: '§9.2',
      holds: 'committed = drawn',
      expected: 'trim_scale(drawn)',
      found: 'trim_scale(committed)',
    },
    {
      name: 'What was refunded of an authorization is the refunds booked for it, and no more than it committed',
      section: '§9.2',
      holds: 'refunded = given_back and refunded <= committed',
      expected: `format('%s, of %s committed', trim_scale(given_back), trim_scale(committed))`,
      found: 'trim_scale(refunded)',
    },
    {
      name: 'What of an authorization was not collected is what its usage has left uncollected, commit by commit',
      section: '§9.2',
      holds: 'uncollected = left_uncollected',
      expected: 'trim_scale(left_uncollected)',
      found: 'trim_scale(uncollected)',
    },
    {
      name: 'A closed authorization is in exactly one terminal state, reached within its time unless it was committed late',
      section: '§9.5',
      holds: `case status
        when 'authorized' then closed_at is null
        when 'committed' then committed_at is not null
          and final_amount <= committed + uncollected + coalesce((pricing ->> 'uncollected_down')::numeric, 0)
          and (late or expires_at is null or committed_at < expires_at)
        when 'voided' then final_amount is null and committed_at is null and not late and closed_at < expires_at
        when 'expired' then final_amount is null and committed_at is null and not late and closed_at = expires_at
      end`,
      expected: `'what fits ' || status`,
      found: `concat_ws(', ', status, case when late then 'late' end, 'closed at ' || closed_at, 'committed at ' || committed_at,
        'expiry ' || expires_at, 'final amount ' || trim_scale(final_amount), 'committed ' || trim_scale(committed))`,
    },
    {
      name: 'An authorization belongs to an account that exists, and to its environment',
      section: '§4',
      holds: 'environment = account_environment',
      expected: `coalesce(account_environment, 'an account')`,
      found: 'environment',
    },
  ],
};
