import type { Pass } from '../pass.ts';

export const usageRecords: Pass = {
  subject: 'usage records',
  rows: `
    select r.*,
      z.id as found,
      z.environment as authorization_environment,
      case jsonb_array_length(r.lines)
        when 0 then 0
        when 1 then (r.lines -> 0 ->> 4)::numeric
        else (select sum((line ->> 4)::numeric) from jsonb_array_elements(r.lines) line)
      end as of_lines
    from usage_records r
    left join (
      select account_id, id, environment from authorizations union all select account_id, id, environment from holds
    ) z on z.account_id = r.account_id and z.id = r.authorization_id`,
  objects: [{ kind: 'authorization', column: 'authorization_id' }],
  checks: [
    {
      name: 'A usage record belongs to an authorization of its own account',
      section: '§4',
      holds: 'found is not null and environment = authorization_environment',
      expected: `'an authorization of the account'`,
      found: `case when found is null then 'nothing' else 'one of ' || authorization_environment end`,
    },
    {
      name: 'The lines of a usage record add up to its amount',
      section: '§4',
      holds: 'coalesce(amount, 0) = of_lines',
      expected: 'trim_scale(of_lines)',
      found: `coalesce(trim_scale(amount)::text, 'no amount')`,
    },
  ],
};
