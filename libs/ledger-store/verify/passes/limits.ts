import type { Pass } from '../pass.ts';

/** What was leased to accounts, and what their shares have granted, used and reserved. */
const SHARES = `
  select coalesce(c.account_id, s.account_id) as account_id, coalesce(c.counter, s.limit_id) as limit_id,
    coalesce(c.window_start, s.window_start) as window_start, c.window_end,
    coalesce(s.granted, 0) as leased, coalesce(c.granted, 0) as granted,
    coalesce(c.used, 0) + coalesce(c.reserved, 0) - coalesce(c.overrun, 0) as authorized,
    w.window_end as end_of_limit, w.limit_id is not null as has_window
  from (select * from counters where kind = 'share') c
    full join span_limit_shares s
      on s.account_id = c.account_id and s.limit_id = c.counter and s.window_start = c.window_start
    left join span_limit_windows w
      on w.limit_id = coalesce(c.counter, s.limit_id) and w.window_start = coalesce(c.window_start, s.window_start)`;

export const limitShares: Pass = {
  subject: 'shares of limits',
  rows: SHARES,
  objects: [],
  checks: [
    {
      name: 'A share of a limit has no more than was leased to its account',
      section: '§5',
      holds: 'granted <= leased',
      expected: `format('at most %s of limit %s', trim_scale(leased), limit_id)`,
      found: 'trim_scale(granted)',
    },
    {
      name: 'What is authorized of a share is within it',
      section: '§5',
      holds: 'authorized <= granted',
      expected: `format('at most %s of limit %s', trim_scale(granted), limit_id)`,
      found: 'trim_scale(authorized)',
    },
    {
      name: 'A share belongs to a window of its limit',
      section: '§5',
      holds: 'has_window and (window_end is null or window_end = end_of_limit)',
      expected: `format('a window of limit %s from %s to %s', limit_id, window_start, coalesce(end_of_limit::text, 'no end'))`,
      found: `coalesce(window_end::text, 'none, or one without an end')`,
    },
  ],
};

export const limitWindows: Pass = {
  subject: 'windows of limits',
  rows: `
    select null::bigint as account_id, w.limit_id, w.window_start, w.window_end, w.granted, w."limit" as most,
      coalesce(s.leased, 0) as leased,
      lead(w.window_start) over (partition by w.limit_id order by w.window_start) as next_start
    from span_limit_windows w left join (
      select limit_id, window_start, sum(granted) as leased from span_limit_shares group by 1, 2
    ) s on s.limit_id = w.limit_id and s.window_start = w.window_start`,
  objects: [],
  checks: [
    {
      name: 'What is granted of a limit is what was leased to accounts',
      section: '§5',
      holds: 'granted = leased',
      expected: `format('%s of limit %s', trim_scale(leased), limit_id)`,
      found: 'trim_scale(granted)',
    },
    {
      name: 'No more of a limit is granted than it allows',
      section: '§5',
      holds: 'granted <= most',
      expected: `format('at most %s of limit %s', trim_scale(most), limit_id)`,
      found: 'trim_scale(granted)',
    },
    {
      name: 'No instant belongs to two windows of a limit',
      section: '§5',
      holds: 'next_start is null or window_end <= next_start',
      expected: `format('an end at %s at the latest', next_start)`,
      found: `coalesce(window_end::text, 'no end')`,
    },
  ],
};
