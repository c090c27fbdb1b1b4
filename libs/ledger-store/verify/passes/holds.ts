import type { Pass } from '../pass.ts';
import { ACCOUNT_NOW, PINNED_SHARES } from './shares.ts';

export const holds: Pass = {
  subject: 'open holds',
  rows: `
    select h.*,
      coalesce(p.pinned, 0) as pinned,
      coalesce(p.strays, 0) as strays,
      a.environment as account_environment,
      z.status as closed_as,
      coalesce(s.authorized, h.amount) as authorized,
      coalesce(s.last_held, h.amount) as last_held,
      ${ACCOUNT_NOW} as now
    from clock cross join holds h
    left join ahead on ahead.account_id = h.account_id
    left join (
      select s.account_id, s.id, sum(s.amount) as pinned, count(*) filter (where g.id is null or s.amount <= 0) as strays
      from (${PINNED_SHARES}) s left join grants g on g.account_id = s.account_id and g.id = s.grant_id
      group by s.account_id, s.id
    ) p on p.account_id = h.account_id and p.id = h.id
    left join lateral (
      select sum(greatest(0, more)) as authorized, (h.steps -> -1 ->> 1)::numeric as last_held
      from (
        select (step ->> 1)::numeric - lag((step ->> 1)::numeric, 1, 0) over (order by place) as more
        from jsonb_array_elements(h.steps) with ordinality steps (step, place)
      ) changes
    ) s on true
    left join accounts a on a.account_id = h.account_id
    left join authorizations z on z.account_id = h.account_id and z.id = h.id`,
  objects: [{ kind: 'authorization', column: 'id' }],
  checks: [
    {
      name: 'What a hold holds is what it has pinned of grants and of the overdraft',
      section: '§9.2',
      holds: 'held = pinned + overdraft_held',
      expected: `format('%s of grants + %s of the overdraft', trim_scale(pinned), trim_scale(overdraft_held))`,
      found: 'trim_scale(held)',
    },
    {
      name: 'A hold pins positive parts of grants of its own account',
      section: '§4',
      holds: 'strays = 0',
      expected: `'grants of the account'`,
      found: `format('%s of %s allocations astray', strays, jsonb_array_length(allocations))`,
    },
    {
      name: 'The amount of a hold is what it held at first, and what extensions added; it holds what its last step says',
      section: '§4',
      holds: 'amount = authorized and held = last_held',
      expected: `format('%s, of an amount of %s', trim_scale(last_held), trim_scale(authorized))`,
      found: `format('%s, of an amount of %s', trim_scale(held), trim_scale(amount))`,
    },
    {
      name: 'A hold holds at least what of its amount has not been asked for by earlier commits',
      section: '§4',
      holds: 'held >= amount - committed - uncollected',
      expected: `'at least ' || trim_scale(amount - committed - uncollected)`,
      found: 'trim_scale(held)',
    },
    {
      name: 'A hold belongs to an account that exists, and to its environment',
      section: '§1',
      holds: 'environment = account_environment',
      expected: `coalesce(account_environment, 'an account')`,
      found: 'environment',
    },
    {
      name: 'No authorization is open and closed at once',
      section: '§9.5',
      holds: 'closed_as is null',
      expected: `'open'`,
      found: `'open and ' || closed_as`,
    },
    {
      name: 'No hold stays open more than 60 s after its expiry (it is booked when the account is next written)',
      section: '§9.5',
      severity: 'notice',
      holds: `expires_at > now - interval '60 seconds'`,
      expected: `'expired'`,
      found: `format('open since its expiry at %s', to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`,
    },
  ],
};
