import type { Pass } from '../pass.ts';

/** What authorizations say that they have reserved and used, by window. */
const COUNTED = `
  select account_id, (part ->> 0)::uuid as counter,
    timestamptz 'epoch' + (part ->> 1)::bigint * interval '1 millisecond' as window_start,
    sum((part ->> 2)::numeric) as reserved, coalesce(sum((part ->> 3)::numeric), 0) as used,
    min(created_at) as first_made_at, max(created_at) as last_made_at,
    count(*) filter (where part ->> 5 = 'spending'
      and ((part ->> 2)::numeric <> held or (part ->> 3)::numeric <> charged)) as miscounted
  from (
    select account_id, created_at, reservations, held, committed as charged from holds
    union all
    select account_id, created_at, reservations, 0, committed - refunded from authorizations
  ) made cross join lateral jsonb_array_elements(reservations) part
  group by 1, 2, 3`;

export const counters: Pass = {
  subject: 'counters',
  rows: `
    select coalesce(c.account_id, z.account_id) as account_id,
      coalesce(c.counter, z.counter) as counter,
      coalesce(c.window_start, z.window_start) as window_start,
      c.kind,
      c.window_end,
      c.next_start,
      coalesce(z.miscounted, 0) as miscounted,
      coalesce(c.used, 0) as used,
      coalesce(c.reserved, 0) as reserved,
      coalesce(z.used, 0) as used_by_all,
      coalesce(z.reserved, 0) as reserved_by_all,
      z.first_made_at,
      z.last_made_at
    from (
      select *, lead(window_start) over (partition by account_id, counter order by window_start) as next_start from counters
    ) c
    full join (${COUNTED}) z
      on z.account_id = c.account_id and z.counter = c.counter and z.window_start = c.window_start`,
  objects: [],
  checks: [
    {
      name: 'What is used of a counter is what authorizations have used of it',
      section: '§9.2',
      // What a rate remembers is no sum: time gives it back. What is bought is no authorization's.
      holds: `kind in ('pace', 'topup') or used = used_by_all`,
      expected: `format('%s of counter %s', trim_scale(used_by_all), counter)`,
      found: 'trim_scale(used)',
    },
    {
      name: 'What is reserved of a counter is what open holds have reserved of it',
      section: '§9.2',
      holds: `kind = 'topup' or reserved = reserved_by_all`,
      expected: `format('%s of counter %s', trim_scale(reserved_by_all), counter)`,
      found: 'trim_scale(reserved)',
    },
    {
      name: 'What authorizations count for limits is what they hold, and what they were charged less refunds',
      section: '§9.2',
      holds: 'miscounted = 0',
      expected: `'no authorization'`,
      found: `format('%s of counter %s', miscounted, counter)`,
    },
    {
      name: 'Authorizations count in the windows in which they were made',
      section: '§9.2',
      holds: `first_made_at is null
        or first_made_at >= window_start and (window_end is null or last_made_at < window_end)`,
      expected: `format('authorizations made from %s to %s', window_start, coalesce(window_end::text, 'no end'))`,
      found: `format('some of %s and %s', first_made_at, last_made_at)`,
    },
    {
      name: 'No instant belongs to two windows of a counter',
      section: '§9.2',
      holds: 'next_start is null or window_end <= next_start',
      expected: `format('an end at %s at the latest', next_start)`,
      found: `coalesce(window_end::text, 'no end')`,
    },
  ],
};
